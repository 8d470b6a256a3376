use crate::{Error, Limits, collect, plan, session};

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_panics_is_an_error_and_the_session_goes_on() {
    let session = session(&Limits::default()).unwrap().enable_url_table();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.parquet");
    // A footer that says it is longer than the file.
    std::fs::write(&path, b"PAR1\xff\xff\xff\x7fPAR1").unwrap();
    for statement in [
        "SELECT lpad('Shoal', column1, 'x') FROM (VALUES (-1), (2))".to_owned(),
        format!("SELECT * FROM '{}'", path.display()),
        format!(
            "CREATE EXTERNAL TABLE t STORED AS PARQUET LOCATION '{}'",
            path.display()
        ),
        "CREATE TABLE t AS SELECT lpad('Shoal', column1, 'x') FROM (VALUES (-1), (2))".to_owned(),
    ] {
        let error = match plan(&session, &statement).await {
            Ok(frame) => collect(frame).await.unwrap_err(),
            Err(error) => error,
        };
        let text = error.to_string();
        assert!(matches!(error, Error::Query { .. }), "{statement}: {error:?}");
        assert!(
            text.contains("a fault of its own") && !text.contains("Shoal"),
            "{statement}: {text}"
        );
    }
    let frame = plan(&session, "SELECT 1").await.unwrap();
    assert_eq!(collect(frame).await.unwrap()[0].num_rows(), 1);
}

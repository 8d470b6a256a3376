use super::*;
use crate::session::{Limits, session};

/// A session with a table of sensitive values.
async fn secrets() -> SessionContext {
    let session = session(&Limits::default()).unwrap();
    let table =
        "CREATE TABLE sites AS SELECT * FROM (VALUES ('North Shoal', 64498, 40122)) AS t (name, asn, port)";
    plan(&session, table).await.unwrap();
    session
}

async fn error_of(session: &SessionContext, statement: &str) -> Error {
    match plan(session, statement).await {
        Ok(frame) => collect(frame).await.unwrap_err(),
        Err(error) => error,
    }
}

#[tokio::test]
async fn what_fails_while_it_runs_says_no_value() {
    let session = secrets().await;
    for (statement, said) in [
        (
            "SELECT CAST(asn AS DECIMAL(5,2)) FROM sites",
            "is too large to store in a Decimal128 of precision 5",
        ),
        (
            "SELECT CAST(replace(name, ' ', '''') AS INT) FROM sites",
            "Cannot cast string '…' to value of Int32 type",
        ),
        (
            "SELECT TIMESTAMP '2025-11-01' + CAST(name AS INTERVAL) FROM sites",
            "Invalid input syntax for type interval: …",
        ),
        (
            "SELECT regexp_replace('a', name || '(', '') FROM sites",
            "External error: not shown",
        ),
        (
            "SELECT map([name, name], [1, 2]) FROM sites",
            "duplicate key found: …",
        ),
        (
            "SELECT factorial(asn) FROM sites",
            "Overflow happened on FACTORIAL(…)",
        ),
        (
            "SELECT CAST(port AS TINYINT) FROM sites",
            "Can't cast value … to type Int8",
        ),
        (
            "SELECT encode(name, 'bas64') FROM sites",
            "no built-in encoding named '…'",
        ),
        (
            "CREATE TABLE t AS SELECT CAST(name AS INT) AS n FROM sites",
            "Cannot cast string '…' to value of Int32 type",
        ),
        (
            "CREATE TABLE sites AS SELECT 1 AS n",
            "Table 'sites' already exists",
        ),
    ] {
        let error = error_of(&session, statement).await;
        let text = error.to_string();
        assert!(matches!(error, Error::Query { .. }), "{statement}: {error:?}");
        assert!(text.contains(said), "{statement}: {text}");
        for value in ["North", "Shoal", "64498", "40122"] {
            assert!(!text.contains(value), "{statement}: {text}");
        }
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_statement_is_said_in_its_words() {
    let session = secrets().await;
    for (statement, said) in [
        ("SELEC 1", "found: SELEC"),
        ("SELECT nmae FROM sites", "Did you mean 'sites.name'?"),
        ("SELECT 1 FROM nowhere", "'datafusion.public.nowhere' not found"),
        ("SELECT nofun(1)", "Invalid function 'nofun'"),
        ("SELECT name + asn * true FROM sites", "Int64 * Boolean"),
        (
            "SELECT CAST('abc' AS INT)",
            "Cannot cast string 'abc' to value of Int32 type",
        ),
        ("CREATE TABLE t AS SELECT CAST('abc' AS INT) AS n", "'abc'"),
        ("DROP TABLE nowhere", "nowhere"),
        (
            "SET tieline.range_strategy = 'best'",
            "a range strategy is one of auto",
        ),
        (
            "SELECT ip('1.2.3') = ip('1.2.3.4') OR ip('1.2.3.4') = 'x'",
            "not an IP address",
        ),
        (
            "SELECT 1 FROM (SELECT now() AS at) a JOIN (SELECT now() AS at) b ON a.at - b.at < INTERVAL '1 month'",
            "Error during planning: a difference of times is compared with months",
        ),
    ] {
        let error = error_of(&session, statement).await;
        assert!(matches!(error, Error::Planning { .. }), "{statement}: {error:?}");
        assert!(error.to_string().contains(said), "{statement}: {error}");
        assert!(!error.to_string().contains("caused by"), "{statement}: {error}");
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_named() {
    let session = secrets().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rows.csv");
    std::fs::write(&file, "n,name\n1,a\n2,b,Shoal\n").unwrap();
    let table = format!(
        "CREATE EXTERNAL TABLE rows (n INT, name TEXT) STORED AS CSV LOCATION '{}'",
        file.display()
    );
    plan(&session, &table).await.unwrap();
    let text = error_of(&session, "SELECT * FROM rows").await.to_string();
    assert!(text.contains("for line 3, expected 2 got"), "{text}");
    let missing = "CREATE EXTERNAL TABLE other STORED AS PARQUET LOCATION '/nowhere/other.parquet'";
    let text = error_of(&session, missing).await.to_string();
    assert!(text.contains("other"), "{text}");
}

#[tokio::test]
async fn a_setting_of_the_joins_can_be_reset() {
    let session = secrets().await;
    for statement in [
        "SET tieline.band_strategy = 'merge'",
        "RESET tieline.band_strategy",
        "RESET datafusion.execution.batch_size",
    ] {
        let frame = plan(&session, statement).await.unwrap();
        assert!(frame.schema().fields().is_empty(), "{statement}");
        assert!(collect(frame).await.unwrap().is_empty(), "{statement}");
    }
    let settings = JoinSettings::of(session.state().config_options());
    assert_eq!(settings.band_strategy.name(), "auto");
    let error = error_of(&session, "RESET tieline.strategy").await;
    assert!(matches!(error, Error::Planning { .. }), "{error:?}");
}

//! Memory and time limits.

use std::path::Path;
use std::time::{Duration, Instant};

use tieline::{Case, Error, Limits};

use crate::sample::options;

/// A new case in a folder, whose statements may run so long.
fn case_with_time(folder: &Path, time: Duration) -> Case {
    let limits = Limits {
        time: Some(time),
        ..Limits::default()
    };
    Case::create_with(folder.join("case"), options(limits)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_ends_when_its_time_is_up() {
    let folder = tempfile::tempdir().unwrap();
    let case = case_with_time(folder.path(), Duration::from_millis(200));
    let endless = "SELECT count(*) FROM range(0, 1000000000000) AS a WHERE a.value % 7 = 8";
    let start = Instant::now();
    let error: Error = case
        .sql(endless)
        .await
        .unwrap()
        .collect()
        .await
        .unwrap_err()
        .into();
    assert!(error.is_limit(), "{error}");
    assert!(error.hint().unwrap().contains("--time-limit"));
    assert!(start.elapsed() < Duration::from_secs(60), "the query went on");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_whose_columns_take_long_to_tell_ends_too() {
    let folder = tempfile::tempdir().unwrap();
    let rows = folder.path().join("rows.json");
    std::fs::write(&rows, "{\"a\": 1, \"b\": [1, 2, 3]}\n".repeat(1_000_000)).unwrap();
    let case = case_with_time(folder.path(), Duration::from_millis(100));
    let table = format!(
        "CREATE EXTERNAL TABLE t STORED AS JSON LOCATION '{}'",
        rows.display()
    );
    assert!(case.sql(&table).await.unwrap_err().is_limit());
}

#[tokio::test]
async fn a_query_within_its_time_is_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    let case = case_with_time(folder.path(), Duration::from_secs(600));
    let text = case
        .sql("SELECT count(*) AS n FROM range(0, 1000)")
        .await
        .unwrap()
        .to_string()
        .await
        .unwrap();
    assert!(text.contains("| 1000 |"), "{text}");
}

#[tokio::test]
async fn a_query_that_needs_more_memory_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits {
        memory_bytes: Some(1 << 20),
        ..Limits::default()
    };
    let case = Case::create_with(folder.path().join("case"), options(limits)).unwrap();
    let large = "SELECT count(*) FROM range(0, 1000000) AS a JOIN range(0, 1000000) AS b USING (value)";
    let error: Error = case.sql(large).await.unwrap().collect().await.unwrap_err().into();
    assert!(error.is_limit(), "{error}");
}

/// The operator that watches the time stands above every plan, also above those that are made to order joins.
#[tokio::test(flavor = "multi_thread")]
async fn a_time_limit_hides_no_statistics_from_the_order_of_joins() {
    let folder = tempfile::tempdir().unwrap();
    let case = case_with_time(folder.path(), Duration::from_secs(600));
    for sql in [
        "CREATE TABLE seen AS SELECT value AS id, 1.5 AS lon, 1.5 AS lat FROM generate_series(1, 20000)",
        "CREATE TABLE callers AS SELECT value AS id FROM generate_series(0, 399)",
        "CREATE TABLE places AS SELECT st_geomfromtext('POLYGON((1 1,2 1,2 2,1 2,1 1))') AS g FROM generate_series(1, 2)",
    ] {
        case.session().sql(sql).await.unwrap().collect().await.unwrap();
    }
    let plan = "EXPLAIN FORMAT INDENT SELECT count(*) FROM seen AS s JOIN places AS p ON st_contains(p.g, st_point(s.lon, s.lat))
        JOIN callers AS c ON s.id = c.id";
    let plan = case.session().sql(plan).await.unwrap().to_string().await.unwrap();
    assert!(plan.contains("in a sample of"), "{plan}");
}

//! When an index goes along with rows in order: EXPLAIN says so, and the answer is the hash join's.

use std::path::Path;

use datafusion::prelude::SessionContext;

use super::rows;
use crate::session::{run, session};

const EVENTS: &str =
    "SELECT value AS id, value % 700 AS k, value * 13 % 5000 AS t FROM generate_series(1, 1500)";
const SEEN: &str = "SELECT value AS id, value % 900 AS k, value * 7 % 5000 AS t, value % 3 AS place FROM generate_series(1, 6000)";

/// A table of files, written one for each query.
async fn files(context: &SessionContext, folder: &Path, name: &str, queries: &[String]) {
    let folder = folder.join(name);
    let copies = queries.iter().enumerate().map(|(number, query)| {
        let file = folder.join(format!("{number}.parquet"));
        format!("COPY ({query}) TO '{}' STORED AS PARQUET", file.display())
    });
    let read = format!(
        "CREATE EXTERNAL TABLE {name} STORED AS PARQUET LOCATION '{}/'",
        folder.display()
    );
    for sql in copies.chain([read]) {
        run(context, &sql).await;
    }
}

/// So many files of a part of the rows each, in the order of the key and the time.
fn parts(query: &str, count: usize) -> Vec<String> {
    let part = |number| format!("SELECT * FROM ({query}) WHERE id % {count} = {number} ORDER BY k, t");
    (0..count).map(part).collect()
}

#[tokio::test]
async fn an_index_goes_along_with_files_that_say_their_order() {
    let folder = tempfile::tempdir().unwrap();
    let context = session(100, 2);
    for (name, queries) in [
        ("events", parts(EVENTS, 1)),
        ("events_in_parts", parts(EVENTS, 3)),
        ("events_as_they_come", vec![EVENTS.to_owned()]),
        ("seen", parts(SEEN, 1)),
        ("seen_in_parts", parts(SEEN, 4)),
        ("seen_in_scraps", parts(SEEN, 12)),
        ("seen_as_they_come", vec![SEEN.to_owned()]),
    ] {
        files(&context, folder.path(), name, &queries).await;
    }
    for (events, seen, in_order) in [
        ("events", "seen", true),
        // Each of the four parts has as many rows as the events.
        ("events_in_parts", "seen_in_parts", true),
        ("events", "(SELECT * FROM seen WHERE place < 2)", true),
        (
            "events",
            "(SELECT k, t, id AS number FROM seen WHERE place < 2)",
            true,
        ),
        ("events", "(SELECT t, k AS k, id FROM seen_in_parts)", true),
        ("events", "(SELECT t, id % 9 AS k FROM seen)", false),
        ("events", "(SELECT t, place AS k FROM seen)", false),
        // Too few rows in each to go through all events for them.
        ("events", "seen_in_scraps", false),
        ("events", "seen_as_they_come", false),
        ("events_as_they_come", "seen", false),
    ] {
        let sql = format!(
            "SELECT e.id, s.t FROM {events} AS e JOIN {seen} AS s ON e.k = s.k AND abs(e.t - s.t) <= 20"
        );
        let (expected, _) = rows(&context, "hash", &sql).await.unwrap();
        let (got, plan) = rows(&context, "auto", &sql).await.unwrap();
        assert!(plan.contains("band strategy=sorted"), "{sql}\n{plan}");
        assert_eq!(plan.contains("probed in order"), in_order, "{sql}\n{plan}");
        assert!(got == expected && !got.is_empty(), "{sql}\n{plan}");
    }
}

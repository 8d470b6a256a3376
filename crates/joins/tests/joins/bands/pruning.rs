//! What is known of keys and times skips row groups and pages of the probe side.

use super::{check, rows};
use crate::parquet::{self, Pages, assert_pruned, pruned};
use crate::session::{run, session};

/// 40,000 observations in row groups of 10,000 rows and pages of 1,000, by time or by address, and two events.
#[tokio::test]
async fn what_is_at_another_time_or_address_is_not_read() {
    for order in ["ts", "ip"] {
        let folder = tempfile::tempdir().unwrap();
        let context = session(8192, 2);
        // Every address is seen at a hundred times.
        let observations = format!(
            "SELECT value AS id, ip('10.0.' || (value % 400 / 250) || '.' || (value % 400 % 250)) AS ip,
                    arrow_cast(value * 1000000, 'Timestamp(µs, \"UTC\")') AS ts
             FROM generate_series(0, 39999) ORDER BY {order}, value"
        );
        parquet::table(&context, folder.path(), "observations", &observations).await;
        let events = "CREATE TABLE events AS SELECT column1 AS id, ip(column2) AS ip,
                arrow_cast(column3, 'Timestamp(µs, \"UTC\")') AS ts, arrow_cast(column3 / 1000, 'Timestamp(ms)') AS ms,
                arrow_cast(column3 * 1000, 'Timestamp(ns)') AS ns
            FROM (VALUES (1, '10.0.0.203', 22203000000), (2, '10.0.0.203', 22603000000))";
        run(&context, events).await;
        for by_row in ["false", "true"] {
            let set = format!("SET datafusion.execution.parquet.pushdown_filters = {by_row}");
            run(&context, &set).await;
            for band in [
                "o.ts BETWEEN e.ts - INTERVAL '100 seconds' AND e.ts + INTERVAL '100 seconds'",
                "e.ts BETWEEN o.ts - INTERVAL '100 seconds' AND o.ts + INTERVAL '100 seconds'",
                "time_gap(o.ts, e.ts) <= 100",
                "o.ts BETWEEN e.ms - INTERVAL '100 seconds' AND e.ms + INTERVAL '100 seconds'",
                "e.ns BETWEEN o.ts - INTERVAL '100 seconds' AND o.ts + INTERVAL '100 seconds'",
                "time_gap(o.ts, e.ns) <= 100.0000001",
            ] {
                let sql = format!(
                    "SELECT e.id, o.id FROM observations AS o JOIN events AS e ON e.ip = o.ip AND {band}"
                );
                assert_eq!(check(&context, &sql).await, ["| 1  | 22203 |", "| 2  | 22603 |"]);
                // The time lies within one page, the rows of the address too.
                assert_pruned(&context, "observations", &sql, (4, 1), Pages::ByKey(10, 1)).await;
            }
        }
        // Few events have an area each, with nothing read between them.
        let two = "SELECT e.id, o.id FROM observations AS o JOIN (SELECT id, CASE id WHEN 1 THEN ip('10.0.0.5') ELSE ip END AS ip,
                CASE id WHEN 1 THEN arrow_cast(5000000, 'Timestamp(µs, \"UTC\")') ELSE ts + INTERVAL '12400 seconds' END AS ts
            FROM events) AS e ON e.ip = o.ip AND time_gap(o.ts, e.ts) <= 100";
        assert_eq!(check(&context, two).await, ["| 1  | 5     |", "| 2  | 35003 |"]);
        assert_eq!(
            pruned(&context, "observations", two, "row_groups_pruned_statistics").await,
            (4, 2)
        );
        let kept = "SELECT count(*) FROM observations AS o LEFT JOIN events AS e ON e.ip = o.ip AND time_gap(o.ts, e.ts) <= 100";
        let (rows, plan) = rows(&context, "sorted", kept).await.unwrap();
        assert!(
            rows[0].contains("40000") && !plan.contains("IndexFilter"),
            "{plan}"
        );
    }
}

/// The lowest numbers wrap to the highest ones, as they do in the predicate: their row group is read.
#[tokio::test]
async fn numbers_that_wrap_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let context = session(100, 1);
    let file = folder.path().join("a.parquet");
    for sql in [
        format!(
            "COPY (SELECT column1 AS k, column2 AS n FROM (VALUES (1, -9223372036854775807), (1, 13), (1, 900)))
             TO '{}' STORED AS PARQUET OPTIONS ('format.max_row_group_size' '1')",
            file.display()
        ),
        format!("CREATE EXTERNAL TABLE a STORED AS PARQUET LOCATION '{}'", file.display()),
        "CREATE TABLE b AS SELECT 1 AS k, 7 AS n".to_owned(),
    ] {
        run(&context, &sql).await;
    }
    let sql = "SELECT a.n, b.n FROM a JOIN b ON a.k = b.k AND a.n <= b.n + 10 AND b.n <= a.n - 5";
    let (expected, _) = rows(&context, "hash", sql).await.unwrap();
    let (got, plan) = rows(&context, "sorted", sql).await.unwrap();
    assert!(plan.contains("IndexJoinExec"), "{plan}");
    assert_eq!(got, expected);
    assert_eq!(got.len(), 2);
}

/// Days are skipped as times are, also by times of another unit.
#[tokio::test]
async fn what_is_at_another_day_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let context = session(8192, 2);
    let observations =
        "SELECT value AS id, value % 2 AS k, arrow_cast(arrow_cast(value, 'Int32'), 'Date32') AS day
        FROM generate_series(0, 39999) ORDER BY value";
    parquet::table(&context, folder.path(), "observations", observations).await;
    let events = "CREATE TABLE events AS SELECT column1 AS id, 1 AS k, arrow_cast(arrow_cast(column2, 'Int32'), 'Date32') AS day,
            arrow_cast(column2 * 86400000000, 'Timestamp(µs)') AS ts, arrow_cast(column2 * 86400, 'Timestamp(s)') AS s
        FROM (VALUES (1, 22203), (2, 22603))";
    run(&context, events).await;
    for band in [
        "o.day BETWEEN e.day - INTERVAL '1 day' AND e.day + INTERVAL '1 day'",
        "o.day BETWEEN e.ts - INTERVAL '47 hours' AND e.ts + INTERVAL '47 hours'",
        "e.s <= o.day + INTERVAL '1 day' AND o.day <= e.s + INTERVAL '1 day'",
        "time_gap(o.day, e.ts) < 172800",
    ] {
        let sql =
            format!("SELECT e.id, o.id FROM observations AS o JOIN events AS e ON e.k = o.k AND {band}");
        assert_eq!(
            check(&context, &sql).await,
            ["| 1  | 22203 |", "| 2  | 22603 |"],
            "{band}"
        );
        assert_pruned(&context, "observations", &sql, (4, 1), Pages::ByKey(10, 1)).await;
    }
}

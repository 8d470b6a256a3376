//! The built index skips row groups and pages of the probe side, and changes no answer by it.

use datafusion::prelude::SessionContext;

use crate::parquet::{self, Pages, assert_pruned};
use crate::session::{answer, run, session};

/// 40,000 points in order, as numbers and as addresses, in row groups of 10,000 rows and pages of 1,000.
async fn points(folder: &std::path::Path) -> SessionContext {
    let context = session(8192, 2);
    let rows = "SELECT value AS x, ip('10.0.' || (value / 256) || '.' || (value % 256)) AS ip
                FROM generate_series(0, 39999) ORDER BY value";
    parquet::table(&context, folder, "points", rows).await;
    let intervals = "CREATE TABLE intervals AS SELECT column1 AS lo, column2 AS hi, ip(column3) AS first_ip, ip(column4) AS last_ip
                     FROM (VALUES (50, 60, '10.0.0.50', '10.0.0.60'), (25500, 25510, '10.0.99.156', '10.0.99.166'),
                                  (7, 3, '10.0.0.7', '10.0.0.3'), (90000, 90001, '10.9.0.0', '10.9.0.1'))";
    run(&context, intervals).await;
    context
}

const JOINS: [&str; 2] = [
    "SELECT p.x, i.lo FROM points AS p JOIN intervals AS i ON p.x BETWEEN i.lo AND i.hi",
    "SELECT p.x, i.lo FROM points AS p JOIN intervals AS i ON p.ip BETWEEN i.first_ip AND i.last_ip",
];

#[tokio::test]
async fn row_groups_and_pages_that_cannot_match_are_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let context = points(folder.path()).await;
    for by_row in ["false", "true"] {
        let set = format!("SET datafusion.execution.parquet.pushdown_filters = {by_row}");
        run(&context, &set).await;
        for sql in JOINS {
            let expected = answer(&context, "nested_loop", sql).await;
            let got = answer(&context, "segments", sql).await;
            assert!(
                got.plan.contains("IndexJoinExec") && got.plan.contains("IndexFilter"),
                "{}",
                got.plan
            );
            assert_eq!(got.rows, expected.rows);
            assert_eq!(got.rows.len(), 22);
            // One page of each of the two row groups.
            assert_pruned(&context, "points", sql, (4, 2), Pages::ByKey(20, 2)).await;
        }
    }
}

#[tokio::test]
async fn rows_that_are_kept_without_a_match_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let context = points(folder.path()).await;
    for sql in [
        "SELECT count(*), count(i.lo) FROM points AS p LEFT JOIN intervals AS i ON p.x BETWEEN i.lo AND i.hi",
        "SELECT count(*) FROM points AS p LEFT ANTI JOIN intervals AS i ON p.x BETWEEN i.lo AND i.hi",
        "SELECT count(*), count(i.lo) FROM points AS p FULL JOIN intervals AS i ON p.x BETWEEN i.lo AND i.hi",
    ] {
        let expected = answer(&context, "nested_loop", sql).await;
        let got = answer(&context, "segments", sql).await;
        assert!(
            got.plan.contains("IndexJoinExec") && !got.plan.contains("IndexFilter"),
            "{}",
            got.plan
        );
        assert_eq!(got.rows, expected.rows, "{sql}");
    }
}

#[tokio::test]
async fn a_literal_network_skips_row_groups_and_pages() {
    let folder = tempfile::tempdir().unwrap();
    let context = points(folder.path()).await;
    for condition in [
        "ip_in_cidr(ip, '10.0.99.0/25')",
        "ip_network(ip, 25) = ip('10.0.99.0')",
        "ip_network(ip, 25) = '10.0.99.0'",
        "ip_in_range(ip, ip('10.0.99.0'), ip('10.0.99.127'))",
    ] {
        let sql = format!("SELECT count(*), min(x), max(x) FROM points WHERE {condition}");
        let got = answer(&context, "auto", &sql).await;
        let words: Vec<_> = got.rows[0]
            .split_whitespace()
            .filter(|word| *word != "|")
            .collect();
        assert_eq!(words, ["128", "25344", "25471"], "{condition}");
        assert_pruned(&context, "points", &sql, (4, 1), Pages::ByKey(10, 1)).await;
    }
}

/// 40,000 points in rows from south to north: in row groups of 10,000 and pages of 1,000.
async fn places(folder: &std::path::Path) -> SessionContext {
    let context = session(8192, 2);
    let rows = "SELECT value AS x, value % 200 * 0.01 AS lon, value / 200 * 0.01 AS lat
                FROM generate_series(0, 39999) ORDER BY value";
    parquet::table(&context, folder, "points", rows).await;
    // In the first row group and in the third; and a line, which is looked at point by point, in the third.
    let fences = "CREATE TABLE fences AS SELECT st_geomfromtext(column1) AS g FROM (VALUES
                  ('POLYGON((0.005 0.105,0.025 0.105,0.025 0.125,0.005 0.125,0.005 0.105))'),
                  ('POLYGON((1.005 1.105,1.025 1.105,1.025 1.125,1.005 1.125,1.005 1.105))'),
                  ('LINESTRING(1.0 1.12,1.1 1.12)'), (NULL))";
    run(&context, fences).await;
    context
}

#[tokio::test]
async fn row_groups_and_pages_without_a_fence_are_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let context = places(folder.path()).await;
    let sql = "SELECT p.x FROM points AS p JOIN fences AS f ON st_covers(f.g, st_point(p.lon, p.lat))";
    let set = |strategy: &str| format!("SET tieline.geofence_strategy = '{strategy}'");
    run(&context, &set("nested_loop")).await;
    let expected = answer(&context, "auto", sql).await;
    assert_eq!(expected.rows.len(), 19);
    for by_row in ["false", "true"] {
        let by_row = format!("SET datafusion.execution.parquet.pushdown_filters = {by_row}");
        run(&context, &by_row).await;
        for strategy in ["grid", "rtree"] {
            run(&context, &set(strategy)).await;
            assert_eq!(answer(&context, "auto", sql).await.rows, expected.rows);
            // One page of each of the two row groups.
            assert_pruned(&context, "points", sql, (4, 2), Pages::ByAreas(40, 2)).await;
        }
    }
}

/// Of a file with a column of another type than the table's nothing is told by both columns together: ranges of each skip its pages.
#[tokio::test]
async fn pages_are_skipped_by_one_column_where_they_are_not_by_two() {
    let folder = tempfile::tempdir().unwrap();
    let context = places(folder.path()).await;
    let rows = "SELECT x, CAST(lon AS REAL) AS lon, CAST(lat AS REAL) AS lat FROM points ORDER BY x";
    parquet::table(&context, folder.path(), "narrow", rows).await;
    let create = format!(
        "CREATE EXTERNAL TABLE wide (x BIGINT, lon DOUBLE, lat DOUBLE) STORED AS PARQUET LOCATION '{}'",
        folder.path().join("narrow.parquet").display()
    );
    run(&context, &create).await;
    let sql = "SELECT p.x FROM wide AS p JOIN fences AS f ON st_covers(f.g, st_point(p.lon, p.lat))";
    run(&context, "SET tieline.geofence_strategy = 'nested_loop'").await;
    let expected = answer(&context, "auto", sql).await;
    run(&context, "SET tieline.geofence_strategy = 'auto'").await;
    assert_eq!(answer(&context, "auto", sql).await.rows, expected.rows);
    assert_pruned(&context, "narrow", sql, (4, 2), Pages::ByKey(20, 2)).await;
}

/// A fix that is surely inside lies in the outline, whatever its accuracy; one that may be inside lies anywhere.
#[tokio::test]
async fn row_groups_and_pages_without_a_fix_inside_are_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let context = places(folder.path()).await;
    let sql = |outcome: &str| {
        format!(
            "SELECT p.x FROM points AS p JOIN fences AS f ON geofence_relation(f.g, p.lon, p.lat, CAST(p.x % 700 AS DOUBLE)) {outcome}"
        )
    };
    let set = |strategy: &str| format!("SET tieline.geofence_strategy = '{strategy}'");
    for (outcome, rows) in [("= 'inside'", 6), ("<> 'outside'", 23)] {
        run(&context, &set("nested_loop")).await;
        let expected = answer(&context, "auto", &sql(outcome)).await;
        assert_eq!(expected.rows.len(), rows);
        run(&context, &set("auto")).await;
        assert_eq!(answer(&context, "auto", &sql(outcome)).await.rows, expected.rows);
    }
    assert_pruned(
        &context,
        "points",
        &sql("= 'inside'"),
        (4, 2),
        Pages::ByKey(20, 2),
    )
    .await;
}

/// DataFusion hands filters down by names: one on `q.x` must not leave out rows of `p`.
#[tokio::test]
async fn a_key_whose_name_another_table_has_leaves_out_no_row_of_that_table() {
    let folder = tempfile::tempdir().unwrap();
    let context = points(folder.path()).await;
    run(&context, "SET tieline.join_order = 'as_written'").await;
    let few = "CREATE TABLE few AS SELECT value AS y FROM generate_series(40, 70)";
    run(&context, few).await;
    // The join above that of `p` and `q` has two columns of the name below it.
    let sql =
        "SELECT p.x, q.x FROM points AS p JOIN points AS q ON p.x = q.x + 20000 JOIN few AS u ON u.y = q.x
               JOIN intervals AS i ON q.x BETWEEN i.lo AND i.hi";
    for by_row in ["false", "true"] {
        let by_row = format!("SET datafusion.execution.parquet.pushdown_filters = {by_row}");
        run(&context, &by_row).await;
        let expected = answer(&context, "nested_loop", sql).await;
        let got = answer(&context, "segments", sql).await;
        assert!(got.plan.contains("IndexJoinExec"), "{}", got.plan);
        assert_eq!(got.rows, expected.rows);
        assert_eq!(got.rows.len(), 11);
    }
}

/// DataFusion deals out rows below the join above, and maps its filter by name on the way down: of the two columns `id` to the first.
#[tokio::test]
async fn a_filter_of_one_of_two_columns_of_a_name_is_not_one_of_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let context = session(8192, 4);
    let points = "SELECT value AS id, value AS n FROM generate_series(1, 2000) ORDER BY (value * 37) % 2000";
    let intervals = "SELECT value AS id, value * 40 AS lo, value * 40 + 9 AS hi FROM generate_series(1, 40)";
    let chosen = "SELECT value AS id FROM generate_series(3, 5)";
    for (name, rows) in [("points", points), ("intervals", intervals), ("chosen", chosen)] {
        parquet::table(&context, folder.path(), name, rows).await;
    }
    for set in [
        "SET datafusion.execution.parquet.pushdown_filters = true",
        "SET tieline.join_order = 'as_written'",
    ] {
        run(&context, set).await;
    }
    let sql = "SELECT p.id, i.id AS other FROM points AS p JOIN intervals AS i ON p.n BETWEEN i.lo AND i.hi
               JOIN chosen AS c ON c.id = i.id";
    let expected = answer(&context, "nested_loop", sql).await;
    let got = answer(&context, "segments", sql).await;
    assert!(
        got.plan.contains("IndexJoinExec") && got.plan.contains("RoundRobinBatch(4)"),
        "{}",
        got.plan
    );
    assert_eq!(got.rows, expected.rows);
    assert_eq!(got.rows.len(), 30);
}

/// Tables that DataFusion's own joins deal out by key before each join.
async fn dealt_out(folder: &std::path::Path) -> SessionContext {
    let context = session(50, 4);
    for (name, rows) in [
        (
            "p",
            "SELECT value AS id, value * 40 AS n FROM generate_series(1, 2000) ORDER BY (value * 37) % 2000",
        ),
        (
            "i",
            "SELECT value + 500 AS id, value * 40 AS lo FROM generate_series(1, 400)",
        ),
        ("c", "SELECT value AS id FROM generate_series(503, 505)"),
        ("k", "SELECT value * 40 AS m FROM generate_series(1, 3000)"),
    ] {
        parquet::table(&context, folder, name, rows).await;
    }
    for threshold in ["", "_rows"] {
        let set = format!("SET datafusion.optimizer.hash_join_single_partition_threshold{threshold} = 0");
        run(&context, &set).await;
    }
    context
}

/// The same of filters that DataFusion's own joins make. Both statements give no row without the gates.
#[tokio::test]
async fn filters_of_datafusion_are_not_taken_for_those_of_another_column_of_the_name() {
    let folder = tempfile::tempdir().unwrap();
    let context = dealt_out(folder.path()).await;
    let joined = "SELECT p.id, i.id AS other FROM p JOIN i ON p.n = i.lo";
    for above in ["JOIN c ON c.id = i.id", "WHERE i.id IN (SELECT id FROM c)"] {
        let statement = format!("{joined} {above}");
        for (by_row, pushed) in [("false", "false"), ("false", "true"), ("true", "true")] {
            for (option, value) in [
                ("execution.parquet.pushdown_filters", by_row),
                ("optimizer.enable_dynamic_filter_pushdown", pushed),
            ] {
                run(&context, &format!("SET datafusion.{option} = {value}")).await;
            }
            let rows = answer(&context, "auto", &statement).await.rows;
            assert_eq!(
                rows,
                ["| 3  | 503   |", "| 4  | 504   |", "| 5  | 505   |"],
                "{above}"
            );
        }
    }
}

/// Whether rows are lost to the filter of a limit depends on when it is known. Without the gates that on `i.id` is one on `p.id`.
#[tokio::test]
async fn the_filter_of_a_limit_is_not_one_on_another_column_of_the_name() {
    let folder = tempfile::tempdir().unwrap();
    let context = dealt_out(folder.path()).await;
    let filters_of_p = async |order: &str| {
        let statement = format!(
            "SELECT p.id, i.id AS other FROM p JOIN i ON p.n = i.lo JOIN k ON k.m = p.n ORDER BY {order} LIMIT 7"
        );
        let plan = answer(&context, "auto", &statement).await.plan;
        let scan = plan
            .lines()
            .find(|line| line.contains("p.parquet"))
            .unwrap()
            .to_owned();
        scan.matches("DynamicFilter").count()
    };
    // That of the lower join; and where it may be handed down, that of the limit.
    assert_eq!(filters_of_p("i.id DESC").await, 1);
    assert_eq!(filters_of_p("p.n DESC").await, 2);
}

/// Two columns of a name keep back filters on them alone.
#[tokio::test]
async fn a_filter_goes_down_past_two_columns_of_another_name() {
    let folder = tempfile::tempdir().unwrap();
    let context = points(folder.path()).await;
    run(&context, "SET tieline.join_order = 'as_written'").await;
    let again = "CREATE TABLE again AS SELECT value AS y, ip('10.1.1.1') AS ip FROM generate_series(40, 70)";
    run(&context, again).await;
    let sql = "SELECT p.x, p.ip, a.ip AS other FROM points AS p LEFT JOIN again AS a ON a.y = p.x
               JOIN intervals AS i ON p.x BETWEEN i.lo AND i.hi";
    let expected = answer(&context, "nested_loop", sql).await;
    let got = answer(&context, "segments", sql).await;
    assert!(got.plan.contains("projection=[x, ip, ip]"), "{}", got.plan);
    assert_eq!(got.rows, expected.rows);
    assert_eq!(got.rows.len(), 22);
    assert_pruned(&context, "points", sql, (4, 2), Pages::ByKey(20, 2)).await;
}

//! Scans that decode the other columns of a row only where it has a match, where few have one; answers are the same.

use datafusion::prelude::SessionContext;

use crate::parquet::{self, pruned};
use crate::session::{answer, run, session};

const SAYS_SO: &str = "the scan reads the other columns of matching rows alone";

/// 12,000 points, one in 100 of which lies in one of two small squares and all of which in a large one, with texts.
async fn points(folder: &std::path::Path, batch_size: usize, partitions: usize) -> SessionContext {
    let context = session(batch_size, partitions);
    let rows = "SELECT value AS x, value * 37 % 200 * 0.01 AS lon, value % 7 * 0.1 AS lat,
                       'device ' || value AS device, CASE WHEN value % 3 > 0 THEN 'file ' || value END AS file
                FROM generate_series(0, 11999)";
    parquet::table(&context, folder, "points", rows).await;
    let square = |name: &str, west: f64, east: f64| {
        format!("('{name}', st_geomfromtext('POLYGON(({west} -1,{east} -1,{east} 1,{west} 1,{west} -1))'))")
    };
    let small = [square("one", 0.495, 0.505), square("two", 1.495, 1.505)].join(", ");
    for (table, values) in [("few", small), ("all", square("all", -1.0, 3.0))] {
        let fences = format!(
            r#"CREATE TABLE "{table}" AS SELECT column1 AS name, column2 AS g FROM (VALUES {values})"#
        );
        run(&context, &fences).await;
    }
    run(&context, "CREATE TABLE intervals AS SELECT column1 AS lo, column2 AS hi FROM (VALUES (50, 90), (11500, 11510))").await;
    context
}

fn sql(columns: &str, fences: &str, condition: &str) -> String {
    format!(
        r#"SELECT {columns} FROM points AS p JOIN "{fences}" AS f ON st_contains(f.g, st_point(p.lon, p.lat)) {condition}"#
    )
}

#[tokio::test]
async fn where_few_rows_match_no_text_of_the_others_is_decoded() {
    let statements = [
        sql("f.name, p.x, p.device, p.file", "few", ""),
        sql(
            "f.name, p.x, p.device, p.file",
            "few",
            "WHERE p.x > 6000 AND p.file IS NOT NULL",
        ),
        sql("DISTINCT p.file", "few", "WHERE p.lat < 0.35"),
        "SELECT f.name, p.device FROM points AS p JOIN few AS f ON st_dwithin(f.g, st_point(p.lon, p.lat), 0.001)".to_owned(),
        "SELECT i.lo, p.device, p.file FROM points AS p JOIN intervals AS i ON p.x BETWEEN i.lo AND i.hi".to_owned(),
        "SELECT p.device, p.file FROM points AS p WHERE EXISTS (SELECT 1 FROM few AS f WHERE st_contains(f.g, st_point(p.lon, p.lat)))"
            .to_owned(),
        "SELECT p.x, p.device FROM intervals AS i RIGHT SEMI JOIN points AS p ON p.x BETWEEN i.lo AND i.hi".to_owned(),
    ];
    for (batch_size, partitions) in [
        (1, 1),
        (2, 3),
        (7, 2),
        (49, 1),
        (50, 4),
        (51, 2),
        (100, 3),
        (8192, 2),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let context = points(folder.path(), batch_size, partitions).await;
        for statement in &statements {
            let got = answer(&context, "auto", statement).await;
            assert!(got.plan.contains("IndexJoinExec"), "{}", got.plan);
            assert!(got.plan.contains(SAYS_SO), "{}", got.plan);
            run(&context, "SET tieline.geofence_strategy = 'nested_loop'").await;
            let expected = answer(&context, "nested_loop", statement).await;
            run(&context, "SET tieline.geofence_strategy = 'auto'").await;
            assert!(!expected.plan.contains("IndexJoinExec"), "{}", expected.plan);
            assert!(expected.rows.len() > 20);
            assert_eq!(got.rows, expected.rows, "{statement}");
        }
    }
}

#[tokio::test]
async fn rows_without_a_match_do_not_leave_the_scan() {
    let folder = tempfile::tempdir().unwrap();
    let context = points(folder.path(), 8192, 2).await;
    let few = sql("count(p.device), max(p.file)", "few", "");
    assert_eq!(pruned(&context, "points", &few, "output_rows").await.0, 120);
}

#[tokio::test]
async fn where_many_rows_match_or_little_is_read_of_them_everything_is_decoded_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let context = points(folder.path(), 8192, 2).await;
    for statement in [
        sql("count(p.device), max(p.file)", "all", ""),
        sql("count(*), sum(p.lon)", "few", ""),
        sql("count(*), max(p.x)", "few", ""),
        "SELECT count(p.device), max(p.file), count(f.name) FROM points AS p
         LEFT JOIN few AS f ON st_contains(f.g, st_point(p.lon, p.lat))"
            .to_owned(),
        // An anti join keeps the rows without a match.
        "SELECT device FROM points AS p WHERE NOT EXISTS (
             SELECT 1 FROM few AS f WHERE st_contains(f.g, st_point(p.lon, p.lat)))"
            .to_owned(),
    ] {
        let got = answer(&context, "auto", &statement).await;
        assert!(got.plan.contains("IndexJoinExec"), "{}", got.plan);
        assert!(!got.plan.contains(SAYS_SO), "{}", got.plan);
    }
}

/// To skip costs as often as a run of rows that match begins: one row in four in one run of each page, or every fourth.
#[tokio::test]
async fn rows_that_match_in_runs_are_read_late_where_as_many_apart_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let context = session(8192, 2);
    for (table, is_inside) in [("runs", "value % 1000 < 250"), ("apart", "value % 4 = 0")] {
        let rows = format!(
            "SELECT value AS x, CASE WHEN {is_inside} THEN 0.5 ELSE 1.5 END AS lon, value % 7 * 0.1 AS lat,
                    'device ' || value AS device, 'file ' || value AS file FROM generate_series(0, 11999)"
        );
        parquet::table(&context, folder.path(), table, &rows).await;
    }
    let fence = "CREATE TABLE fence AS SELECT st_geomfromtext('POLYGON((0 -1,1 -1,1 1,0 1,0 -1))') AS g, 'one' AS name
                 UNION ALL SELECT st_geomfromtext('POLYGON((7 7,8 7,8 8,7 7))'), 'two'";
    run(&context, fence).await;
    for (table, is_late) in [("runs", true), ("apart", false)] {
        let statement = format!(
            "SELECT f.name, p.device, p.file FROM {table} AS p JOIN fence AS f ON st_contains(f.g, st_point(p.lon, p.lat))"
        );
        let got = answer(&context, "auto", &statement).await;
        assert!(got.plan.contains("0.250 matches a row"), "{}", got.plan);
        assert_eq!(got.plan.contains(SAYS_SO), is_late, "{}", got.plan);
        run(&context, "SET tieline.geofence_strategy = 'nested_loop'").await;
        let expected = answer(&context, "auto", &statement).await;
        run(&context, "SET tieline.geofence_strategy = 'auto'").await;
        assert_eq!((got.rows.len(), &got.rows), (3_000, &expected.rows));
    }
}

/// What is not known to be less is not taken for less: a range above would index the points, and nothing would be skipped of their scan.
#[tokio::test]
async fn a_semi_join_that_is_not_sampled_is_not_taken_for_small() {
    let folder = tempfile::tempdir().unwrap();
    let context = points(folder.path(), 8192, 2).await;
    run(
        &context,
        "CREATE TABLE many AS SELECT value * 2 AS lo, value * 2 + 1 AS hi FROM generate_series(0, 3999)",
    )
    .await;
    let statement = r#"SELECT count(*) FROM (SELECT * FROM points AS p WHERE EXISTS (
                           SELECT 1 FROM "all" AS f WHERE st_contains(f.g, st_point(p.lon, p.lat)))) AS q
                       JOIN many AS m ON q.x BETWEEN m.lo AND m.hi"#;
    let got = answer(&context, "auto", statement).await;
    assert_eq!(got.plan.matches("IndexJoinExec").count(), 2, "{}", got.plan);
    assert!(!got.plan.contains("the points are fewer"), "{}", got.plan);
}

/// Only the innermost is of two tables; nothing is read for the others.
#[tokio::test]
async fn of_semi_joins_one_above_the_other_the_innermost_is_sampled() {
    let folder = tempfile::tempdir().unwrap();
    let context = points(folder.path(), 8192, 2).await;
    let exists = "EXISTS (SELECT 1 FROM few AS f WHERE st_contains(f.g, st_point(p.lon, p.lat)))";
    let statement = format!("SELECT p.device FROM points AS p WHERE {exists} AND {exists} AND {exists}");
    let got = answer(&context, "auto", &statement).await;
    assert_eq!(got.rows.len(), 120);
    assert_eq!(got.plan.matches("matches a row").count(), 1, "{}", got.plan);
}

/// A filter that can fail must not be asked of rows in another order than it was written in.
#[tokio::test]
async fn a_scan_with_a_filter_that_can_fail_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let context = points(folder.path(), 8192, 2).await;
    let statement = sql("p.device, p.file", "few", "WHERE 10 / (p.x - 5) < 1");
    let Ok(got) = context.sql(&format!("EXPLAIN {statement}")).await else {
        panic!("it is planned");
    };
    let plan = datafusion::arrow::util::pretty::pretty_format_batches(&got.collect().await.unwrap());
    let plan = plan.unwrap().to_string();
    assert!(
        plan.contains("IndexJoinExec") && !plan.contains(SAYS_SO),
        "{plan}"
    );
}

/// A residual condition lets fewer through than the index, and what a join above asks may be a cast, which the rows of other fences fail.
#[tokio::test]
async fn below_other_conditions_and_casts_a_scan_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let context = points(folder.path(), 8192, 2).await;
    run(&context, "CREATE TABLE numbers AS VALUES (50), (250)").await;
    for (statement, rows) in [
        (sql("p.device", "few", "AND (f.name = 'one' OR p.x < 0)"), 60),
        (
            "SELECT q.device FROM (SELECT * FROM points AS p JOIN few AS f ON st_contains(f.g, st_point(p.lon, p.lat))
                                   WHERE p.file IS NULL) AS q
             LEFT SEMI JOIN numbers AS n ON n.column1 = CAST(coalesce(q.file, '50') AS BIGINT)"
                .to_owned(),
            40,
        ),
    ] {
        let got = answer(&context, "auto", &statement).await;
        assert!(got.plan.contains("IndexJoinExec") && !got.plan.contains(SAYS_SO), "{}", got.plan);
        assert_eq!(got.rows.len(), rows, "{statement}");
    }
}

/// What is left out below a limit would make room for rows beyond it.
#[tokio::test]
async fn a_limit_is_of_the_rows_before_any_is_left_out() {
    for by_row in ["false", "true"] {
        let folder = tempfile::tempdir().unwrap();
        let context = points(folder.path(), 8192, 2).await;
        run(
            &context,
            &format!("SET datafusion.execution.parquet.pushdown_filters = {by_row}"),
        )
        .await;
        run(&context, "CREATE TABLE late AS VALUES (11500, 11510)").await;
        run(&context, "CREATE TABLE names AS VALUES ('one'), ('two')").await;
        let first = "(SELECT * FROM points ORDER BY x LIMIT 1000) AS p";
        let by_place = format!(
            "SELECT p.x, p.device, p.file FROM {first} JOIN few AS f ON st_contains(f.g, st_point(p.lon, p.lat))
             JOIN names AS n ON n.column1 = f.name"
        );
        let by_number = format!(
            "SELECT p.x, p.device FROM {first} JOIN late AS l ON p.x BETWEEN l.column1 AND l.column2"
        );
        for (statement, rows) in [(by_place, 10), (by_number, 0)] {
            let got = answer(&context, "segments", &statement).await;
            assert!(got.plan.contains("IndexJoinExec"), "{}", got.plan);
            assert!(!got.plan.contains("IndexFilter"), "{}", got.plan);
            assert_eq!(got.rows.len(), rows, "{statement}");
        }
    }
}

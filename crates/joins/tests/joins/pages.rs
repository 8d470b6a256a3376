//! Pages are skipped by several columns together, and no answer is changed by it.

use datafusion::prelude::SessionContext;

use crate::parquet::{self, pruned};
use crate::session::{BATCH_SIZES, answer, run, session};

/// 40,000 points in the order of place: a page has a tile of them, 20 from west to east and 50 from south to north, and a row group the
/// ten tiles of one latitude. The coordinates of every hundredth are NULL, or no number, or both.
const POINTS: &str = "SELECT x, device, CASE WHEN x % 200 = 7 THEN NULL WHEN x % 300 = 7 THEN CAST('NaN' AS DOUBLE) ELSE lon END AS lon,
           CASE WHEN x % 500 = 7 THEN NULL WHEN x % 700 = 7 THEN CAST('NaN' AS DOUBLE) ELSE lat END AS lat
    FROM (SELECT value AS x, 'device ' || value AS device,
                 (value / 1000 % 10 * 20 + value % 20) * 0.01 AS lon,
                 (value / 10000 * 50 + value % 1000 / 20) * 0.01 AS lat
          FROM generate_series(0, 39999)) AS tiles ORDER BY x";

/// Squares in the second tile of the first row group, the sixth of the third, and over the corner of four tiles.
async fn fences(context: &SessionContext) {
    let square = |name: &str, west: f64, south: f64| {
        let (east, north) = (west + 0.05, south + 0.05);
        format!(
            "('{name}', 'POLYGON(({west} {south},{east} {south},{east} {north},{west} {north},{west} {south}))')"
        )
    };
    for (table, squares) in [
        (
            "two",
            vec![square("one", 0.245, 0.105), square("two", 1.045, 1.205)],
        ),
        ("corner", vec![square("corner", 0.775, 0.975)]),
    ] {
        let values = squares.join(", ");
        let create = format!(
            "CREATE TABLE {table} AS SELECT column1 AS name, st_geomfromtext(column2) AS g FROM (VALUES {values}, ('none', NULL))"
        );
        run(context, &create).await;
    }
}

async fn places(folder: &std::path::Path, batch_size: usize, partitions: usize) -> SessionContext {
    let context = session(batch_size, partitions);
    parquet::table(&context, folder, "points", POINTS).await;
    fences(&context).await;
    context
}

fn joins(fences: &str) -> Vec<String> {
    let on = [
        "st_covers(f.g, st_point(p.lon, p.lat))",
        "st_dwithin(f.g, st_point(p.lon, p.lat), 0.011)",
        "geofence_relation(f.g, p.lon, p.lat, 50) = 'inside'",
    ];
    let of_all =
        on.map(|on| format!("SELECT f.name, p.x, p.device FROM points AS p JOIN {fences} AS f ON {on}"));
    let kinds = ["RIGHT JOIN", "LEFT SEMI JOIN"];
    let of_kind = kinds.map(|kind| match kind {
        "LEFT SEMI JOIN" => format!("SELECT p.x FROM points AS p {kind} {fences} AS f ON {}", on[0]),
        _ => format!(
            "SELECT f.name, p.x FROM points AS p {kind} {fences} AS f ON {}",
            on[0]
        ),
    });
    of_all.into_iter().chain(of_kind).collect()
}

#[tokio::test]
async fn the_answer_is_that_of_the_nested_loop() {
    let folder = tempfile::tempdir().unwrap();
    let context = places(folder.path(), 8192, 2).await;
    run(&context, "SET tieline.geofence_strategy = 'nested_loop'").await;
    let mut expected = Vec::new();
    for sql in joins("two").into_iter().chain(joins("corner")) {
        let answer = answer(&context, "auto", &sql).await;
        assert!(!answer.plan.contains("IndexJoinExec"), "{}", answer.plan);
        assert!(answer.rows.len() > 9, "{}: {sql}", answer.rows.len());
        expected.push((sql, answer.rows));
    }
    for (batch_size, partitions) in BATCH_SIZES.into_iter().zip([4, 3, 2, 1, 4, 2, 3, 2]) {
        let folder = tempfile::tempdir().unwrap();
        let context = places(folder.path(), batch_size, partitions).await;
        for strategy in ["auto", "rtree"] {
            run(&context, &format!("SET tieline.geofence_strategy = '{strategy}'")).await;
            for (sql, rows) in &expected {
                let got = answer(&context, "auto", sql).await;
                assert!(got.plan.contains("IndexJoinExec"), "{}", got.plan);
                assert_eq!(&got.rows, rows, "{sql}");
            }
        }
    }
}

/// Of the pages with the latitudes of some fence and the longitudes of some fence those are not read that have not both of one.
#[tokio::test]
async fn pages_between_fences_are_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let context = places(folder.path(), 8192, 2).await;
    for by_row in ["false", "true"] {
        run(
            &context,
            &format!("SET datafusion.execution.parquet.pushdown_filters = {by_row}"),
        )
        .await;
        for (fences, pages) in [("two", 2), ("corner", 4)] {
            for sql in joins(fences) {
                assert_eq!(
                    pruned(&context, "points", &sql, "area_pages_pruned").await,
                    (40, pages),
                    "{sql}"
                );
            }
        }
    }
    // Those without a page that is left are counted at every level.
    for level in ["dev", "summary"] {
        run(
            &context,
            &format!("SET datafusion.explain.analyze_level = '{level}'"),
        )
        .await;
        let row_groups = pruned(
            &context,
            "points",
            &joins("two")[0],
            "row_groups_pruned_statistics",
        )
        .await;
        assert_eq!(row_groups, (4, 2), "{level}");
    }
    run(&context, "SET datafusion.explain.analyze_level = 'dev'").await;
    let sql = "SELECT f.name, p.lon + p.lat FROM points AS p JOIN two AS f ON st_covers(f.g, st_point(p.lon, p.lat))";
    run(
        &context,
        "SET datafusion.execution.parquet.pushdown_filters = false",
    )
    .await;
    // 2.00 K.
    assert_eq!(pruned(&context, "points", sql, "output_rows").await, (2, 0));
    // By one column at a time it is four pages.
    run(
        &context,
        "SET datafusion.execution.parquet.enable_page_index = false",
    )
    .await;
    let scan = answer(&context, "auto", &format!("EXPLAIN ANALYZE {sql}")).await;
    let scan = scan.rows.join("\n");
    assert!(!scan.contains("area_pages_pruned"), "{scan}");
    run(
        &context,
        "SET datafusion.execution.parquet.enable_page_index = true",
    )
    .await;
    let own = format!(
        "CREATE EXTERNAL TABLE whole STORED AS PARQUET LOCATION '{}' OPTIONS ('format.enable_page_index' 'false')",
        folder.path().join("points.parquet").display()
    );
    run(&context, &own).await;
    let scan = answer(
        &context,
        "auto",
        &format!("EXPLAIN ANALYZE {}", sql.replace("points", "whole")),
    )
    .await;
    let scan = scan.rows.join("\n");
    assert!(!scan.contains("area_pages_pruned"), "{scan}");
}

/// What few pages hold is not missed by a sample of all: it is taken from those.
#[tokio::test]
async fn a_sample_is_taken_from_the_pages_that_are_left() {
    let folder = tempfile::tempdir().unwrap();
    let context = places(folder.path(), 8192, 2).await;
    let sql = &joins("two")[0];
    let got = answer(&context, "auto", sql).await;
    // Of 2,000 rows 50 have a match; some have no coordinates.
    let said = "0.001 matches a row in a sample of 2000 from the 5.0 % that statistics do not rule out";
    assert!(got.plan.contains(said), "{}", got.plan);
    run(
        &context,
        "CREATE TABLE far AS SELECT st_geomfromtext('POLYGON((9 9,9.1 9,9.1 9.1,9 9))') AS g, 'far' AS name",
    )
    .await;
    let got = answer(&context, "auto", &joins("far")[0]).await;
    let said = "0.000 matches a row in a sample of 0 from the 0.0 % that statistics do not rule out";
    assert!(got.plan.contains(said), "{}", got.plan);
    assert_eq!(got.rows.len(), 0);
}

/// A table's own filter may leave the very rows that the index leaves: then the sample is taken from all rows.
#[tokio::test]
async fn a_sample_of_a_table_with_a_filter_is_taken_from_all_rows() {
    let folder = tempfile::tempdir().unwrap();
    let context = places(folder.path(), 8192, 2).await;
    let join = &joins("two")[0];
    for filter in [
        // The tile of the first fence.
        "p.lon BETWEEN 0.195 AND 0.395 AND p.lat < 0.495",
        "p.device LIKE '%e 12_4_' AND p.lat < 9",
        // No piece has it.
        "p.device = 'device 1'",
    ] {
        let got = answer(&context, "auto", &format!("{join} WHERE {filter}")).await;
        assert!(got.plan.contains("IndexJoinExec"), "{}", got.plan);
        assert!(!got.plan.contains("rule out"), "{}", got.plan);
        assert!(!got.plan.contains("sample of 0"), "{}", got.plan);
    }
}

/// A file is skipped by its own statistics, and its footer is not looked at.
#[tokio::test]
async fn a_file_without_a_fence_is_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    let context = session(8192, 2);
    for part in 0..4 {
        let rows = format!("SELECT * FROM ({POINTS}) AS points WHERE x / 10000 = {part}");
        parquet::table(&context, folder.path(), &format!("part{part}"), &rows).await;
    }
    fences(&context).await;
    let create = format!(
        "CREATE EXTERNAL TABLE points STORED AS PARQUET LOCATION '{}'",
        folder.path().display()
    );
    run(&context, &create).await;
    let sql = &joins("two")[0];
    assert_eq!(
        pruned(&context, "part0", sql, "files_ranges_pruned_statistics").await,
        (4, 2)
    );
    assert_eq!(pruned(&context, "part0", sql, "area_pages_pruned").await, (20, 2));
}

/// A table's files may have a column as another type, or not at all: they are read whole, beside those that are not.
#[tokio::test]
async fn files_of_other_columns_are_read_whole() {
    let folder = tempfile::tempdir().unwrap();
    let context = session(8192, 2);
    let halves = [
        format!("SELECT x, device, lon, lat FROM ({POINTS}) AS points WHERE x < 15000"),
        format!(
            "SELECT x, device, lon, CAST(lat AS REAL) AS lat FROM ({POINTS}) AS points WHERE x BETWEEN 15000 AND 29999"
        ),
        format!("SELECT x, device, lat FROM ({POINTS}) AS points WHERE x >= 30000"),
    ];
    for (part, rows) in halves.iter().enumerate() {
        parquet::table(&context, folder.path(), &format!("part{part}"), rows).await;
    }
    fences(&context).await;
    let create = format!(
        "CREATE EXTERNAL TABLE points (x BIGINT, device VARCHAR, lon DOUBLE, lat DOUBLE) STORED AS PARQUET LOCATION '{}'",
        folder.path().display()
    );
    run(&context, &create).await;
    for sql in joins("two") {
        run(&context, "SET tieline.geofence_strategy = 'nested_loop'").await;
        let expected = answer(&context, "auto", &sql).await;
        run(&context, "SET tieline.geofence_strategy = 'auto'").await;
        assert_eq!(answer(&context, "auto", &sql).await.rows, expected.rows, "{sql}");
        // Of the first file, which has 15 pages.
        assert_eq!(
            pruned(&context, "part0", &sql, "area_pages_pruned").await,
            (15, 1),
            "{sql}"
        );
    }
}

/// An address takes 16 bytes and a time 8: a page has twice as many of these.
#[tokio::test]
async fn pages_that_begin_at_different_rows_are_held_side_by_side() {
    let folder = tempfile::tempdir().unwrap();
    let context = session(8192, 2);
    let file = folder.path().join("seen.parquet");
    let write = format!(
        "COPY (SELECT value AS x, ip('10.0.' || (value / 500 % 40) || '.' || (value % 200)) AS ip,
                      CAST(to_timestamp_seconds(100000 + value / 4000 * 1000 + value % 100) AS TIMESTAMP(6)) AS at
               FROM generate_series(0, 39999) ORDER BY value)
         TO '{}' STORED AS PARQUET OPTIONS ('format.max_row_group_size' '10000', 'format.data_pagesize_limit' '4096',
              'format.write_batch_size' '16', 'format.dictionary_enabled' 'false')",
        file.display()
    );
    run(&context, &write).await;
    let create = format!(
        "CREATE EXTERNAL TABLE seen STORED AS PARQUET LOCATION '{}'",
        file.display()
    );
    run(&context, &create).await;
    let asked = "CREATE TABLE asked AS SELECT ip, at + INTERVAL '3 seconds' AS at FROM seen WHERE x IN (12, 8017, 8090, 31999)";
    run(&context, asked).await;
    let sql = "SELECT s.x, a.at FROM seen AS s JOIN asked AS a ON s.ip = a.ip AND s.at BETWEEN a.at - INTERVAL '5 seconds' AND a.at + INTERVAL '5 seconds'";
    run(&context, "SET tieline.band_strategy = 'hash'").await;
    let expected = answer(&context, "auto", sql).await;
    assert!(expected.rows.len() >= 4);
    run(&context, "SET tieline.band_strategy = 'sorted'").await;
    let got = answer(&context, "auto", sql).await;
    assert!(got.plan.contains("IndexJoinExec"), "{}", got.plan);
    assert_eq!(got.rows, expected.rows);
    let (all, kept) = pruned(&context, "seen", sql, "area_pages_pruned").await;
    // A page of addresses has 256 rows.
    assert!(all >= 40_000 / 256 && (3..=12).contains(&kept), "{kept} of {all}");
}

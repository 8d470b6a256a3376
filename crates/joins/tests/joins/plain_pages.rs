//! Pages of coordinates that are read where they lie, and what else is not read so.

use std::path::Path;

use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::prelude::SessionContext;

use crate::session::{BATCH_SIZES, answer, plan_of, run, session};

/// 10,000 points in no order of place, so that every page has some of every fence; some have a coordinate that is NULL or no number.
const POINTS: &str =
    "SELECT CASE WHEN x % 4000 = 7 THEN NULL WHEN x % 300 = 7 THEN CAST('NaN' AS DOUBLE) ELSE lon END AS lon,
           CASE WHEN x % 700 = 7 THEN CAST('Infinity' AS DOUBLE) ELSE lat END AS lat, x
    FROM (SELECT value AS x, value * 7919 % 2003 * 0.001 AS lon, value * 104729 % 1999 * 0.001 AS lat
          FROM generate_series(0, 9999)) AS places";

/// Writes points, in row groups of 5,000 and pages of 1,000.
async fn write(folder: &Path, name: &str, options: &str) {
    let options = format!(
        "'format.max_row_group_size' '5000', 'format.data_page_row_count_limit' '1000', 'format.compression' 'uncompressed',
         'format.write_batch_size' '1000'{options}"
    );
    let file = folder.join(format!("{name}.parquet"));
    let write = format!(
        "COPY ({POINTS}) TO '{}' STORED AS PARQUET OPTIONS ({options})",
        file.display()
    );
    run(&session(8192, 2), &write).await;
}

/// How many of the ten pages of each coordinate are taken as they lie: three have a NULL.
const ALL: usize = 17;

const PLAIN: &str = ", 'format.dictionary_enabled' 'false'";

/// The tables of points, and two fences.
async fn places(folder: &Path, tables: &[&str], batch_size: usize, partitions: usize) -> SessionContext {
    let context = session(batch_size, partitions);
    // Else the batches of so small a file are dealt out, and wait for that.
    run(&context, "SET datafusion.optimizer.repartition_file_min_size = 0").await;
    for table in tables {
        let file = folder.join(format!("{table}.parquet"));
        let create = format!(
            "CREATE EXTERNAL TABLE {table} STORED AS PARQUET LOCATION '{}'",
            file.display()
        );
        run(&context, &create).await;
    }
    let fences = "CREATE TABLE fences AS SELECT column1 AS name, st_geomfromtext(column2) AS g FROM (VALUES
        ('low', 'POLYGON((0.1 0.1,0.4 0.1,0.4 0.3,0.1 0.3,0.1 0.1))'),
        ('high', 'POLYGON((1.5 1.2,1.9 1.2,1.9 1.9,1.7 1.9,1.5 1.2))'), ('none', NULL))";
    run(&context, fences).await;
    context
}

/// How many pages of a table are read where they lie, and how many row groups there are to the scan.
async fn pages_read(context: &SessionContext, sql: &str) -> (usize, usize) {
    let explain = context.sql(&format!("EXPLAIN ANALYZE {sql}")).await.unwrap();
    let text = pretty_format_batches(&explain.collect().await.unwrap())
        .unwrap()
        .to_string();
    let scan = text.lines().find(|line| line.contains(".parquet")).unwrap();
    let figure = |metric: &str| {
        let (_, figures) = scan.split_once(&format!("{metric}="))?;
        figures.split([' ', ',', ']']).next()?.parse().ok()
    };
    (
        figure("plain_pages").unwrap_or(0),
        figure("row_groups_pruned_statistics").unwrap(),
    )
}

const ON: &str = "st_covers(f.g, st_point(p.lon, p.lat))";

fn joins() -> [String; 6] {
    [
        format!("SELECT f.name, count(*) FROM plain AS p JOIN fences AS f ON {ON} GROUP BY f.name"),
        format!("SELECT f.name, p.lon, p.lat FROM plain AS p JOIN fences AS f ON {ON}"),
        format!("SELECT f.name, p.lat FROM plain AS p JOIN fences AS f ON {ON} AND (f.name = 'low' OR p.lat < 1.5)"),
        "SELECT f.name, q.up, q.across FROM (SELECT lat AS up, lon AS across FROM plain) AS q JOIN fences AS f
         ON st_covers(f.g, st_point(q.across, q.up))".to_owned(),
        "SELECT f.name, count(*) FROM plain AS p JOIN fences AS f ON st_dwithin(f.g, st_point(p.lon, p.lat), 0.05) GROUP BY f.name".to_owned(),
        "SELECT f.name, count(*) FROM plain AS p JOIN fences AS f ON geofence_relation(f.g, p.lon, p.lat, 900) <> 'outside' GROUP BY f.name".to_owned(),
    ]
}

#[tokio::test]
async fn the_answer_is_that_of_the_nested_loop() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "plain", PLAIN).await;
    let context = places(folder.path(), &["plain"], 8192, 2).await;
    run(&context, "SET tieline.geofence_strategy = 'nested_loop'").await;
    let mut expected = Vec::new();
    for sql in joins() {
        let answer = answer(&context, "auto", &sql).await;
        assert!(!answer.plan.contains("IndexJoinExec"), "{}", answer.plan);
        assert!(answer.rows.len() > 1, "{}: {sql}", answer.rows.len());
        expected.push((sql, answer.rows));
    }
    for (batch_size, partitions) in BATCH_SIZES.into_iter().zip([4, 3, 2, 1, 4, 2, 3, 2]) {
        let context = places(folder.path(), &["plain"], batch_size, partitions).await;
        for (sql, rows) in &expected {
            let got = answer(&context, "auto", sql).await;
            assert!(got.plan.contains("IndexJoinExec"), "{}", got.plan);
            assert_eq!(&got.rows, rows, "{sql}");
            assert!(got.largest_batch <= batch_size);
            assert_eq!(pages_read(&context, sql).await, (ALL, 2), "{sql}");
        }
    }
}

/// Whatever needs more of a scan is DataFusion's.
#[tokio::test]
async fn other_scans_read_no_page_so() {
    let folder = tempfile::tempdir().unwrap();
    let split = format!("{PLAIN}, 'format.encoding' 'byte_stream_split'");
    let tables = [("plain", PLAIN), ("dictionary", ""), ("split", &split)];
    for (table, options) in tables {
        write(folder.path(), table, options).await;
    }
    let context = places(folder.path(), &tables.map(|(table, _)| table), 8192, 2).await;
    let join = |table: &str, columns: &str| {
        format!("SELECT f.name, {columns} FROM {table} AS p JOIN fences AS f ON {ON}")
    };
    let others = [
        join("dictionary", "p.lat"),
        join("split", "p.lat"),
        join("plain", "p.x"),
        // Batches of which every row matches come out as they are.
        format!("SELECT p.lon, p.lat FROM plain AS p LEFT SEMI JOIN fences AS f ON {ON}"),
        // A condition by which row groups are skipped, too.
        format!("{} WHERE p.lat < 1.0", join("plain", "p.lat")),
        "SELECT sum(p.lat), sum(p.lon) FROM plain AS p".to_owned(),
    ];
    for sql in others {
        assert_eq!(pages_read(&context, &sql).await, (0, 2), "{sql}");
    }
    // The scan leaves out rows.
    let sql = &joins()[1];
    run(
        &context,
        "SET datafusion.execution.parquet.pushdown_filters = true",
    )
    .await;
    assert_eq!(pages_read(&context, sql).await, (0, 2));
    run(
        &context,
        "SET datafusion.execution.parquet.pushdown_filters = false",
    )
    .await;
    assert_eq!(pages_read(&context, sql).await, (ALL, 2));
    // Batches wait between the scan and the join.
    run(
        &context,
        "SET datafusion.optimizer.repartition_file_min_size = 100000000",
    )
    .await;
    let (_, plan) = plan_of(&context, sql).await;
    assert!(plan.contains("RepartitionExec"), "{plan}");
    assert_eq!(pages_read(&context, sql).await, (0, 2));
}

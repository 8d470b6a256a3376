//! The index of a plan that was read skips row groups and pages of its probe side.

use std::path::Path;
use std::sync::Arc;

use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::physical_plan::display::DisplayableExecutionPlan;
use datafusion::physical_plan::{ExecutionPlan, collect};
use datafusion::prelude::SessionContext;
use datafusion_proto::physical_plan::{
    DeduplicatingProtoConverter, DefaultPhysicalProtoConverter, PhysicalPlanNodeExt,
    PhysicalProtoConverterExtension,
};
use datafusion_proto::protobuf::PhysicalPlanNode;
use tieline_codec::{PlanConverter, TielineCodec};
use tieline_joins::{IndexFilter, IndexJoinExec, SharedIndex};

use crate::sent::{plan, rows, run, sent, session, text, worker};

/// 40,000 points in order, in row groups of 10,000 rows and pages of 1,000; and as many intervals, of which each starts at its
/// number.
async fn tables(folder: &Path) -> SessionContext {
    let context = session(2);
    let folder = folder.display();
    let options = "OPTIONS ('format.max_row_group_size' '10000', 'format.data_page_row_count_limit' '1000',
                            'format.write_batch_size' '1000')";
    let points =
        "SELECT value AS x, value % 7 AS k, ip('10.0.' || (value / 256) || '.' || (value % 256)) AS ip
                  FROM generate_series(0, 39999) ORDER BY value";
    let spans = "SELECT value AS lo, value + 5 AS hi FROM generate_series(0, 39999) ORDER BY value";
    for (name, query) in [("points", points), ("spans", spans)] {
        let write = format!("COPY ({query}) TO '{folder}/{name}.parquet' STORED AS PARQUET {options}");
        let read =
            format!("CREATE EXTERNAL TABLE {name} STORED AS PARQUET LOCATION '{folder}/{name}.parquet'");
        run(&context, &[&write, &read]).await;
    }
    run(
        &context,
        &[
            "CREATE TABLE intervals AS SELECT column1 AS lo, column2 AS hi, column3 AS k, ip(column4) AS first_ip,
                ip(column5) AS last_ip FROM (VALUES (50, 60, 1, '10.0.0.50', '10.0.0.60'),
                (25500, 25510, 2, '10.0.99.156', '10.0.99.166'), (7, 3, 3, '10.0.0.7', '10.0.0.3'))",
            "CREATE TABLE moments AS SELECT * FROM (VALUES (25500), (25501)) AS moments (x)",
            "SET tieline.range_strategy = 'segments'",
        ],
    )
    .await;
    context
}

/// What was kept of the scan of a file by a metric, after the plan has run.
fn kept(plan: &Arc<dyn ExecutionPlan>, file: &str, metric: &str) -> usize {
    let text = DisplayableExecutionPlan::with_metrics(plan.as_ref())
        .indent(false)
        .to_string();
    let scan = text.lines().find(|line| line.contains(file)).unwrap();
    let (_, figures) = scan.split_once(&format!("{metric}=")).unwrap();
    let mut numbers = figures
        .split(|letter: char| !letter.is_ascii_digit())
        .filter(|word| !word.is_empty());
    numbers.nth(1).unwrap().parse().unwrap()
}

/// How many row groups and how many pages of the scan of a file were read, after the plan has run.
fn read_of(plan: &Arc<dyn ExecutionPlan>, file: &str) -> (usize, usize) {
    (
        kept(plan, file, "row_groups_pruned_statistics"),
        kept(plan, file, "page_index_pages_pruned"),
    )
}

/// How many rows of the scan of a file were read, after the plan has run.
fn rows_of(plan: &Arc<dyn ExecutionPlan>, file: &str) -> usize {
    let mut read = None;
    plan.apply(|node| {
        let text = DisplayableExecutionPlan::new(node.as_ref())
            .one_line()
            .to_string();
        if text.contains(file) {
            read = node.metrics().and_then(|metrics| metrics.output_rows());
        }
        Ok(TreeNodeRecursion::Continue)
    })
    .unwrap();
    read.unwrap()
}

/// The places of the operators and of the filters of a plan.
fn places(plan: &Arc<dyn ExecutionPlan>) -> (Vec<Arc<SharedIndex>>, Vec<Arc<SharedIndex>>) {
    let (mut joins, mut filters) = (Vec::new(), Vec::new());
    plan.apply(|node| {
        if let Some(join) = node.downcast_ref::<IndexJoinExec>() {
            joins.push(Arc::clone(&join.parts().shared));
        }
        node.apply_expressions(&mut |root| {
            root.apply(|expr| {
                if let Some(filter) = expr.downcast_ref::<IndexFilter>() {
                    filters.push(Arc::clone(filter.shared()));
                }
                Ok(TreeNodeRecursion::Continue)
            })
        })?;
        Ok(TreeNodeRecursion::Continue)
    })
    .unwrap();
    (joins, filters)
}

const JOINS: [&str; 3] = [
    "SELECT p.x, i.lo FROM points AS p JOIN intervals AS i ON p.x BETWEEN i.lo AND i.hi",
    "SELECT p.x, i.lo FROM points AS p JOIN intervals AS i ON p.ip BETWEEN i.first_ip AND i.last_ip",
    "SELECT p.x, i.lo FROM points AS p JOIN intervals AS i ON p.x BETWEEN i.lo AND i.hi AND p.k = i.k",
];

#[tokio::test]
async fn row_groups_and_pages_that_cannot_match_are_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let context = tables(folder.path()).await;
    for by_row in ["false", "true"] {
        let set = format!("SET datafusion.execution.parquet.pushdown_filters = {by_row}");
        run(&context, &[&set]).await;
        for sql in JOINS {
            let here = plan(&context, sql).await.unwrap();
            let worker = worker(&context);
            let elsewhere = sent(&here, &worker);
            assert!(
                text(&elsewhere).contains("IndexFilter [ empty ]"),
                "{}",
                text(&elsewhere)
            );
            let expected = rows(Arc::clone(&here), &context).await.unwrap();
            assert_eq!(rows(Arc::clone(&elsewhere), &worker).await.unwrap(), expected);
            let (row_groups, pages) = read_of(&elsewhere, "points.parquet");
            assert_eq!((row_groups, pages), read_of(&here, "points.parquet"), "{sql}");
            // Of four row groups with ten pages each.
            assert!(
                row_groups < 4 && pages < 20,
                "{row_groups} row groups, {pages} pages: {sql}"
            );
            if !sql.contains("p.k") {
                assert_eq!((row_groups, pages), (2, 2), "{sql}");
            }
        }
    }
}

/// Coordinates in no order, of which every page has some of the fence.
#[tokio::test]
async fn plain_pages_are_read_where_they_lie() {
    let folder = tempfile::tempdir().unwrap();
    let context = session(2);
    let file = folder.path().join("places.parquet");
    let file = file.display();
    let write = format!(
        "COPY (SELECT value * 7919 % 2003 * 0.001 AS lon, value * 104729 % 1999 * 0.001 AS lat
               FROM generate_series(0, 9999)) TO '{file}' STORED AS PARQUET
         OPTIONS ('format.data_page_row_count_limit' '1000', 'format.write_batch_size' '1000',
                  'format.dictionary_enabled' 'false', 'format.compression' 'uncompressed')"
    );
    let read = format!("CREATE EXTERNAL TABLE places STORED AS PARQUET LOCATION '{file}'");
    let fences = "CREATE TABLE fences AS SELECT st_geomfromtext('POLYGON((0 0,1 0,1 1,0 1,0 0))') AS g";
    run(
        &context,
        &[
            "SET datafusion.optimizer.repartition_file_min_size = 0",
            &write,
            &read,
            fences,
        ],
    )
    .await;
    let sql =
        "SELECT p.lon, p.lat FROM places AS p JOIN fences AS f ON st_covers(f.g, st_point(p.lon, p.lat))";
    let here = plan(&context, sql).await.unwrap();
    let worker = worker(&context);
    let elsewhere = sent(&here, &worker);
    let expected = rows(Arc::clone(&here), &context).await.unwrap();
    assert_eq!(rows(Arc::clone(&elsewhere), &worker).await.unwrap(), expected);
    for plan in [here, elsewhere] {
        let text = DisplayableExecutionPlan::with_metrics(plan.as_ref())
            .indent(false)
            .to_string();
        assert!(text.contains("plain_pages=20"), "{text}");
    }
}

#[tokio::test]
async fn both_bounds_of_probing_intervals_are_linked() {
    let folder = tempfile::tempdir().unwrap();
    let context = tables(folder.path()).await;
    run(&context, &["SET tieline.range_strategy = 'auto'"]).await;
    let sql = "SELECT m.x, s.lo FROM spans AS s JOIN moments AS m ON m.x BETWEEN s.lo AND s.hi";
    let here = plan(&context, sql).await.unwrap();
    assert!(text(&here).contains("strategy=points"), "{}", text(&here));
    let worker = worker(&context);
    let elsewhere = sent(&here, &worker);
    let (joins, filters) = places(&elsewhere);
    assert_eq!((joins.len(), filters.len()), (1, 3));
    assert_eq!(rows(Arc::clone(&elsewhere), &worker).await.unwrap().len(), 12 + 4);
    assert_eq!(read_of(&elsewhere, "spans.parquet").0, 1);
}

/// The scan skips pages by both columns of a fence there too.
#[tokio::test]
async fn pages_between_fences_are_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let context = tables(folder.path()).await;
    // Pages of a thousand points, ten of them side by side.
    let tiles = "SELECT x, (x / 1000 % 10 * 20 + x % 20) * 0.01 AS lon, (x / 10000 * 50 + x % 1000 / 20) * 0.01 AS lat FROM points ORDER BY x";
    let file = folder.path().join("tiles.parquet");
    let write = format!(
        "COPY ({tiles}) TO '{}' STORED AS PARQUET OPTIONS ('format.max_row_group_size' '10000',
              'format.data_page_row_count_limit' '1000', 'format.write_batch_size' '8')",
        file.display()
    );
    let read = format!(
        "CREATE EXTERNAL TABLE tiles STORED AS PARQUET LOCATION '{}'",
        file.display()
    );
    let fences = "CREATE TABLE fences AS SELECT st_geomfromtext(column1) AS g FROM (VALUES
                  ('POLYGON((0.245 0.105,0.295 0.105,0.295 0.155,0.245 0.155,0.245 0.105))'),
                  ('POLYGON((1.045 1.205,1.095 1.205,1.095 1.255,1.045 1.255,1.045 1.205))'))";
    run(&context, &[&write, &read, fences]).await;
    let sql = "SELECT t.x FROM tiles AS t JOIN fences AS f ON st_contains(f.g, st_point(t.lon, t.lat))";
    let here = plan(&context, sql).await.unwrap();
    let worker = worker(&context);
    // Again from a plan that was read.
    let elsewhere = sent(&sent(&here, &worker), &worker);
    for (plan, context) in [(here, &context), (elsewhere, &worker)] {
        assert_eq!(rows(Arc::clone(&plan), context).await.unwrap().len(), 50 + 4);
        assert_eq!(kept(&plan, "tiles.parquet", "area_pages_pruned"), 2);
        assert_eq!(read_of(&plan, "tiles.parquet").0, 2);
        assert_eq!(rows_of(&plan, "tiles.parquet"), 2000);
    }
}

#[tokio::test]
async fn every_reading_has_an_index_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let context = tables(folder.path()).await;
    let here = plan(&context, JOINS[0]).await.unwrap();
    let bytes = tieline_codec::plan_to_bytes(&here).unwrap();
    let worker = worker(&context);
    let read = || tieline_codec::plan_from_bytes(&bytes, &worker.task_ctx()).unwrap();
    let (first, second) = (read(), read());
    // Read from a plan that was read.
    let third = sent(&second, &worker);
    rows(Arc::clone(&first), &worker).await.unwrap();
    assert!(
        text(&first).contains("IndexFilter [ 2 ranges ]"),
        "{}",
        text(&first)
    );
    assert!(
        text(&second).contains("IndexFilter [ empty ]"),
        "{}",
        text(&second)
    );
    assert_eq!(rows(Arc::clone(&second), &worker).await.unwrap().len(), 22 + 4);
    rows(Arc::clone(&third), &worker).await.unwrap();
    assert_eq!(read_of(&third, "points.parquet"), (2, 2));
    // Nothing is held that no plan holds.
    let (_, filters) = places(&third);
    let weak = Arc::downgrade(&filters[0]);
    drop((filters, third));
    assert!(weak.upgrade().is_none());
}

#[tokio::test]
async fn a_filter_without_its_operator_keeps_every_row() {
    let folder = tempfile::tempdir().unwrap();
    let context = tables(folder.path()).await;
    let here = plan(&context, JOINS[0]).await.unwrap();
    let mut scan = Arc::clone(&here);
    here.apply(|node| {
        if node.children().is_empty() && text(node).contains("points.parquet") {
            scan = Arc::clone(node);
        }
        Ok(TreeNodeRecursion::Continue)
    })
    .unwrap();
    let worker = worker(&context);
    let alone = sent(&scan, &worker);
    // The operator of the same number runs first, in the same process.
    let whole = sent(&here, &worker);
    collect(whole, worker.task_ctx()).await.unwrap();
    assert_eq!(rows(alone, &worker).await.unwrap().len(), 40_000 + 4);
}

/// Whoever distributes plans may write and read them by DataFusion's own converters.
#[tokio::test]
async fn the_link_needs_no_converter_of_ours() {
    let folder = tempfile::tempdir().unwrap();
    let context = tables(folder.path()).await;
    let converters: [&dyn PhysicalProtoConverterExtension; 3] = [
        &DefaultPhysicalProtoConverter {},
        &DeduplicatingProtoConverter {},
        &PlanConverter,
    ];
    let codec = TielineCodec::default();
    for writing in converters {
        for reading in converters {
            let here = plan(&context, JOINS[0]).await.unwrap();
            let node =
                PhysicalPlanNode::try_from_physical_plan_with_converter(here, &codec, writing).unwrap();
            let worker = worker(&context);
            let elsewhere = node
                .try_into_physical_plan_with_converter(&worker.task_ctx(), &codec, reading)
                .unwrap();
            assert_eq!(rows(Arc::clone(&elsewhere), &worker).await.unwrap().len(), 22 + 4);
            assert_eq!(read_of(&elsewhere, "points.parquet"), (2, 2));
        }
    }
}

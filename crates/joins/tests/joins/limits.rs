//! What a join takes and gives back: memory within the pool's limit, and everything when the query is cancelled.

use std::sync::Arc;
use std::time::{Duration, Instant};

use datafusion::arrow::array::AsArray;
use datafusion::arrow::datatypes::Int64Type;
use datafusion::common::DataFusionError;
use datafusion::datasource::MemTable;
use datafusion::physical_plan::metrics::MetricsSet;
use datafusion::physical_plan::{ExecutionPlan, collect, displayable};
use futures::StreamExt;

use crate::session::{answer, plan_of, run, session, session_within};

/// Every row of one side with every row of the other, but for a residual: ten thousand million candidates.
const ENDLESS: &str = "SELECT count(*) FROM generate_series(1, 100000) AS p (x)
                       JOIN (SELECT 0 AS lo, 200000 + value AS hi FROM generate_series(1, 100000)) AS i
                       ON p.x BETWEEN i.lo AND i.hi AND p.x + i.hi < 0";

/// The same of a band: every time of a key is close to every other.
const ENDLESS_BAND: &str =
    "SELECT count(*) FROM (SELECT 0 AS k, value AS t FROM generate_series(1, 100000)) AS a
                       JOIN (SELECT 0 AS k, value AS t FROM generate_series(1, 100000)) AS b
                       ON a.k = b.k AND a.t BETWEEN b.t - 200000 AND b.t + 200000 AND a.t + b.t < 0";

#[tokio::test]
async fn a_build_side_that_does_not_fit_says_which_setting_to_raise() {
    let query = "SELECT count(*) FROM generate_series(1, 300000) AS p (x)
                 JOIN (SELECT value AS lo, value + 5 AS hi FROM generate_series(1, 200000)) AS i
                 ON p.x BETWEEN i.lo AND i.hi";
    let enough = session_within(8192, 2, 256 << 20);
    let rows = enough.sql(query).await.unwrap().collect().await.unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(enough.runtime_env().memory_pool.reserved(), 0);

    // Less than the rows take, and less than the index takes beside them.
    for memory_bytes in [100 << 10, 8 << 20] {
        let context = session_within(8192, 2, memory_bytes);
        let error = context.sql(query).await.unwrap().collect().await.unwrap_err();
        assert!(
            matches!(error.find_root(), DataFusionError::ResourcesExhausted(_)),
            "{error}"
        );
        let text = error.to_string();
        for setting in [
            "datafusion.runtime.memory_limit",
            "--memory-limit",
            "tieline.range_strategy",
        ] {
            assert!(text.contains(setting), "{text}");
        }
        assert_eq!(context.runtime_env().memory_pool.reserved(), 0);
    }
}

#[tokio::test]
async fn a_band_that_does_not_fit_says_its_own_setting() {
    let query =
        "SELECT count(*) FROM (SELECT value % 1000 AS k, value AS t FROM generate_series(1, 300000)) AS a
                 JOIN (SELECT value % 1000 AS k, value AS t FROM generate_series(1, 200000)) AS b
                 ON a.k = b.k AND a.t BETWEEN b.t - 5 AND b.t + 5";
    let enough = session_within(8192, 2, 256 << 20);
    let rows = enough.sql(query).await.unwrap().collect().await.unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(enough.runtime_env().memory_pool.reserved(), 0);

    // Less than the rows take, and less than the index takes beside them.
    for memory_bytes in [100 << 10, 9 << 20] {
        let context = session_within(8192, 2, memory_bytes);
        let set = "SET tieline.band_strategy = 'sorted'";
        run(&context, set).await;
        let error = context.sql(query).await.unwrap().collect().await.unwrap_err();
        assert!(
            matches!(error.find_root(), DataFusionError::ResourcesExhausted(_)),
            "{error}"
        );
        assert!(
            error.to_string().contains("tieline.band_strategy = 'merge'"),
            "{error}"
        );
        assert_eq!(context.runtime_env().memory_pool.reserved(), 0);
    }
}

#[tokio::test]
async fn fences_and_distances_that_do_not_fit_say_their_own_setting() {
    let (tree, neither) = (
        "or set tieline.geofence_strategy = 'rtree', which takes less, or 'nested_loop'",
        "or set tieline.geofence_strategy = 'nested_loop'",
    );
    for (strategy, condition, way_out) in [
        ("auto", "st_contains(i.g, st_point(p.x, p.y))", tree),
        ("rtree", "st_contains(i.g, st_point(p.x, p.y))", neither),
        ("auto", "st_dwithin(i.g, st_point(p.x, p.y), 0.1)", neither),
    ] {
        let query = format!(
            "SELECT count(*) FROM (SELECT value / 100.0 AS x, value / 200.0 AS y FROM generate_series(1, 100)) AS p
             JOIN (SELECT st_geomfromtext('POLYGON((0 0,1 0,1 1,0 ' || value || ',0 0))') AS g
                   FROM generate_series(1, 20000)) AS i
             ON {condition}"
        );
        let context = session_within(8192, 2, 1 << 20);
        let set = format!("SET tieline.geofence_strategy = '{strategy}'");
        run(&context, &set).await;
        let error = context.sql(&query).await.unwrap().collect().await.unwrap_err();
        let text = error.to_string();
        assert!(
            matches!(error.find_root(), DataFusionError::ResourcesExhausted(_)),
            "{text}"
        );
        assert!(text.contains(way_out), "{text}");
        assert!(!text.contains("tieline.range_strategy"), "{text}");
    }
}

/// Time decides nothing here but whether the query ever ends: it would run for minutes, and the limit is half of one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancelled_join_ends_and_gives_its_memory_back() {
    for (query, strategy, operator) in [
        (ENDLESS, "auto", "IndexJoinExec"),
        (ENDLESS_BAND, "sorted", "IndexJoinExec"),
        (ENDLESS_BAND, "merge", "BandMergeExec"),
    ] {
        let time = cancel(query, strategy, operator).await;
        // For `cargo test -- --nocapture`: 250 ms is what is asked for, on a machine that has nothing else to do.
        println!("a cancelled {operator} ended after {time:?}");
    }
}

/// How long it takes to end.
async fn cancel(query: &str, strategy: &str, operator: &str) -> Duration {
    let context = session(8192, 2);
    let set = format!("SET tieline.band_strategy = '{strategy}'");
    run(&context, &set).await;
    let (plan, text) = plan_of(&context, query).await;
    assert!(text.contains(operator), "{text}");
    let running = Arc::clone(&plan);
    let mut stream = datafusion::physical_plan::execute_stream(plan, context.task_ctx()).unwrap();
    let query = tokio::spawn(async move { stream.next().await.is_none() });
    let pool = &context.runtime_env().memory_pool;
    let begun = Instant::now();
    while candidates(running.as_ref()) == 0 {
        assert!(begun.elapsed() < Duration::from_secs(30), "the join never began");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    // A plan holds what it has built.
    drop(running);
    query.abort();
    let cancelled = Instant::now();
    assert!(query.await.unwrap_err().is_cancelled());
    while pool.reserved() > 0 {
        assert!(cancelled.elapsed() < Duration::from_secs(30), "the join goes on");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    cancelled.elapsed()
}

/// Pairs that were found so far.
fn candidates(plan: &dyn ExecutionPlan) -> usize {
    let metric = |metrics: MetricsSet| metrics.sum_by_name("candidates").map(|sum| sum.as_usize());
    let own = plan.metrics().and_then(metric).unwrap_or(0);
    let children = plan.children().into_iter();
    own + children.map(|child| candidates(child.as_ref())).sum::<usize>()
}

/// One partition has all the rows: the others help with them, and no row comes twice or not at all.
#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn partitions_that_are_done_help_the_others() {
    let context = session(50, 4);
    let batches = |from: i64, to: i64| {
        let context = context.clone();
        async move {
            let rows = format!("SELECT value AS x FROM generate_series({from}, {to})");
            context.sql(&rows).await.unwrap().collect().await.unwrap()
        }
    };
    let parts = vec![
        batches(1, 20_000).await,
        batches(20_001, 20_050).await,
        vec![],
        batches(20_051, 20_060).await,
    ];
    let table = MemTable::try_new(parts[0][0].schema(), parts).unwrap();
    context.register_table("p", Arc::new(table)).unwrap();
    let intervals = "CREATE TABLE i AS SELECT value AS id, value * 3 AS lo, value * 3 + 1 AS hi FROM generate_series(0, 9000)";
    run(&context, intervals).await;
    for (join, rows) in [
        ("JOIN", 13_373),
        ("LEFT JOIN", 20_060),
        ("RIGHT JOIN", 15_687),
        ("FULL JOIN", 22_374),
    ] {
        let sql = format!("SELECT p.x, i.id FROM p {join} i ON p.x BETWEEN i.lo AND i.hi");
        for _ in 0..5 {
            let got = answer(&context, "segments", &sql).await;
            assert!(
                got.plan.contains("IndexJoinExec") && got.plan.contains("partitions=4"),
                "{}",
                got.plan
            );
            assert_eq!(got.rows.len(), rows, "{join}");
            let mut distinct = got.rows.clone();
            distinct.dedup();
            assert_eq!(distinct.len(), rows, "{join}");
        }
        assert_eq!(
            answer(&context, "segments", &sql).await.rows,
            answer(&context, "nested_loop", &sql).await.rows
        );
    }
}

/// All partitions of the indexed side are read at the same time, and its rows stay in their order: of equal matches the first
/// comes first.
#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn the_build_side_keeps_the_order_of_its_partitions() {
    let context = session(50, 4);
    let mut parts = Vec::new();
    for part in 0..4 {
        let rows = format!(
            "SELECT value AS id, 1 AS k, 7 AS t FROM generate_series({}, {})",
            part * 1000,
            part * 1000 + 999
        );
        parts.push(context.sql(&rows).await.unwrap().collect().await.unwrap());
    }
    let table = MemTable::try_new(parts[0][0].schema(), parts).unwrap();
    context.register_table("b", Arc::new(table)).unwrap();
    let probe = "CREATE TABLE p AS SELECT 1 AS k, value + 6 AS t FROM generate_series(1, 5000)";
    run(&context, probe).await;
    let sql = "SELECT b.id FROM p JOIN b ON p.k = b.k AND p.t - b.t BETWEEN -3 AND 0";
    for _ in 0..5 {
        let frame = context.sql(sql).await.unwrap();
        let plan = frame.create_physical_plan().await.unwrap();
        let text = displayable(plan.as_ref()).indent(false).to_string();
        assert!(
            text.contains("build=right") && text.contains("partitions=4"),
            "{text}"
        );
        let batches = collect(plan, context.task_ctx()).await.unwrap();
        let ids = batches
            .iter()
            .flat_map(|batch| batch.column(0).as_primitive::<Int64Type>().values().to_vec());
        assert!(ids.eq(0..4000), "{text}");
    }
}

/// The R-tree takes less than the grid, and asks for less.
#[tokio::test]
async fn a_tree_fits_where_a_grid_does_not() {
    let query = "SELECT count(*) FROM (SELECT value / 100.0 AS x, value / 200.0 AS y FROM generate_series(1, 100)) AS p
                 JOIN (SELECT st_geomfromtext('POLYGON((0 0,1 0,1 1,0 ' || value || ',0 0))') AS g
                       FROM generate_series(1, 20000)) AS i
                 ON st_contains(i.g, st_point(p.x, p.y))";
    let context = session_within(8192, 2, 24 << 20);
    let grid = context.sql(query).await.unwrap().collect().await.unwrap_err();
    assert!(
        matches!(grid.find_root(), DataFusionError::ResourcesExhausted(_)),
        "{grid}"
    );
    let set = "SET tieline.geofence_strategy = 'rtree'";
    run(&context, set).await;
    run(&context, query).await;
}

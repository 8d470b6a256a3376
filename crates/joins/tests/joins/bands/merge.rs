//! The merge: it keeps the order, needs no sort where there is one, and little memory.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::DataFusionError;
use datafusion::execution::memory_pool::{FairSpillPool, GreedyMemoryPool, MemoryPool, PeakRecordingPool};
use datafusion::physical_plan::{ExecutionPlan, collect};
use datafusion::prelude::SessionContext;

use super::rows;
use crate::session::{answer, plan_of, run, session, session_with};

/// Two tables in files that are written by key and time, and said to be.
async fn in_order(context: &SessionContext, folder: &std::path::Path) {
    said_to_be_in_order(context, folder, ["k, t", "k, t"]).await;
}

/// Two tables in files that are written in these orders, and said to be by key and time.
async fn said_to_be_in_order(context: &SessionContext, folder: &std::path::Path, orders: [&str; 2]) {
    for ((name, step), order) in [("a", 7), ("b", 5)].into_iter().zip(orders) {
        let file = folder.join(format!("{name}.parquet"));
        let copy = format!(
            "COPY (SELECT value AS id, value % 50 AS k, arrow_cast(value * {step} * 1000000, 'Timestamp(µs, \"UTC\")') AS t
                   FROM generate_series(1, 2000) ORDER BY {order})
             TO '{}' STORED AS PARQUET",
            file.display()
        );
        run(context, &copy).await;
        let create = format!(
            "CREATE EXTERNAL TABLE {name} STORED AS PARQUET LOCATION '{}' WITH ORDER (k ASC, t ASC)",
            file.display()
        );
        run(context, &create).await;
    }
}

#[tokio::test]
async fn what_is_in_order_is_merged_without_a_sort() {
    let folder = tempfile::tempdir().unwrap();
    let context = session(64, 2);
    in_order(&context, folder.path()).await;
    for band in [
        "a.t BETWEEN b.t - INTERVAL '90 seconds' AND b.t + INTERVAL '60 seconds'",
        "time_gap(a.t, b.t) < 100",
        "b.t - a.t BETWEEN INTERVAL '-60 seconds' AND INTERVAL '60 seconds'",
    ] {
        for join in ["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"] {
            let sql = format!("SELECT a.id, b.id FROM a {join} b ON a.k = b.k AND {band}");
            let (expected, _) = rows(&context, "hash", &sql).await.unwrap();
            let (got, plan) = rows(&context, "merge", &sql).await.unwrap();
            assert!(plan.contains("BandMergeExec"), "{plan}");
            assert!(
                !plan.contains("SortExec") && !plan.contains("RepartitionExec"),
                "{plan}"
            );
            assert_eq!(got, expected, "{sql}");
        }
    }
    // With memory for it, an index is faster.
    let sql = "SELECT a.id, b.id FROM a JOIN b ON a.k = b.k AND time_gap(a.t, b.t) < 100";
    let (_, plan) = rows(&context, "auto", sql).await.unwrap();
    assert!(plan.contains("IndexJoinExec"), "{plan}");
}

/// What a table says of itself nobody has checked: a merge that believed it would lose pairs.
#[tokio::test]
async fn a_false_order_is_an_error() {
    // Wrong among keys, among times within a key, and for the last row alone.
    for false_order in ["id", "k, t DESC", "id = 2000, k, t"] {
        for orders in [[false_order, "k, t"], ["k, t", false_order]] {
            for batch_size in [1, 64, 8192] {
                let folder = tempfile::tempdir().unwrap();
                let context = session(batch_size, 2);
                said_to_be_in_order(&context, folder.path(), orders).await;
                let sql = "SELECT a.id, b.id FROM a JOIN b ON a.k = b.k AND time_gap(a.t, b.t) < 100";
                let (pairs, _) = rows(&context, "sorted", sql).await.unwrap();
                assert!(!pairs.is_empty());
                let error = rows(&context, "merge", sql).await.unwrap_err().to_string();
                assert!(error.contains("do not come in the order"), "{orders:?}: {error}");
            }
        }
    }
}

/// The order of the side that streams is there afterwards, with rows that have no match in their places.
#[tokio::test]
async fn the_order_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let context = session(50, 2);
    in_order(&context, folder.path()).await;
    run(&context, "SET tieline.band_strategy = 'merge'").await;
    let band = "a.k = b.k AND a.t BETWEEN b.t - INTERVAL '9 seconds' AND b.t AND (a.id + b.id) % 3 <> 0";
    for query in [
        format!("SELECT a.k, a.t, b.id FROM a LEFT JOIN b ON {band} ORDER BY a.k, a.t"),
        format!("SELECT a.k, a.t FROM a LEFT ANTI JOIN b ON {band} ORDER BY a.k, a.t"),
        format!("SELECT b.k, b.t, a.id FROM a RIGHT JOIN b ON {band} ORDER BY b.k, b.t"),
    ] {
        let (plan, text) = plan_of(&context, &query).await;
        assert!(
            text.contains("BandMergeExec") && !text.contains("SortExec"),
            "{text}"
        );
        let batches = collect(plan, context.task_ctx()).await.unwrap();
        let (mut last, mut count) = (None, 0);
        for batch in batches {
            let column = |position: usize| {
                let column =
                    datafusion::arrow::compute::cast(batch.column(position), &DataType::Int64).unwrap();
                datafusion::common::cast::as_int64_array(&column).unwrap().clone()
            };
            let (keys, times) = (column(0), column(1));
            for row in 0..batch.num_rows() {
                let place = Some((keys.value(row), times.value(row)));
                assert!(last <= place, "{query}");
                last = place;
                count += 1;
            }
        }
        let all = context.sql(&query).await.unwrap().count().await.unwrap();
        assert_eq!(count, all);
    }
}

/// A sort for the next join, by another time, takes none away that this one needs.
#[tokio::test]
async fn the_order_of_the_next_merge_is_not_made_below_the_first() {
    let context = session(50, 1);
    for table in ["a", "b", "c"] {
        let factor = i32::from(table.as_bytes()[0]) * 2 + 1;
        let create = format!(
            "CREATE TABLE {table} AS SELECT value AS id, value % 7 AS k, to_timestamp_seconds(1000 + value * {factor} % 1000) AS t,
                    to_timestamp_seconds(1000 + value * {factor} * 3 % 1000) AS u FROM generate_series(0, 199)"
        );
        run(&context, &create).await;
    }
    let firsts = "SELECT k, min(id) AS id, min(t) AS t, min(u) AS u FROM a GROUP BY k";
    for join in ["LEFT ANTI JOIN", "LEFT SEMI JOIN", "LEFT JOIN", "JOIN"] {
        let sql = format!(
            "SELECT a.*, c.id FROM ({firsts}) AS a {join} b ON a.k = b.k AND time_gap(a.t, b.t) <= 1
             JOIN c ON a.k = c.k AND time_gap(a.u, c.t) < 60"
        );
        run(&context, "SET tieline.band_strategy = 'hash'").await;
        let expected = answer(&context, "auto", &sql).await;
        run(&context, "SET tieline.band_strategy = 'merge'").await;
        let got = answer(&context, "auto", &sql).await;
        assert_eq!(got.plan.matches("BandMergeExec").count(), 2, "{}", got.plan);
        assert_eq!(got.rows, expected.rows, "{join}");
        assert!(!got.rows.is_empty(), "{join}");
    }
}

/// Two rows of the stream that are equal in its order have the same rows of the window each: these do not follow in order.
#[tokio::test]
async fn the_order_of_the_window_is_not_claimed() {
    let context = session_with(50, 1, small_pool(64 << 20));
    for sql in [
        "CREATE TABLE p AS SELECT * FROM (VALUES (1, 5, 'x'), (1, 5, 'y'), (1, 6, 'z')) AS v(k, t, name)",
        "CREATE TABLE w AS SELECT * FROM (VALUES (1, 1, 9), (1, 2, 9), (1, 3, 9)) AS v(k, a, b)",
        "SET tieline.band_strategy = 'merge'",
    ] {
        run(&context, sql).await;
    }
    let query = "SELECT p.k, p.t, w.a FROM p JOIN w ON p.k = w.k AND p.t >= w.a AND p.t <= w.b ORDER BY p.k, p.t, w.a";
    let (plan, text) = plan_of(&context, query).await;
    assert!(text.contains("BandMergeExec"), "{text}");
    let batches = collect(plan, context.task_ctx()).await.unwrap();
    let mut rows = Vec::new();
    for batch in &batches {
        let column = datafusion::arrow::compute::cast(batch.column(2), &DataType::Int64).unwrap();
        let column = datafusion::common::cast::as_int64_array(&column).unwrap().clone();
        rows.extend(column.values().iter().copied());
    }
    assert_eq!(rows, [1, 1, 2, 2, 3, 3, 1, 2, 3], "{text}");
}

/// What a session may take.
fn small_pool(bytes: usize) -> Arc<PeakRecordingPool> {
    Arc::new(PeakRecordingPool::new(
        Arc::new(FairSpillPool::new(bytes)) as Arc<dyn MemoryPool>
    ))
}

const LARGE: &str = "SELECT count(*) AS pairs, sum(length(b.payload)) AS letters FROM a JOIN b
                     ON a.k = b.k AND a.t BETWEEN b.t - 5 AND b.t + 5";

async fn large_tables(context: &SessionContext) {
    for sql in [
        "CREATE TABLE a AS SELECT value % 500 AS k, value AS t FROM generate_series(1, 220000)",
        "CREATE TABLE b AS SELECT value % 500 AS k, value AS t, repeat('x', 800) AS payload FROM generate_series(1, 200000)",
    ] {
        run(context, sql).await;
    }
}

fn spills(plan: &Arc<dyn ExecutionPlan>) -> usize {
    let own = plan
        .metrics()
        .and_then(|metrics| metrics.spill_count())
        .unwrap_or(0);
    own + plan.children().into_iter().map(spills).sum::<usize>()
}

/// The smaller side has 160 MB, the session 16, in a pool that is shared out as the engine's is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_side_that_is_ten_times_the_memory() {
    let limit = 16 << 20;
    let pool = small_pool(limit);
    let context = session_with(512, 2, Arc::clone(&pool) as Arc<dyn MemoryPool>);
    large_tables(&context).await;
    let (plan, text) = plan_of(&context, LARGE).await;
    assert!(
        text.contains("BandMergeExec") && text.contains("why=auto, an index would take about"),
        "{text}"
    );
    let batches = collect(Arc::clone(&plan), context.task_ctx()).await.unwrap();
    let table = datafusion::arrow::util::pretty::pretty_format_batches(&batches).unwrap();
    assert!(table.to_string().contains("| 200000 | 160000000 |"), "{table}");
    assert!(spills(&plan) > 1, "nothing was spilled");
    let peak = pool.peak_reserved();
    assert!(peak <= limit, "{peak} bytes");
    drop(plan);
    assert_eq!(pool.reserved(), 0);

    run(&context, "SET tieline.band_strategy = 'sorted'").await;
    let error = context.sql(LARGE).await.unwrap().collect().await.unwrap_err();
    let text = error.to_string();
    assert!(text.contains("tieline.band_strategy = 'merge'"), "{text}");
    assert!(text.contains("datafusion.runtime.memory_limit"), "{text}");
}

/// A filter of which nothing is known is taken to keep a fifth of its rows, and here keeps all: an index of a fifth would fit.
#[tokio::test]
async fn what_a_filter_may_keep_is_not_trusted_to_fit() {
    let context = session_with(512, 2, small_pool(200 << 20));
    large_tables(&context).await;
    let filtered = LARGE.replace("JOIN b", "JOIN (SELECT * FROM b WHERE t % 7 <> 8) AS b");
    let (_, text) = plan_of(&context, &filtered).await;
    assert!(text.contains("why=auto, an index would take about"), "{text}");
    let few = LARGE.replace("JOIN b", "JOIN (SELECT * FROM b LIMIT 100) AS b");
    let (_, text) = plan_of(&context, &few).await;
    assert!(text.contains("IndexJoinExec"), "{text}");
}

/// In a pool that gives to who comes first, one sort may starve another: then that is said, and no answer is wrong.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pool_that_is_not_shared_out_answers_right_or_says_what_to_raise() {
    let pool: Arc<dyn MemoryPool> = Arc::new(GreedyMemoryPool::new(16 << 20));
    let context = session_with(512, 2, Arc::clone(&pool));
    large_tables(&context).await;
    match context.sql(LARGE).await.unwrap().collect().await {
        Ok(batches) => {
            let table = datafusion::arrow::util::pretty::pretty_format_batches(&batches).unwrap();
            assert!(table.to_string().contains("| 200000 | 160000000 |"), "{table}");
        }
        Err(error) => {
            let text = error.to_string();
            assert!(text.contains("datafusion.runtime.memory_limit"), "{text}");
        }
    }
}

/// Too little for a sort, and too little for what is open at one time: both say what to raise.
#[tokio::test]
async fn what_does_not_fit_says_which_setting_to_raise() {
    let context = session_with(1024, 2, small_pool(1 << 20));
    large_tables(&context).await;
    let error = context.sql(LARGE).await.unwrap().collect().await.unwrap_err();
    let text = error.to_string();
    assert!(
        matches!(error.find_root(), DataFusionError::ResourcesExhausted(_)),
        "{text}"
    );
    for setting in ["datafusion.runtime.memory_limit", "sort_spill_reservation_bytes"] {
        assert!(text.contains(setting), "{text}");
    }

    let pool = small_pool(24 << 20);
    let context = session_with(1024, 1, Arc::clone(&pool) as Arc<dyn MemoryPool>);
    large_tables(&context).await;
    run(&context, "SET tieline.band_strategy = 'merge'").await;
    let everything = "SELECT count(*), sum(length(b.payload)) FROM (SELECT 0 AS k, t FROM a) AS a
        JOIN (SELECT 0 AS k, t, payload FROM b) AS b ON a.k = b.k AND a.t BETWEEN b.t - 300000 AND b.t + 300000";
    let error = context
        .sql(everything)
        .await
        .unwrap()
        .collect()
        .await
        .unwrap_err();
    let text = error.to_string();
    assert!(text.contains("open at one time do not fit"), "{text}");
    assert!(text.contains("datafusion.runtime.memory_limit"), "{text}");
    assert_eq!(pool.reserved(), 0);
}

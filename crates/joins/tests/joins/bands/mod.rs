//! Joins over an equal key and a band of times.

mod in_order;
mod merge;
mod oracle;
mod pruning;
mod spellings;

use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::common::Result;
use datafusion::physical_plan::{collect, displayable};
use datafusion::prelude::SessionContext;

/// The rows of a query, sorted, and the plan that gave them.
pub(super) async fn rows(
    context: &SessionContext,
    strategy: &str,
    sql: &str,
) -> Result<(Vec<String>, String)> {
    // Where the key is no equal key of DataFusion's, a band is a range.
    let ranges = if strategy == "hash" { "nested_loop" } else { "auto" };
    for set in [
        format!("SET tieline.band_strategy = '{strategy}'"),
        format!("SET tieline.range_strategy = '{ranges}'"),
    ] {
        context.sql(&set).await?.collect().await?;
    }
    let plan = context.sql(sql).await?.create_physical_plan().await?;
    let text = displayable(plan.as_ref()).indent(false).to_string();
    let batches = collect(plan, context.task_ctx()).await?;
    let largest = batches.iter().map(|batch| batch.num_rows()).max().unwrap_or(0);
    assert!(
        !(text.contains("IndexJoinExec") || text.contains("BandMergeExec"))
            || largest <= context.copied_config().batch_size(),
        "a batch of {largest} rows: {sql}"
    );
    let table = pretty_format_batches(&batches)?.to_string();
    let lines = table.lines().filter(|line| line.starts_with('|')).skip(1);
    let mut rows: Vec<_> = lines.map(str::to_owned).collect();
    rows.sort();
    Ok((rows, text))
}

/// Our operators run it, and the answer is the hash join's.
pub(super) async fn check(context: &SessionContext, sql: &str) -> Vec<String> {
    let (expected, plan) = rows(context, "hash", sql).await.unwrap();
    assert!(!plan.contains("IndexJoinExec"), "{plan}");
    let (got, plan) = rows(context, "bucket", sql).await.unwrap();
    assert!(
        plan.contains("BandBucketsExec: ") || plan.contains("why=bucket was set, but "),
        "{sql}\n{plan}"
    );
    assert_eq!(got, expected, "bucket: {sql}\n{plan}");
    let index = "index=[band strategy=sorted: ";
    for (strategy, operator) in [("merge", "BandMergeExec: "), ("sorted", index), ("auto", index)] {
        let (got, plan) = rows(context, strategy, sql).await.unwrap();
        assert!(plan.contains(operator), "{sql}\n{plan}");
        assert_eq!(got, expected, "{strategy}: {sql}\n{plan}");
    }
    expected
}

/// Not a band: DataFusion's own plan, and an answer as of any other plan.
pub(super) async fn check_left_alone(context: &SessionContext, sql: &str) {
    let (expected, _) = rows(context, "hash", sql).await.unwrap();
    let (got, plan) = rows(context, "sorted", sql).await.unwrap();
    assert!(!plan.contains("index=[band"), "{sql}\n{plan}");
    assert_eq!(got, expected, "{sql}");
}

//! What share of all pairs has equal keys, by a sample of both sides. Statistics seldom say how many values a key has, and never
//! how unevenly rows are spread over them.
//!
//! # Source
//! P. Haas, J. Naughton, S. Seshadri, A. Swami, "Fixed-Precision Estimation of Join Selectivity", PODS 1993: the pairs within two
//! samples, over those that there could be.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef};
use datafusion::arrow::row::{Row, RowConverter, Rows, SortField};
use datafusion::catalog::Session;
use datafusion::common::HashMap;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder};
use datafusion::optimizer::optimize_projections::OptimizeProjections;
use datafusion::optimizer::{OptimizerContext, OptimizerRule};
use datafusion::physical_planner::PhysicalPlanner;
use futures::future::join;

use super::pieces::{all_rows_of, in_order, is_volatile, pieces_of};

const ROWS_A_PIECE: usize = 512;
/// With fewer pairs than this a share is as good as guessed, but for its upper bound.
const ENOUGH_PAIRS: usize = 32;
/// Values that come so often on average are few.
const MANY: usize = 16;

/// The share of pairs with equal keys, each a key of an input; `usual` is what it is taken for without a sample.
///
/// `None` where an input cannot be sampled, or both are in the order of a key of many values: then pieces meet where their places in the
/// two tables are the same, and nowhere else.
pub(super) async fn equal_share(
    keys: [(&LogicalPlan, &Expr); 2],
    usual: f64,
    planner: &dyn PhysicalPlanner,
    session: &dyn Session,
) -> Option<f64> {
    // Reading tables needs the runtime that a query runs in.
    tokio::runtime::Handle::try_current().ok()?;
    let [one, other] = keys.map(|key| sampled(key, planner, session));
    let (one, other) = join(one, other).await;
    share(&one?, &other?, usual)
}

/// The values of a key in some pieces of an input.
async fn sampled(
    (input, key): (&LogicalPlan, &Expr),
    planner: &dyn PhysicalPlanner,
    session: &dyn Session,
) -> Option<ArrayRef> {
    if is_volatile(input) {
        return None;
    }
    let keys = LogicalPlanBuilder::from(input.clone())
        .project([key.clone()])
        .and_then(LogicalPlanBuilder::build);
    let keys = OptimizeProjections::new().rewrite(keys.ok()?, &OptimizerContext::new());
    let keys = planner
        .create_physical_plan(&keys.ok()?.data, session)
        .await
        .ok()?;
    let rows = all_rows_of(pieces_of(keys, ROWS_A_PIECE, None)?, session).await?;
    rows.columns().first().map(Arc::clone)
}

fn share(one: &ArrayRef, other: &ArrayRef, usual: f64) -> Option<f64> {
    if one.is_empty() || other.is_empty() {
        return None;
    }
    let converter = RowConverter::new(vec![SortField::new(one.data_type().clone())]).ok()?;
    let rows_of = |values: &ArrayRef| converter.convert_columns(&[Arc::clone(values)]).ok();
    let (one_rows, other_rows) = (rows_of(one)?, rows_of(other)?);
    let (one_counts, other_counts) = (counts(one, &one_rows), counts(other, &other_rows));
    // Of few values all are in the pieces, whatever the order.
    let few = |counts: &Counts<'_>, values: &ArrayRef| counts.len() * MANY <= values.len();
    let all_seen = few(&one_counts, one) && few(&other_counts, other);
    if !all_seen && in_order(one) && in_order(other) {
        return None;
    }
    let found = one_counts
        .iter()
        .map(|(value, count)| count * other_counts.get(value).copied().unwrap_or(0));
    let found: usize = found.sum();
    let pairs = one.len() as f64 * other.len() as f64;
    Some(match found < ENOUGH_PAIRS {
        true => usual.min(ENOUGH_PAIRS as f64 / pairs),
        false => found as f64 / pairs,
    })
}

/// How often each value comes.
type Counts<'a> = HashMap<Row<'a>, usize>;

/// NULL, which is equal to nothing, is left out.
fn counts<'a>(values: &ArrayRef, rows: &'a Rows) -> Counts<'a> {
    let mut counts = Counts::with_capacity(values.len());
    for row in (0..values.len()).filter(|row| values.is_valid(*row)) {
        *counts.entry(rows.row(row)).or_default() += 1;
    }
    counts
}

#[cfg(test)]
#[path = "keys_tests.rs"]
mod tests;

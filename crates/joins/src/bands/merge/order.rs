//! The order in which a merge reads its inputs.

use std::sync::Arc;

use datafusion::arrow::compute::SortOptions;
use datafusion::arrow::datatypes::{Schema, TimeUnit};
use datafusion::common::{Result, internal_err, plan_err};
use datafusion::logical_expr::Operator;
use datafusion::physical_expr::expressions::{BinaryExpr, lit};
use datafusion::physical_expr::{LexOrdering, PhysicalExpr, PhysicalSortExpr};

use super::super::types::values_between;

/// As `ORDER BY` has it where nothing else is said, so that files which are written that way need no sort.
pub(super) const ASCENDING: SortOptions = SortOptions {
    descending: false,
    nulls_first: false,
};

/// By the equal keys, then the time. In between, where `far_first` has a limit, the rows with a time that is further from zero:
/// they meet every row of their key, and what they meet must not have gone yet.
pub(super) fn order(
    keys: Vec<Arc<dyn PhysicalExpr>>,
    times: &[Arc<dyn PhysicalExpr>],
    (far_first, unit): (Option<i64>, Option<TimeUnit>),
    schema: &Schema,
) -> Result<LexOrdering> {
    let mut exprs = keys;
    if let Some(limit) = far_first {
        exprs.push(all_within(times, (limit, unit), schema)?);
    }
    exprs.extend(times.first().cloned());
    let exprs = exprs
        .into_iter()
        .map(|expr| PhysicalSortExpr::new(expr, ASCENDING));
    match LexOrdering::new(exprs) {
        Some(order) => Ok(order),
        None => plan_err!("a merge is of equal keys and times"),
    }
}

/// Whether all times of a row lie at most so far from zero, in the unit or in their own.
fn all_within(
    times: &[Arc<dyn PhysicalExpr>],
    (limit, unit): (i64, Option<TimeUnit>),
    schema: &Schema,
) -> Result<Arc<dyn PhysicalExpr>> {
    let limit = i128::from(limit);
    let mut conditions = Vec::new();
    for time in times {
        let data_type = time.data_type(schema)?;
        let (Some(least), Some(most)) = values_between((Some(-limit), Some(limit)), &data_type, unit) else {
            return internal_err!("a limit of a type is no value of it");
        };
        for (op, value) in [(Operator::GtEq, least), (Operator::LtEq, most)] {
            conditions.push(binary(Arc::clone(time), op, lit(value)));
        }
    }
    let all = conditions
        .into_iter()
        .reduce(|one, other| binary(one, Operator::And, other));
    match all {
        Some(all) => Ok(all),
        None => plan_err!("a band is without its times"),
    }
}

fn binary(left: Arc<dyn PhysicalExpr>, op: Operator, right: Arc<dyn PhysicalExpr>) -> Arc<dyn PhysicalExpr> {
    Arc::new(BinaryExpr::new(left, op, right))
}

//! What a filter or a join asks of its rows.

use datafusion::logical_expr::{Expr, LogicalPlan};

/// The condition of a filter, or of a join beside its equal keys. It has no name that anybody sees, and may be rewritten.
pub(crate) const fn condition(plan: &mut LogicalPlan) -> Option<&mut Expr> {
    match plan {
        LogicalPlan::Filter(filter) => Some(&mut filter.predicate),
        LogicalPlan::Join(join) => join.filter.as_mut(),
        _ => None,
    }
}

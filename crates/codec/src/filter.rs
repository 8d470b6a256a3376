//! The filter that an index join pushes down to its probe side, and how it finds its operator again.

use std::sync::Arc;

use datafusion::common::Result;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_plan::ExecutionPlan;
use tieline_joins::{IndexFilter, SharedIndex};

use crate::error::malformed;
use crate::wire;

pub(crate) fn write(filter: &IndexFilter) -> wire::Piece {
    wire::Piece::IndexFilter(wire::IndexFilter {
        shared: filter.shared().id(),
        key: filter.key().map(|key| key as u64),
        exact: filter.is_exact(),
    })
}

/// A filter with a place of its own, until its operator is read.
pub(crate) fn read(
    message: &wire::IndexFilter,
    keys: &[Arc<dyn PhysicalExpr>],
) -> Result<Arc<dyn PhysicalExpr>> {
    let key = message.key.map(|key| usize::try_from(key).unwrap_or(usize::MAX));
    if key.is_some_and(|key| key >= keys.len()) {
        return Err(malformed("a filter is over a key that is not there"));
    }
    let shared = Arc::new(SharedIndex::with_id(message.shared));
    Ok(Arc::new(IndexFilter::new(
        keys.to_vec(),
        key,
        message.exact,
        shared,
    )))
}

/// The place of the index of an operator, which fills those of its filters.
///
/// # Errors
/// Where a filter does not fit the operator: it would drop rows that have a match.
pub(crate) fn link(
    id: u64,
    probe: &Arc<dyn ExecutionPlan>,
    keys: usize,
    has_equal_keys: bool,
) -> Result<Arc<SharedIndex>> {
    let mut copies = Vec::new();
    let mut visit = |expr: &Arc<dyn PhysicalExpr>| {
        let filter = expr.downcast_ref::<IndexFilter>();
        let Some(filter) = filter.filter(|filter| filter.shared().id() == id) else {
            return Ok(TreeNodeRecursion::Continue);
        };
        if filter.keys().len() != keys || (filter.is_exact() && has_equal_keys) {
            return Err(malformed("a filter is not that of its join"));
        }
        copies.push(Arc::clone(filter.shared()));
        Ok(TreeNodeRecursion::Continue)
    };
    probe.apply(|node| {
        node.apply_expressions(&mut |root| root.apply(&mut visit))?;
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(Arc::new(SharedIndex::with_copies(id, copies)))
}

#[cfg(test)]
#[path = "filter_tests.rs"]
mod tests;

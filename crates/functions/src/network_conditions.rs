//! Conditions on the network of an address, as conditions on the address itself.
//!
//! `ip_network(ip, 24) = '203.0.113.0'` says nothing to a scan's statistics, `ip >= … AND ip <= …` does. DataFusion's own
//! hook for this (`ScalarUDFImpl::preimage`) takes one half-open range for every operator; networks of two families are in
//! no such order, so only equality is rewritten, and only where NULL counts as false: in conditions of filters and joins.

use datafusion::common::tree_node::Transformed;
use datafusion::common::{DFSchema, Result};
use datafusion::logical_expr::utils::merge_schema;
use datafusion::logical_expr::{BinaryExpr, Expr, LogicalPlan, Operator};
use datafusion::optimizer::{ApplyOrder, OptimizerConfig, OptimizerRule};

use crate::conditions::condition;
use crate::ip_network::as_comparisons;

/// Rewrites the conditions of filters and joins.
#[derive(Debug)]
pub(crate) struct NetworkConditions;

impl OptimizerRule for NetworkConditions {
    fn name(&self) -> &str {
        "network_conditions"
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        Some(ApplyOrder::BottomUp)
    }

    fn rewrite(
        &self,
        mut plan: LogicalPlan,
        _config: &dyn OptimizerConfig,
    ) -> Result<Transformed<LogicalPlan>> {
        // NOT IN tells NULL from false.
        if matches!(&plan, LogicalPlan::Join(join) if join.null_aware) {
            return Ok(Transformed::no(plan));
        }
        let schema = merge_schema(&plan.inputs());
        let changed = condition(&mut plan).is_some_and(|condition| rewrite(condition, &schema));
        Ok(Transformed::new_transformed(plan, changed))
    }
}

/// Through AND and OR, which do not turn a NULL into anything that is true.
fn rewrite(condition: &mut Expr, schema: &DFSchema) -> bool {
    let Expr::BinaryExpr(BinaryExpr { left, op, right }) = condition else {
        return false;
    };
    if matches!(op, Operator::And | Operator::Or) {
        // Both sides, whatever the first one says.
        return rewrite(left, schema) | rewrite(right, schema);
    }
    match as_comparisons(left, *op, right, schema) {
        Some(comparisons) => {
            *condition = comparisons;
            true
        }
        None => false,
    }
}

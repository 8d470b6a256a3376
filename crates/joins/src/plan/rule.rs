//! The rule that finds joins which an index can run.

use std::sync::Arc;

use datafusion::common::tree_node::Transformed;
use datafusion::common::{NullEquality, Result};
use datafusion::logical_expr::utils::{conjunction, split_conjunction_owned};
use datafusion::logical_expr::{Expr, Extension, Join, LogicalPlan};
use datafusion::optimizer::{ApplyOrder, OptimizerConfig, OptimizerRule};

use super::Sides;
use super::candidates::{beside, candidates};
use super::equality::{are_of_one_type, equal_keys};
use super::node::IndexJoinNode;
use crate::settings::JoinSettings;

/// Makes an index join of every join that has a range or a fence among its conditions, or beside its equal keys a band.
///
/// It comes last: filters must have been pushed into the joins, outer joins simplified and subqueries made joins. Joins are
/// told by their shape alone; how they run is for the planner to say, which sees statistics. A null-aware join (`NOT IN`)
/// stays DataFusion's.
#[derive(Debug, Default)]
pub struct RecogniseIndexJoins;

impl OptimizerRule for RecogniseIndexJoins {
    fn name(&self) -> &str {
        "recognise_index_joins"
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        Some(ApplyOrder::BottomUp)
    }

    fn supports_rewrite(&self) -> bool {
        true
    }

    fn rewrite(&self, plan: LogicalPlan, config: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        let LogicalPlan::Join(join) = plan else {
            return Ok(Transformed::no(plan));
        };
        let settings = JoinSettings::of(&config.options());
        let node = match join.null_aware {
            true => None,
            false => recognised(&join, &settings)?,
        };
        match node {
            Some(node) => {
                let node = Arc::new(node);
                Ok(Transformed::yes(LogicalPlan::Extension(Extension { node })))
            }
            None => Ok(Transformed::no(LogicalPlan::Join(join))),
        }
    }
}

/// The index join that a join can be, if its conditions have something for an index that the settings do not leave to DataFusion.
pub(super) fn recognised(join: &Join, settings: &JoinSettings) -> Result<Option<IndexJoinNode>> {
    let Some(filter) = &join.filter else {
        return Ok(None);
    };
    let sides = Sides {
        left: join.left.schema(),
        right: join.right.schema(),
    };
    // A statement that is prepared is optimised before its types are made to agree, and again afterwards.
    if !join.on.iter().all(|pair| are_of_one_type(pair, &sides)) {
        return Ok(None);
    }
    let (on, conditions) = equal_keys_first(join, split_conjunction_owned(filter.clone()), &sides);
    let mut predicates = candidates(&conditions, !on.is_empty(), &sides).into_iter();
    let Some(predicate) = predicates.find(|predicate| !predicate.is_left_to_datafusion(settings)) else {
        return Ok(None);
    };
    let rest = beside(&predicate, &conditions);
    IndexJoinNode::try_new(
        (join.left.as_ref().clone(), join.right.as_ref().clone()),
        join.join_type,
        join.null_equality,
        on,
        predicate,
        conjunction(rest),
    )
    .map(Some)
}

/// The equal keys of a join, and its other conditions: DataFusion looks for equal keys before it pushes filters down, and what came down
/// through another join only then is still among the conditions.
fn equal_keys_first(join: &Join, conditions: Vec<Expr>, sides: &Sides<'_>) -> (Vec<(Expr, Expr)>, Vec<Expr>) {
    let mut on = join.on.clone();
    if join.null_equality == NullEquality::NullEqualsNull {
        return (on, conditions);
    }
    let mut others = Vec::with_capacity(conditions.len());
    for condition in conditions {
        match equal_keys(&condition, sides) {
            Some(pair) => on.push(pair),
            None => others.push(condition),
        }
    }
    (on, others)
}

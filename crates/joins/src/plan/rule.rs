//! The rule that finds joins which an index can run.

use std::sync::Arc;

use datafusion::common::Result;
use datafusion::common::tree_node::Transformed;
use datafusion::logical_expr::utils::{conjunction, split_conjunction_owned};
use datafusion::logical_expr::{Extension, Join, LogicalPlan};
use datafusion::optimizer::{ApplyOrder, OptimizerConfig, OptimizerRule};

use super::Sides;
use super::candidates::{beside, candidates};
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
    let conditions = split_conjunction_owned(filter.clone());
    let mut predicates = candidates(&conditions, !join.on.is_empty(), &sides).into_iter();
    let Some(predicate) = predicates.find(|predicate| !predicate.is_left_to_datafusion(settings)) else {
        return Ok(None);
    };
    let rest = beside(&predicate, &conditions);
    IndexJoinNode::try_new(
        (join.left.as_ref().clone(), join.right.as_ref().clone()),
        join.join_type,
        join.null_equality,
        join.on.clone(),
        predicate,
        conjunction(rest),
    )
    .map(Some)
}

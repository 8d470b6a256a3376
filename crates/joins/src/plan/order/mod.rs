//! The order in which joins run, where one of them is ours.
//!
//! DataFusion takes tables in the order in which they are written, but puts every join with an equality before every join
//! without one. Between an equality that keeps every row and a range or a fence that keeps one in a hundred, that is the
//! wrong way round. So the inner joins around one of ours are taken apart into their inputs and conditions ([`Region`]),
//! the inputs are planned for their statistics and some of them sampled ([`Estimates`]), and the cheapest tree of joins is searched ([`search`]).
//! What a sample says is kept with the join: DataFusion's own joins above, which are no part of the region, see by it how many rows
//! come. Plans without a join of ours stay as they are, and so does one that joins two tables and nothing else.

mod cost;
mod estimates;
mod keys;
mod pieces;
mod region;
mod sample;
mod search;

use std::sync::Arc;

use datafusion::catalog::Session;
use datafusion::common::Result;
use datafusion::common::tree_node::{Transformed, TreeNodeRecursion};
use datafusion::logical_expr::{Extension, LogicalPlan};
use datafusion::optimizer::optimize_projections::OptimizeProjections;
use datafusion::optimizer::{OptimizerContext, OptimizerRule};
use datafusion::physical_planner::PhysicalPlanner;

use self::estimates::Estimates;
use self::region::Region;
use super::node::IndexJoinNode;
use crate::settings::{JoinOrder, JoinSettings};

/// Only an order that costs less than this share of the written one replaces it: estimates are rough.
const WORTH_IT: f64 = 0.8;

/// The plan with its joins in the order that is estimated to be the cheapest.
///
/// # Errors
/// None of its own: where the inputs cannot be planned or the conditions cannot be moved, the order stays.
pub(crate) async fn order_joins(
    plan: &LogicalPlan,
    planner: &dyn PhysicalPlanner,
    session: &dyn Session,
) -> Result<LogicalPlan> {
    let settings = JoinSettings::of(session.config_options());
    let mut plan = plan.clone();
    if settings.join_order == JoinOrder::AsWritten || !has_index_join(&plan)? {
        return Ok(plan);
    }
    // From the inner ones to the outer ones, each as the ones before it have left the plan: to order one changes neither how
    // many there are nor which come before it.
    for position in (0..regions(&plan)?.len()).rev() {
        let Some((place, region)) = regions(&plan)?.into_iter().nth(position) else {
            continue;
        };
        let Some(estimates) = Estimates::of(&region, planner, session).await else {
            continue;
        };
        if let Some(ordered) = in_better_order(&region, &estimates, &settings) {
            plan = replace(plan, place, ordered)?;
        }
        plan = noted(plan, &estimates)?;
    }
    Ok(plan)
}

/// Whether there is a join of ours anywhere.
fn has_index_join(plan: &LogicalPlan) -> Result<bool> {
    let mut found = false;
    plan.apply_with_subqueries(|plan| {
        found |= index_join(plan).is_some();
        Ok(match found {
            true => TreeNodeRecursion::Stop,
            false => TreeNodeRecursion::Continue,
        })
    })?;
    Ok(found)
}

/// The regions of a plan that have a join of ours, the outer ones first, each with its place: how many nodes come before it.
fn regions(plan: &LogicalPlan) -> Result<Vec<(usize, Region)>> {
    let mut found = Vec::new();
    let mut within = Vec::new();
    let (mut nodes, mut joins) = (0, 0);
    plan.apply_with_subqueries(|plan| {
        let place = nodes;
        nodes += 1;
        joins += usize::from(matches!(plan, LogicalPlan::Join(_)) || index_join(plan).is_some());
        // A part of a region that has been found already is no region of its own.
        if within.contains(&std::ptr::from_ref(plan)) {
            return Ok(TreeNodeRecursion::Continue);
        }
        if let Some((region, parts)) = Region::of(plan) {
            within.extend(parts);
            found.extend(region.has_index_join().then_some((place, region)));
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    // There is nothing to decide where two tables are joined and nothing else.
    Ok(if joins > 1 { found } else { Vec::new() })
}

/// The same rows and columns by cheaper joins; `None` if the written order is about as good.
fn in_better_order(region: &Region, estimates: &Estimates, settings: &JoinSettings) -> Option<LogicalPlan> {
    let best = search::cheapest(region, estimates)?;
    let written = search::cost(region.written(), estimates);
    if best.cost >= WORTH_IT * written {
        return None;
    }
    let note = format!(
        "order by cost, {:.3} s instead of {:.3} s as written",
        best.cost / 1e9,
        written / 1e9
    );
    let joined = region.join(&best.tree, &note, settings).ok()?;
    // The joins carry every column; each should carry what is needed above it.
    let pruned = OptimizeProjections::new().rewrite(joined, &OptimizerContext::new());
    pruned.ok().map(|pruned| pruned.data)
}

/// The plan with another part at a place. Not at every part that is equal: DataFusion holds two tables for equal that have one name,
/// and has one name for all files that are read without.
fn replace(plan: LogicalPlan, place: usize, by: LogicalPlan) -> Result<LogicalPlan> {
    let (mut nodes, mut by) = (0, Some(by));
    let replaced = plan.transform_down_with_subqueries(|plan| {
        let here = nodes == place;
        nodes += 1;
        Ok(match by.take_if(|_| here) {
            Some(by) => Transformed::new(by, true, TreeNodeRecursion::Stop),
            None => Transformed::no(plan),
        })
    });
    replaced.map(|replaced| replaced.data)
}

/// The plan with what samples say beside the joins that they are of, for EXPLAIN.
fn noted(plan: LogicalPlan, estimates: &Estimates) -> Result<LogicalPlan> {
    let noted = plan.transform_down_with_subqueries(|plan| {
        let note = index_join(&plan).and_then(|node| Some((node, estimates.note_of(&node.predicate)?)));
        Ok(match note {
            Some((node, (share, note))) => Transformed::yes(as_plan(node.clone().with_sample(share, note))),
            None => Transformed::no(plan),
        })
    });
    noted.map(|noted| noted.data)
}

/// The join of ours that a node is.
fn index_join(plan: &LogicalPlan) -> Option<&IndexJoinNode> {
    match plan {
        LogicalPlan::Extension(Extension { node }) => node.as_any().downcast_ref(),
        _ => None,
    }
}

/// A plan node of it.
fn as_plan(node: IndexJoinNode) -> LogicalPlan {
    LogicalPlan::Extension(Extension { node: Arc::new(node) })
}

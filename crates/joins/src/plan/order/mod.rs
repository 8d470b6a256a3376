//! The order in which joins run, where one of them is ours.
//!
//! DataFusion takes tables in the order in which they are written, but puts every join with an equality before every join
//! without one. Between an equality that keeps every row and a range or a fence that keeps one in a hundred, that is the
//! wrong way round. So the inner joins around one of ours are taken apart into their inputs and conditions ([`Region`]),
//! the inputs are planned for their statistics and some of them sampled ([`Estimates`]), and the cheapest tree of joins is searched
//! ([`search`]). What a sample says is kept with the join: DataFusion's own joins above, which are no part of the region, see by it how many rows
//! come, and so does the scan below ([`LateColumns`](super::LateColumns)). For its sake semi joins are sampled, too. Plans without a
//! join of ours stay as they are, and two tables with no join above them and little to read beside what joins them are not looked at.

mod cost;
mod estimates;
mod keys;
mod pieces;
mod region;
mod sample;
mod search;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use datafusion::catalog::Session;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion, TreeNodeVisitor};
use datafusion::common::{Column, JoinType, Result};
use datafusion::logical_expr::{Expr, Extension, LogicalPlan};
use datafusion::optimizer::optimize_projections::OptimizeProjections;
use datafusion::optimizer::{OptimizerContext, OptimizerRule};
use datafusion::physical_planner::PhysicalPlanner;

use self::estimates::Estimates;
use self::region::Region;
use self::sample::sample;
use super::can_pay;
use super::node::{IndexJoinNode, Sampled};
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
        let Some(found) = regions(&plan)?.into_iter().nth(position) else {
            continue;
        };
        let Some(estimates) = Estimates::of(&found.region, planner, session).await else {
            continue;
        };
        plan = match in_better_order(&found.region, &estimates, &settings) {
            Some(ordered) => replace(plan, found.places[0], ordered)?,
            None => told(plan, &found, &estimates)?,
        };
    }
    told_semi_joins(plan, planner, session).await
}

/// The plan with what samples say of its semi joins, which are in no region: where much is read of the rows that match.
async fn told_semi_joins(
    mut plan: LogicalPlan,
    planner: &dyn PhysicalPlanner,
    session: &dyn Session,
) -> Result<LogicalPlan> {
    for position in (0..semi_joins(&plan)?.len()).rev() {
        let Some((place, join)) = semi_joins(&plan)?.into_iter().nth(position) else {
            continue;
        };
        let inputs = [&join.left, &join.right];
        let sample = sample(inputs, &join.predicate, join.join_type, planner, session).await;
        if let Some(sample) = sample.filter(|sample| sample.whole) {
            let sampled = Sampled {
                share: sample.share,
                matching: sample.matching,
            };
            let join = join.with_sample(Some(sampled), &sample.to_string());
            plan = replace(plan, place, as_plan(join))?;
        }
    }
    Ok(plan)
}

/// The semi joins of ours by their index alone, of two tables, of which a sample is worth its time, the outer ones first, and where they
/// stand.
fn semi_joins(plan: &LogicalPlan) -> Result<Vec<(usize, IndexJoinNode)>> {
    let (mut found, mut nodes) = (Vec::new(), 0);
    plan.apply_with_subqueries(|node| {
        let semi = index_join(node).filter(|join| {
            let is_semi = matches!(join.join_type, JoinType::LeftSemi | JoinType::RightSemi);
            let is_all = join.on.is_empty() && join.filter.is_none();
            let conditions = join.predicate.conditions();
            let is_of_tables = !has_join(&join.left) && !has_join(&join.right);
            is_semi
                && is_all
                && is_of_tables
                && reads_much(&[&join.left, &join.right], &conditions.iter().collect::<Vec<_>>())
        });
        found.extend(semi.map(|join| (nodes, join.clone())));
        nodes += 1;
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(found)
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

/// A region of a plan, and where its nodes stand in that: how many come before each. The first is that of all.
struct Found {
    region: Region,
    places: Vec<usize>,
}

/// The regions of a plan of which something must be known, the outer ones first: of those with a join of ours the ones with more than two
/// inputs, those below another join, which sees by it how many rows come, and those of which much is read.
fn regions(plan: &LogicalPlan) -> Result<Vec<Found>> {
    let mut search = Search::default();
    plan.visit_with_subqueries(&mut search)?;
    let is_needed = |(found, below_a_join): (Found, bool)| {
        let region = &found.region;
        let is_needed =
            region.has_index_join() && (region.leaves().len() > 2 || below_a_join || reads_much_of(region));
        is_needed.then_some(found)
    };
    Ok(search.found.into_iter().filter_map(is_needed).collect())
}

fn reads_much_of(region: &Region) -> bool {
    let leaves: Vec<_> = region.leaves().iter().collect();
    let conditions: Vec<_> = region
        .conditions()
        .iter()
        .map(|condition| &condition.expr)
        .collect();
    reads_much(&leaves, &conditions)
}

/// Whether an input has columns that could be left for the rows that match. Which of the two is indexed is not known yet.
fn reads_much(inputs: &[&LogicalPlan], conditions: &[&Expr]) -> bool {
    let is_key = |column: &Column| {
        let mut conditions = conditions.iter();
        conditions.any(|condition| condition.column_refs().contains(column))
    };
    inputs.iter().any(|input| {
        let schema = input.schema();
        let columns = schema.columns().into_iter().zip(schema.fields());
        can_pay(
            columns
                .filter(|(column, _)| !is_key(column))
                .map(|(_, field)| field.data_type()),
        )
    })
}

/// What has been found of the regions of a plan.
#[derive(Default)]
struct Search {
    /// The regions, and whether there is a join above each.
    found: Vec<(Found, bool)>,
    /// The nodes of these: which region, and which of its nodes.
    parts: HashMap<*const LogicalPlan, (usize, usize)>,
    /// What projections ask of their inputs.
    asked: HashMap<*const LogicalPlan, HashSet<Column>>,
    nodes: usize,
    joins_above: usize,
}

impl<'n> TreeNodeVisitor<'n> for Search {
    type Node = LogicalPlan;

    fn f_down(&mut self, node: &'n LogicalPlan) -> Result<TreeNodeRecursion> {
        let place = self.nodes;
        self.nodes += 1;
        // A part of a region that has been found already is no region of its own.
        if let Some((region, part)) = self.parts.get(&std::ptr::from_ref(node)) {
            self.found[*region].0.places[*part] = place;
        } else if let Some((region, parts)) = Region::of(node, self.asked.get(&std::ptr::from_ref(node))) {
            let numbered = (0..)
                .zip(&parts)
                .map(|(part, node)| (*node, (self.found.len(), part)));
            self.parts.extend(numbered);
            let places = vec![place; parts.len()];
            self.found.push((Found { region, places }, self.joins_above > 0));
        }
        self.joins_above += usize::from(is_join(node));
        if let LogicalPlan::Projection(projection) = node
            && !projection.expr.iter().any(has_correlated_subquery)
        {
            let columns = projection.expr.iter().flat_map(Expr::column_refs).cloned();
            self.asked
                .insert(Arc::as_ptr(&projection.input), columns.collect());
        }
        Ok(TreeNodeRecursion::Continue)
    }

    fn f_up(&mut self, node: &'n LogicalPlan) -> Result<TreeNodeRecursion> {
        self.joins_above -= usize::from(is_join(node));
        Ok(TreeNodeRecursion::Continue)
    }
}

/// Whether a subquery asks for columns that are not named beside it.
fn has_correlated_subquery(expr: &Expr) -> bool {
    let is_one = |expr: &Expr| match expr {
        Expr::ScalarSubquery(subquery) => !subquery.outer_ref_columns.is_empty(),
        Expr::InSubquery(_) | Expr::Exists(_) | Expr::SetComparison(_) => true,
        _ => false,
    };
    expr.exists(|expr| Ok(is_one(expr))).unwrap_or(true)
}

fn is_join(plan: &LogicalPlan) -> bool {
    matches!(plan, LogicalPlan::Join(_)) || index_join(plan).is_some()
}

/// Whether there is a join in a plan: then it is more than one table.
fn has_join(plan: &LogicalPlan) -> bool {
    plan.exists(|plan| Ok(is_join(plan))).unwrap_or(true)
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
    let with_notes = |join: IndexJoinNode, sides| estimates.told(join.with_note(&note), sides);
    let joined = region.join(&best.tree, settings, &with_notes).ok()?;
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

/// The plan with what samples say of the joins of a region that stays as it is written.
fn told(plan: LogicalPlan, found: &Found, estimates: &Estimates) -> Result<LogicalPlan> {
    let joins = found.region.joins().iter();
    let sides: HashMap<usize, _> = joins.map(|(part, sides)| (found.places[*part], *sides)).collect();
    let mut nodes = 0;
    let told = plan.transform_down_with_subqueries(|plan| {
        let sides = sides.get(&nodes);
        nodes += 1;
        Ok(match (sides, index_join(&plan)) {
            (Some(sides), Some(node)) => Transformed::yes(as_plan(estimates.told(node.clone(), *sides))),
            _ => Transformed::no(plan),
        })
    });
    told.map(|told| told.data)
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

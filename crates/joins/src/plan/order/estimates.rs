//! How many rows the inputs of a region have, and what share of their pairs its conditions keep.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::catalog::Session;
use datafusion::common::{Column, ColumnStatistics, JoinSide, JoinType};
use datafusion::logical_expr::{Expr, LogicalPlan};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::statistics::{StatisticsArgs, StatisticsContext};
use datafusion::physical_planner::PhysicalPlanner;
use futures::future::{join, join_all};

use super::keys::equal_share;
use super::region::{Leaves, Region};
use super::sample::{Sample, sample};
use crate::operator::Matching;
use crate::plan::Sides;
use crate::plan::candidates::candidates;
use crate::plan::equality::{equal_keys, equality};
use crate::plan::estimate::{RowEstimate, all_rows};
use crate::plan::node::{IndexJoinNode, Sampled};
use crate::plan::predicate::Predicate;
use crate::plan::selectivity::{Known, UNKNOWN_SHARE, as_number, best, share};
use crate::settings::JoinSettings;

/// The inputs and conditions of a region in numbers.
#[derive(Debug)]
pub(super) struct Estimates {
    inputs: Vec<Input>,
    edges: Vec<Edge>,
    /// By set of inputs.
    rows: Vec<f64>,
    /// The conditions of joins that have been sampled, and what that said, in words and in numbers.
    samples: Vec<(Vec<Expr>, String, Matching)>,
}

/// A predicate between two inputs that an index can answer, and the place of its edge.
struct Indexed {
    predicate: Predicate,
    inputs: [usize; 2],
    edge: usize,
}

/// An input.
#[derive(Debug)]
struct Input {
    /// After its own filters.
    rows: f64,
    /// Before them.
    all_rows: f64,
    /// Values of a column, where statistics tell.
    distinct: HashMap<Column, f64>,
    /// The least and the greatest value of a column, where statistics tell.
    ranges: HashMap<Column, (f64, f64)>,
}

/// Conditions between two sets of inputs.
#[derive(Debug)]
pub(super) struct Edge {
    pub(super) kind: EdgeKind,
    /// The inputs of the one side; for an index join those of the points.
    pub(super) one: Leaves,
    /// The inputs of the other side. None for a condition that has no sides.
    pub(super) other: Leaves,
    /// What it keeps of all pairs.
    pub(super) share: f64,
    /// What is equal, of the one and the other side.
    keys: Option<(Expr, Expr)>,
    origin: Origin,
}

/// Where a share is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    Guess,
    /// The indexed side was read in pieces, and one of the others may have what most rows match.
    Pieces,
    Sample,
}

/// How a join can use a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EdgeKind {
    /// A hash join's key.
    Equal,
    /// An index over ranges.
    Range,
    /// An index over bands, beside an equal key.
    Band,
    /// An index over fences.
    Fence,
    /// Evaluated pair by pair.
    Other,
}

impl Estimates {
    /// `None` where an input cannot be planned on its own, or nobody knows how large it is.
    pub(super) async fn of(
        region: &Region,
        planner: &dyn PhysicalPlanner,
        session: &dyn Session,
    ) -> Option<Self> {
        let mut inputs = Vec::new();
        for leaf in region.leaves() {
            let physical = planner.create_physical_plan(leaf, session).await.ok()?;
            inputs.push(Input::of(leaf, &physical)?);
        }
        let mut estimates = Self {
            inputs,
            edges: Vec::new(),
            rows: Vec::new(),
            samples: Vec::new(),
        };
        let settings = JoinSettings::of(session.config_options());
        let (edges, indexed) = estimates.edges_of(region, &settings);
        // Two inputs have one order.
        if region.leaves().len() == 2 && indexed.is_empty() {
            return None;
        }
        estimates.edges = edges;
        estimates.sample(region, indexed, planner, session).await;
        let sets: std::ops::Range<Leaves> = 0..1 << region.leaves().len();
        estimates.rows = sets.map(|leaves| estimates.rows_of(leaves)).collect();
        Some(estimates)
    }

    /// Replaces what is guessed of predicates and of equal keys by what samples say, where there can be one. All are taken at one time.
    async fn sample(
        &mut self,
        region: &Region,
        indexed: Vec<Indexed>,
        planner: &dyn PhysicalPlanner,
        session: &dyn Session,
    ) {
        let samples = join_all(indexed.iter().map(
            |Indexed {
                 predicate, inputs, ..
             }| {
                let inputs = inputs.map(|input| &region.leaves()[input]);
                sample(inputs, predicate, JoinType::Inner, planner, session)
            },
        ));
        let shares = self
            .edges
            .iter()
            .map(|edge| edge.sampled_share(region, planner, session));
        let (samples, shares) = join(samples, join_all(shares)).await;
        for (edge, share) in self.edges.iter_mut().zip(shares) {
            edge.share = share.unwrap_or(edge.share);
        }
        for (indexed, sample) in indexed.into_iter().zip(samples) {
            if let Some(sample) = sample {
                self.take(&indexed, &sample);
            }
        }
    }

    /// What a sample says of a predicate.
    fn take(&mut self, indexed: &Indexed, sample: &Sample) {
        let edge = &mut self.edges[indexed.edge];
        edge.share = sample.share;
        // Of ranges one may have most of the points, such as a carrier's; geometries that are looked up have none like that.
        edge.origin = match sample.whole || edge.kind != EdgeKind::Range {
            true => Origin::Sample,
            false => Origin::Pieces,
        };
        let conditions = indexed.predicate.conditions().to_vec();
        self.samples
            .push((conditions, sample.to_string(), sample.matching));
    }

    /// The join of two sets of inputs with what samples have said of it: a note for EXPLAIN, and what all of its conditions together keep
    /// of all pairs.
    pub(super) fn told(&self, join: IndexJoinNode, [left, right]: [Leaves; 2]) -> IndexJoinNode {
        let of_same = |(conditions, ..): &&(Vec<Expr>, _, _)| conditions == join.predicate.conditions();
        let Some((_, note, matching)) = self.samples.iter().find(of_same) else {
            return join;
        };
        let edges = || self.between(left, right);
        let is_known = edges().any(|edge| edge.origin == Origin::Sample)
            && edges().all(|edge| edge.origin != Origin::Pieces);
        let share = self.rows(left | right) / (self.rows(left) * self.rows(right));
        let sampled = Sampled {
            share,
            matching: *matching,
        };
        join.with_sample((is_known && share.is_finite()).then_some(sampled), note)
    }

    /// Rows of the join of some inputs by all conditions between them.
    pub(super) fn rows(&self, leaves: Leaves) -> f64 {
        self.rows[leaves as usize]
    }

    fn rows_of(&self, leaves: Leaves) -> f64 {
        let inputs = self.inputs.iter().enumerate();
        let all: f64 = inputs
            .filter(|(position, _)| leaves >> position & 1 == 1)
            .map(|(_, input)| input.rows)
            .product();
        let within = self
            .edges
            .iter()
            .filter(|edge| (edge.one | edge.other) & !leaves == 0);
        all * within.map(|edge| edge.share).product::<f64>()
    }

    /// The conditions that are between two sets of inputs and within neither.
    pub(super) fn between(&self, left: Leaves, right: Leaves) -> impl Iterator<Item = &Edge> {
        self.edges.iter().filter(move |edge| {
            let all = edge.one | edge.other;
            all & !(left | right) == 0 && all & !left != 0 && all & !right != 0
        })
    }

    fn edges_of(&self, region: &Region, settings: &JoinSettings) -> (Vec<Edge>, Vec<Indexed>) {
        let mut used = vec![false; region.conditions().len()];
        let (mut edges, mut indexed) = (Vec::new(), Vec::new());
        for right in 0..region.leaves().len() {
            for left in 0..right {
                let Some((of_both, predicate)) =
                    self.indexed_between(region, (left, right), settings, &mut used)
                else {
                    continue;
                };
                // Of a band the keys say the most, and those of a sample meet few of the other side's.
                if of_both[0].kind != EdgeKind::Band {
                    indexed.push(Indexed {
                        predicate,
                        inputs: [left, right],
                        edge: edges.len(),
                    });
                }
                edges.extend(of_both);
            }
        }
        let rest = region.conditions().iter().zip(&used).filter(|(_, used)| !**used);
        edges.extend(rest.map(|(condition, _)| self.edge_of(region, &condition.expr, condition.leaves)));
        (edges, indexed)
    }

    /// The edges of what an index could answer between two inputs, that of the indexed predicate first, and that predicate. Their
    /// conditions are marked as used.
    fn indexed_between(
        &self,
        region: &Region,
        (left, right): (usize, usize),
        settings: &JoinSettings,
        used: &mut [bool],
    ) -> Option<(Vec<Edge>, Predicate)> {
        let sides = Sides {
            left: region.leaves()[left].schema(),
            right: region.leaves()[right].schema(),
        };
        let both: Leaves = 1 << left | 1 << right;
        let between = |position: &usize| region.conditions()[*position].leaves == both;
        let positions: Vec<usize> = (0..region.conditions().len()).filter(between).collect();
        let exprs: Vec<Expr> = positions
            .iter()
            .map(|position| region.conditions()[*position].expr.clone())
            .collect();
        let on: Vec<_> = exprs.iter().filter_map(|expr| equal_keys(expr, &sides)).collect();
        let mut predicates = candidates(&exprs, !on.is_empty(), &sides);
        predicates.retain(|predicate| !predicate.is_left_to_datafusion(settings));
        let known = Pair([&self.inputs[left], &self.inputs[right]]);
        if predicates.is_empty() {
            return None;
        }
        let indexed = predicates.remove(best(&predicates, &on, &known));
        let mut mark = |predicate: &Predicate| {
            let own = positions.iter().zip(&exprs);
            let own = own.filter(|(_, expr)| predicate.conditions().contains(expr));
            own.fold(true, |all_new, (position, _)| {
                !std::mem::replace(&mut used[*position], true) && all_new
            })
        };
        mark(&indexed);
        let (one, other, kind) = placed(&indexed, (left, right));
        let edge = |predicate: &Predicate, kind| Edge {
            kind,
            one,
            other,
            share: share(predicate, &known, &sides),
            keys: None,
            origin: Origin::Guess,
        };
        let mut edges = vec![edge(&indexed, kind)];
        // What is tested of the pairs that the index finds; what shares a condition with another says little beside it.
        let tested = predicates.iter().filter(|predicate| mark(predicate));
        edges.extend(tested.map(|predicate| edge(predicate, EdgeKind::Other)));
        Some((edges, indexed))
    }

    fn edge_of(&self, region: &Region, condition: &Expr, leaves: Leaves) -> Edge {
        let other = Edge {
            kind: EdgeKind::Other,
            one: leaves,
            other: 0,
            share: UNKNOWN_SHARE,
            keys: None,
            origin: Origin::Guess,
        };
        let Some((one, another)) = equality(condition) else {
            return other;
        };
        let (of_one, of_another) = (leaves_of(one, region), leaves_of(another, region));
        if of_one == 0 || of_another == 0 || of_one & of_another != 0 {
            return other;
        }
        let values = self.distinct(one, of_one).max(self.distinct(another, of_another));
        Edge {
            kind: EdgeKind::Equal,
            one: of_one,
            other: of_another,
            share: 1.0 / values.max(1.0),
            keys: Some((one.clone(), another.clone())),
            origin: Origin::Guess,
        }
    }

    /// How many values an equal key has; as many as there are rows where nothing is known.
    fn distinct(&self, key: &Expr, leaves: Leaves) -> f64 {
        let inputs = self.inputs.iter().enumerate();
        let of_key = inputs.filter(|(position, _)| leaves >> position & 1 == 1);
        let values = of_key.map(|(_, input)| match key {
            Expr::Column(column) => input.distinct.get(column).copied().unwrap_or(input.all_rows),
            _ => input.all_rows,
        });
        values.product()
    }
}

impl Edge {
    /// The share of equal keys of two inputs by samples of both; `None` where it is of something else, or there is none.
    async fn sampled_share(
        &self,
        region: &Region,
        planner: &dyn PhysicalPlanner,
        session: &dyn Session,
    ) -> Option<f64> {
        let (one, other) = self.keys.as_ref()?;
        let leaf = |leaves: Leaves| {
            let is_one = leaves.count_ones() == 1;
            is_one.then(|| &region.leaves()[leaves.trailing_zeros() as usize])
        };
        let keys = [(leaf(self.one)?, one), (leaf(self.other)?, other)];
        equal_share(keys, self.share, planner, session).await
    }
}

impl Input {
    fn of(leaf: &LogicalPlan, physical: &Arc<dyn ExecutionPlan>) -> Option<Self> {
        let rows = RowEstimate::of(physical).rows()? as f64;
        let statistics = StatisticsContext::new()
            .compute(physical.as_ref(), &StatisticsArgs::new())
            .ok()?;
        let columns = leaf
            .schema()
            .columns()
            .into_iter()
            .zip(&statistics.column_statistics);
        let distinct = columns.filter_map(|(column, statistics)| {
            let count = statistics.distinct_count.get_value()?;
            Some((column, *count as f64))
        });
        let columns = leaf.schema().columns().into_iter();
        let ranges = columns
            .zip(&statistics.column_statistics)
            .filter_map(|(column, statistics)| Some((column, range(statistics)?)));
        Some(Self {
            ranges: ranges.collect(),
            rows,
            all_rows: all_rows(physical).max(rows),
            distinct: distinct.collect(),
        })
    }
}

/// The inputs of a join of two, left and right.
struct Pair<'a>([&'a Input; 2]);

impl Pair<'_> {
    const fn of(&self, side: JoinSide) -> &Input {
        match side {
            JoinSide::Left => self.0[0],
            _ => self.0[1],
        }
    }
}

impl Known for Pair<'_> {
    fn rows(&self, side: JoinSide) -> Option<f64> {
        Some(self.of(side).all_rows)
    }

    fn distinct(&self, key: &Expr, side: JoinSide) -> Option<f64> {
        let Expr::Column(column) = key else { return None };
        self.of(side).distinct.get(column).copied()
    }

    fn range(&self, expr: &Expr, side: JoinSide) -> Option<(f64, f64)> {
        let Expr::Column(column) = expr else { return None };
        self.of(side).ranges.get(column).copied()
    }
}

/// The inputs of an index join's two sides, those of the points first, and its kind.
const fn placed(predicate: &Predicate, (left, right): (usize, usize)) -> (Leaves, Leaves, EdgeKind) {
    let (points_left, kind) = match predicate {
        Predicate::Range(range) => (range.point_left, EdgeKind::Range),
        Predicate::Band(_) => (true, EdgeKind::Band),
        Predicate::Fence(fence) => (!fence.geometry_left, EdgeKind::Fence),
        Predicate::Near(near) => (!near.geometry_left, EdgeKind::Fence),
    };
    match points_left {
        true => (1 << left, 1 << right, kind),
        false => (1 << right, 1 << left, kind),
    }
}

fn range(column: &ColumnStatistics) -> Option<(f64, f64)> {
    Some((
        as_number(column.min_value.get_value()?)?,
        as_number(column.max_value.get_value()?)?,
    ))
}

/// The inputs that the columns of an expression are of.
fn leaves_of(expr: &Expr, region: &Region) -> Leaves {
    let has = |leaf: &LogicalPlan| {
        expr.column_refs()
            .iter()
            .any(|column| leaf.schema().has_column(column))
    };
    let leaves = region.leaves().iter().enumerate();
    leaves
        .filter(|(_, leaf)| has(leaf))
        .fold(0, |leaves, (position, _)| leaves | 1 << position)
}

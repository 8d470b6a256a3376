//! How many rows the inputs of a region have, and what share of their pairs its conditions keep.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::catalog::Session;
use datafusion::common::{Column, ColumnStatistics, ScalarValue};
use datafusion::logical_expr::{Expr, LogicalPlan};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::statistics::{StatisticsArgs, StatisticsContext};
use datafusion::physical_planner::PhysicalPlanner;

use super::region::{Leaves, Region, equality};
use super::sample::sample;
use crate::bands::BandPredicate;
use crate::fences::IN_A_FENCE;
use crate::plan::Sides;
use crate::plan::estimate::RowEstimate;
use crate::plan::predicate::{Predicate, recognise, recognise_band};

/// What a condition keeps of which nothing is known: as DataFusion takes it.
const UNKNOWN_SHARE: f64 = 0.2;

/// What a band keeps of the pairs with an equal key, where nothing is known of the times.
const BAND_SHARE: f64 = 0.05;
/// The inputs and conditions of a region in numbers.
#[derive(Debug)]
pub(super) struct Estimates {
    inputs: Vec<Input>,
    edges: Vec<Edge>,
    /// By set of inputs.
    rows: Vec<f64>,
    /// The conditions of joins that have been sampled, and what that said.
    notes: Vec<(Vec<Expr>, String)>,
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
    /// From the least to the greatest value of a column of counts, where statistics tell.
    spans: HashMap<Column, f64>,
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
            notes: Vec::new(),
        };
        let (edges, indexed) = estimates.edges_of(region);
        estimates.edges = edges;
        for one in indexed {
            estimates.sample(region, one, planner, session).await;
        }
        let sets: std::ops::Range<Leaves> = 0..1 << region.leaves().len();
        estimates.rows = sets.map(|leaves| estimates.rows_of(leaves)).collect();
        Some(estimates)
    }

    /// Replaces what is guessed of a predicate by what a sample says, where there can be one.
    async fn sample(
        &mut self,
        region: &Region,
        indexed: Indexed,
        planner: &dyn PhysicalPlanner,
        session: &dyn Session,
    ) {
        let inputs = indexed.inputs.map(|input| &region.leaves()[input]);
        let Some(sample) = sample(inputs, &indexed.predicate, planner, session).await else {
            return;
        };
        self.edges[indexed.edge].share = sample.matches_a_row / sample.build_rows.max(1) as f64;
        let note = format!(
            "{:.3} matches a row in a sample of {}",
            sample.matches_a_row, sample.rows
        );
        self.notes.push((indexed.predicate.conditions().to_vec(), note));
    }

    /// What a sample said of a join, for EXPLAIN.
    pub(super) fn note_of(&self, predicate: &Predicate) -> Option<&str> {
        let of_same = |(conditions, _): &&(Vec<Expr>, String)| conditions == predicate.conditions();
        self.notes.iter().find(of_same).map(|(_, note)| note.as_str())
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

    fn edges_of(&self, region: &Region) -> (Vec<Edge>, Vec<Indexed>) {
        let mut used = vec![false; region.conditions().len()];
        let (mut edges, mut indexed) = (Vec::new(), Vec::new());
        for right in 0..region.leaves().len() {
            for left in 0..right {
                let Some((edge, predicate)) = self.indexed_between(region, (left, right), &mut used) else {
                    continue;
                };
                // Of a band the keys say the most, and those of a sample meet few of the other side's.
                if edge.kind != EdgeKind::Band {
                    indexed.push(Indexed {
                        predicate,
                        inputs: [left, right],
                        edge: edges.len(),
                    });
                }
                edges.push(edge);
            }
        }
        let rest = region.conditions().iter().zip(&used).filter(|(_, used)| !**used);
        edges.extend(rest.map(|(condition, _)| self.edge_of(region, &condition.expr, condition.leaves)));
        (edges, indexed)
    }

    /// The indexed predicate between two inputs, if there is one. Its conditions are marked as used.
    fn indexed_between(
        &self,
        region: &Region,
        (left, right): (usize, usize),
        used: &mut [bool],
    ) -> Option<(Edge, Predicate)> {
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
        let band = exprs
            .iter()
            .any(|expr| equality(expr).is_some())
            .then(|| recognise_band(&exprs, &sides))
            .flatten();
        let (predicate, _) = band.or_else(|| recognise(&exprs, &sides))?;
        for (position, expr) in positions.iter().zip(&exprs) {
            used[*position] |= predicate.conditions().contains(expr);
        }
        let (points, others, kind) = match &predicate {
            Predicate::Range(range) if range.point_left => (left, right, EdgeKind::Range),
            Predicate::Range(_) => (right, left, EdgeKind::Range),
            Predicate::Fence(fence) if fence.geometry_left => (right, left, EdgeKind::Fence),
            Predicate::Fence(_) => (left, right, EdgeKind::Fence),
            Predicate::Near(near) if near.geometry_left => (right, left, EdgeKind::Fence),
            Predicate::Near(_) => (left, right, EdgeKind::Fence),
            Predicate::Band(band) => {
                let edge = Edge {
                    kind: EdgeKind::Band,
                    one: 1 << left,
                    other: 1 << right,
                    share: self.band_share(band, [left, right]),
                };
                return Some((edge, predicate));
            }
        };
        let all = self.inputs[others].all_rows.max(1.0);
        let edge = Edge {
            kind,
            one: 1 << points,
            other: 1 << others,
            share: match kind {
                EdgeKind::Fence => IN_A_FENCE / all,
                // What a point is looked up in is nearly disjoint: about one match among all of them.
                _ => 1.0 / all,
            },
        };
        Some((edge, predicate))
    }

    /// What a band keeps of the pairs that have an equal key: its width over the time in which the point's side lies.
    fn band_share(&self, band: &BandPredicate, [left, right]: [usize; 2]) -> f64 {
        let Expr::Column(point) = &band.point else {
            return BAND_SHARE;
        };
        let side = if band.point_left { left } else { right };
        match (band.width(), self.inputs[side].spans.get(point)) {
            (Some(width), Some(span)) if *span > 0.0 => (width as f64 / span).clamp(1e-9, 1.0),
            _ => BAND_SHARE,
        }
    }

    fn edge_of(&self, region: &Region, condition: &Expr, leaves: Leaves) -> Edge {
        let other = Edge {
            kind: EdgeKind::Other,
            one: leaves,
            other: 0,
            share: UNKNOWN_SHARE,
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
        let spans = columns
            .zip(&statistics.column_statistics)
            .filter_map(|(column, statistics)| Some((column, span(statistics)?)));
        Some(Self {
            spans: spans.collect(),
            rows,
            all_rows: all_rows(physical).max(rows),
            distinct: distinct.collect(),
        })
    }
}

/// From the least to the greatest value of a column, in its own unit.
fn span(column: &ColumnStatistics) -> Option<f64> {
    let count = |value: Option<&ScalarValue>| {
        let value = value?.cast_to(&DataType::Int64).ok()?;
        match value {
            ScalarValue::Int64(count) => count,
            _ => None,
        }
    };
    let least = count(column.min_value.get_value())?;
    let greatest = count(column.max_value.get_value())?;
    Some(greatest as f64 - least as f64)
}

/// Rows of the table that an input is made of, before its filters.
fn all_rows(plan: &Arc<dyn ExecutionPlan>) -> f64 {
    let own = RowEstimate::of(plan).rows().unwrap_or(0) as f64;
    match plan.children().as_slice() {
        [child] => own.max(all_rows(child)),
        _ => own,
    }
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

//! An index of fences, by either strategy.

use std::fmt;

use crate::ranges::{Cursor, Pairs};

use super::boxes::{Rect, union};
use super::draw::{FenceCell, cells_of};
use super::grid::Grid;
use super::merge::{merged_boxes, merged_intervals};
use super::outlines::{FencesError, Outlines};
use super::probe;
use super::rtree::RTree;
use crate::threads::worth_while;

/// What it takes for a point to match a fence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// To be inside; the boundary does not count: `ST_Contains`, `ST_Within`.
    Interior,
    /// To be inside or on the boundary: `ST_Covers`, `ST_Intersects`.
    Covered,
}

/// How an index finds the fences that hold a point. Answers and their order are the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum FenceStrategy {
    /// A shared grid, finer where there are more edges: the fastest look-ups.
    #[default]
    Grid,
    /// An R-tree over the fences' boxes, and each fence's edges by height: quick to build, and small.
    RTree,
}

impl FenceStrategy {
    /// The name in settings: `grid` or `rtree`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Grid => "grid",
            Self::RTree => "rtree",
        }
    }
}

impl fmt::Display for FenceStrategy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// What an index has prepared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CellCounts {
    /// Pairs of a cell and a polygon that covers it.
    pub inside: usize,
    /// Pairs of a cell and a polygon that has edges in it.
    pub boundary: usize,
    /// The edges of those, or, with [`FenceStrategy::RTree`], of all slabs.
    pub edges: usize,
}

/// Which fences hold a point.
///
/// Matches of one point come by row, ascending, each row once. Coordinates that are infinite or not a number match nothing.
/// The answer is exact for all points and fences, also on edges and vertices and next to them.
///
/// ```
/// use tieline_index::fences::{FenceStrategy, Fences, Outlines, Rule};
/// use tieline_index::ranges::{Cursor, Pairs};
///
/// let mut outlines = Outlines::new();
/// outlines.push_polygon(3, [[(0.0, 0.0), (4.0, 0.0), (0.0, 4.0)]]).unwrap();
/// outlines.push_polygon(1, [[(1.0, 1.0), (5.0, 1.0), (5.0, 5.0), (1.0, 5.0)]]).unwrap();
/// let index = Fences::build(outlines, Rule::Covered, FenceStrategy::Grid).unwrap();
/// let (mut cursor, mut pairs) = (Cursor::default(), Pairs::default());
/// let (xs, ys) = ([0.5, 1.5, 2.0, 9.0], [0.5, 1.5, 2.0, 9.0]);
/// assert!(index.probe(&xs, &ys, 100, &mut cursor, 8192, &mut pairs));
/// assert_eq!(pairs.build, [3, 1, 3, 1, 3]);
/// assert_eq!(pairs.probe, [100, 101, 101, 102, 102]);
/// ```
#[derive(Debug)]
pub struct Fences {
    kind: Kind,
    rule: Rule,
    rows: usize,
    bounds: Option<Rect>,
    /// The box of each polygon.
    boxes: Vec<Rect>,
}

#[derive(Debug)]
enum Kind {
    Grid(Box<Grid>),
    RTree(Box<RTree>),
}

impl Fences {
    /// Builds the index on this thread: see [`Fences::build_with_threads`].
    ///
    /// # Errors
    /// Where there is more to remember of the vertices than can be numbered. Sixteen million always fit,
    /// and a hundred million as fences are drawn.
    pub fn build(outlines: Outlines, rule: Rule, strategy: FenceStrategy) -> Result<Self, FencesError> {
        Self::build_with_threads(outlines, rule, strategy, 1)
    }

    /// Builds the index; a grid on at most `threads` threads, with the same answers for any number of them.
    ///
    /// # Errors
    /// As for [`Fences::build`].
    pub fn build_with_threads(
        outlines: Outlines,
        rule: Rule,
        strategy: FenceStrategy,
        threads: usize,
    ) -> Result<Self, FencesError> {
        let shares = worth_while(outlines.vertices.len(), threads);
        Self::build_in_shares(outlines, rule, strategy, shares)
    }

    fn build_in_shares(
        mut outlines: Outlines,
        rule: Rule,
        strategy: FenceStrategy,
        shares: usize,
    ) -> Result<Self, FencesError> {
        outlines.shrink();
        outlines.parts.sort_by_key(|part| part.row);
        let boxes: Vec<Rect> = outlines.parts.iter().map(|part| part.bounds).collect();
        let rows = outlines.parts.chunk_by(|a, b| a.row == b.row).count();
        let bounds = (!boxes.is_empty()).then(|| union(boxes.iter().copied()));
        let kind = match strategy {
            FenceStrategy::Grid => {
                let around = bounds.unwrap_or_default();
                Kind::Grid(Box::new(Grid::build(outlines, around, rule, shares)?))
            }
            FenceStrategy::RTree => Kind::RTree(Box::new(RTree::build(outlines, rule)?)),
        };
        Ok(Self {
            kind,
            rule,
            rows,
            bounds,
            boxes,
        })
    }

    /// The strategy that it was built for.
    pub const fn strategy(&self) -> FenceStrategy {
        match self.kind {
            Kind::Grid(_) => FenceStrategy::Grid,
            Kind::RTree(_) => FenceStrategy::RTree,
        }
    }

    /// The rule that it was built for.
    pub const fn rule(&self) -> Rule {
        self.rule
    }

    /// How many rows have a polygon.
    pub const fn len(&self) -> usize {
        self.rows
    }

    /// Whether none has.
    pub const fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The memory it holds, in bytes: at most [`Fences::most_bytes`].
    pub fn bytes(&self) -> usize {
        let kind = match &self.kind {
            Kind::Grid(grid) => size_of::<Grid>() + grid.bytes(),
            Kind::RTree(tree) => size_of::<RTree>() + tree.bytes(),
        };
        kind + self.boxes.capacity() * size_of::<Rect>()
    }

    /// What an index of that many vertices, with each ring's first counted twice, and polygons takes at most, in bytes.
    ///
    /// That is if every edge lies along the corners of cells. Fences as they are drawn take a seventh of it.
    pub const fn most_bytes(vertices: usize, polygons: usize) -> usize {
        (4 << 20) + 300 * (vertices + polygons)
    }

    /// The box around all fences; `None` without fences.
    pub const fn bounds(&self) -> Option<Rect> {
        self.bounds
    }

    /// What has been prepared.
    pub fn cells(&self) -> CellCounts {
        match &self.kind {
            Kind::Grid(grid) => grid.counts,
            Kind::RTree(tree) => CellCounts {
                edges: tree.edges(),
                ..CellCounts::default()
            },
        }
    }

    /// The cells of the grid that the polygons of a row cover or touch, in no particular order, for a picture. None with
    /// [`FenceStrategy::RTree`].
    pub fn cells_of(&self, row: u32) -> impl Iterator<Item = FenceCell> {
        let cells = match &self.kind {
            Kind::Grid(grid) => cells_of(grid, row),
            Kind::RTree(_) => Vec::new(),
        };
        cells.into_iter()
    }

    /// At most `limit` boxes that together hold all fences, few and tight, in no particular order.
    ///
    /// They are the polygons' own boxes if those are not too many; else those are merged whose union adds the least area.
    /// A `limit` of 0 counts as 1, one above 1024 as 1024. For the filters that a scan is given.
    pub fn merged_boxes(&self, limit: usize) -> Vec<Rect> {
        merged_boxes(self.boxes.clone(), limit)
    }

    /// At most `limit` disjoint closed intervals, ascending, that together hold every x that any fence has.
    ///
    /// They are the union exactly, unless it has more than `limit` parts: then the smallest gaps are closed. Limits are as
    /// for [`Fences::merged_boxes`].
    pub fn merged_x(&self, limit: usize) -> Vec<(f64, f64)> {
        merged_intervals(self.boxes.iter().map(|rect| (rect[0], rect[2])).collect(), limit)
    }

    /// The same for y.
    pub fn merged_y(&self, limit: usize) -> Vec<(f64, f64)> {
        merged_intervals(self.boxes.iter().map(|rect| (rect[1], rect[3])).collect(), limit)
    }

    /// Appends the matches of a batch of points to `pairs`, at most `limit`; returns true when all points are done.
    ///
    /// Point `i` is (`xs[i]`, `ys[i]`) and probe row `first_row + i`; what one slice has more than the other is ignored. A
    /// batch begins with a default `cursor`; while the answer is false, the call is repeated with the same points and the
    /// same cursor, which may stand between two matches of one point. `pairs` may be emptied between calls.
    pub fn probe(
        &self,
        xs: &[f64],
        ys: &[f64],
        first_row: u32,
        cursor: &mut Cursor,
        limit: usize,
        pairs: &mut Pairs,
    ) -> bool {
        match &self.kind {
            Kind::Grid(grid) => probe::probe(&**grid, (xs, ys), first_row, cursor, limit, pairs),
            Kind::RTree(tree) => probe::probe(&**tree, (xs, ys), first_row, cursor, limit, pairs),
        }
    }

    /// Appends for every point whether a fence holds it.
    pub fn any(&self, xs: &[f64], ys: &[f64], any: &mut Vec<bool>) {
        match &self.kind {
            Kind::Grid(grid) => probe::any(&**grid, (xs, ys), any),
            Kind::RTree(tree) => probe::any(&**tree, (xs, ys), any),
        }
    }

    /// Appends for every point the number of fences that hold it.
    pub fn counts(&self, xs: &[f64], ys: &[f64], counts: &mut Vec<u32>) {
        match &self.kind {
            Kind::Grid(grid) => probe::counts(&**grid, (xs, ys), counts),
            Kind::RTree(tree) => probe::counts(&**tree, (xs, ys), counts),
        }
    }
}

#[cfg(test)]
#[path = "index_tests.rs"]
mod tests;

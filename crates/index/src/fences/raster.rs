//! Which cells of a window a polygon's edges touch, and which cells between them it covers.
//!
//! In a row of cells an edge is inside the cells that it may touch, to the right of those before and to the left of those
//! behind. For a point in a cell, a ray to the east crosses nothing that is to the left; of what is in the cell it crosses
//! what [`crossing`](super::edges::crossing) says; and of what is to the right it crosses, edge by edge, those of which
//! one end is at most as high as the point and the other higher. Along a chain of edges to the right these terms cancel,
//! but for the chain's ends. An end above or below the row says the same of all points in the row. An end within the
//! row belongs to an edge in the cell, because the row's edges hold their ends' cells. So the answer is
//!
//! - the number of edges to the right that come into the row from below or go out that way (the cell's parity),
//! - plus for each edge in the cell, its crossing,
//! - plus for each end of such an edge that lies in the row and to the right of the cell, whether it is at most as high as
//!   the point ([`START_RIGHT`], [`END_RIGHT`]); where two edges in the cell share the end this counts twice, as it must.
//!
//! No intersection is ever computed for an answer: cells are compared as numbers, and heights as they were given.

use super::frame::Frame;
use super::outlines::Vertex;

/// Set in an edge of a cell: its first end lies in the row of the cell, to the right of it.
pub(super) const START_RIGHT: u32 = 1 << 31;
/// Set in an edge of a cell: its second end does.
pub(super) const END_RIGHT: u32 = 1 << 30;
/// The number of an edge of a cell.
pub(super) const EDGE: u32 = END_RIGHT - 1;

/// By how much a crossing of an edge and a border may be wrong, in finest cells, with a hundred times to spare.
const SLACK: f64 = 1.0 / (1 << 20) as f64;

/// A part of the grid, at one size of cells.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    /// A cell is `1 << shift` of the finest cells wide and high.
    pub(super) shift: u32,
    /// The first column and row, in cells of that size from the frame's corner.
    pub(super) column: u32,
    pub(super) row: u32,
    pub(super) columns: u32,
    pub(super) rows: u32,
}

/// An edge in one row of the window.
#[derive(Clone, Copy, Debug)]
struct Span {
    /// The number of the row's first cell.
    row_start: u32,
    /// From this column to that, in the window.
    first: u32,
    last: u32,
    edge: u32,
    /// How many of the window's columns are left of an end that lies in the row, else 0.
    left_of_start: u32,
    left_of_end: u32,
}

/// The memory of one pass after another.
#[derive(Debug, Default)]
pub(super) struct Raster {
    spans: Vec<Span>,
    /// For each cell, where its edges begin in `items`; at first one cell further, how many they are.
    starts: Vec<u32>,
    /// For each cell, whether the parity changes when one comes to it from the right.
    toggles: Vec<bool>,
    /// For each row, whether the parity at its right border changes when one comes to it from below.
    flips: Vec<bool>,
    /// For each row, the columns between which something happens, the second one not included.
    busy: Vec<(u32, u32)>,
    items: Vec<u32>,
}

impl Raster {
    /// Calls `take` for each cell of the window that the polygon touches or covers, with its number in the window, its
    /// parity and its edges; without edges, odd parity says that the polygon covers the cell.
    ///
    /// `edges` are all edges of the polygon and `parity` even, or those of a cell that is the window, with its parity.
    pub(super) fn run(
        &mut self,
        frame: &Frame,
        vertices: &[Vertex],
        window: &Window,
        edges: impl Iterator<Item = u32>,
        parity: bool,
        take: impl FnMut(u32, bool, &[u32]),
    ) {
        let cells = (window.columns * window.rows) as usize;
        self.spans.clear();
        self.starts.clear();
        self.starts.resize(cells + 2, 0);
        self.toggles.clear();
        self.toggles.resize(cells, false);
        self.flips.clear();
        self.flips.resize(window.rows as usize + 1, false);
        self.busy.clear();
        self.busy.resize(window.rows as usize, (window.columns, 0));
        let place = |number: u32| {
            let [x, y] = vertices[number as usize];
            (frame.x.place(x), frame.y.place(y))
        };
        let (mut end, mut b) = (u32::MAX, (0.0, 0.0));
        for edge in edges {
            let number = edge & EDGE;
            // Most edges begin where the one before them ends.
            let a = if number == end { b } else { place(number) };
            end = number + 1;
            b = place(end);
            self.add(frame, window, edge, a, b);
        }
        self.sort();
        self.emit(window, parity, take);
    }

    /// Adds the spans of an edge, whose ends are at those places.
    #[inline]
    fn add(&mut self, frame: &Frame, window: &Window, edge: u32, (ax, ay): (f64, f64), (bx, by): (f64, f64)) {
        let shift = window.shift;
        let (column_a, row_a) = (frame.x.cell(ax) >> shift, frame.y.cell(ay) >> shift);
        let (column_b, row_b) = (frame.x.cell(bx) >> shift, frame.y.cell(by) >> shift);
        // What is to the right of the window goes on from this end: above it, it has been crossed or not.
        if edge & !EDGE != 0 {
            for (flag, row) in [(START_RIGHT, row_a), (END_RIGHT, row_b)] {
                let above = (row + 1).saturating_sub(window.row).min(window.rows);
                self.flips[above as usize] ^= edge & flag != 0;
            }
        }
        let (low, high) = (row_a.min(row_b), row_a.max(row_b));
        let (first, last) = (column_a.min(column_b), column_a.max(column_b));
        let crooked = low != high && first != last;
        let slope = if crooked { (bx - ax) / (by - ay) } else { 0.0 };
        for row in low.max(window.row)..=high.min(window.row + window.rows - 1) {
            let (mut from, mut to) = (first, last);
            if crooked {
                let south = f64::from(row << shift) - 0.5 - SLACK;
                let north = f64::from((row + 1) << shift) - 0.5 + SLACK;
                let at = |y: f64| ax + (y.clamp(ay.min(by), ay.max(by)) - ay) * slope;
                let (p, q) = (at(south), at(north));
                // Beyond its ends an edge does not reach, however steep or flat it is.
                from = (frame.x.cell(p.min(q) - SLACK) >> shift).clamp(first, last);
                to = (frame.x.cell(p.max(q) + SLACK) >> shift).clamp(first, last);
            }
            let right_of = |end_row: u32, end_column: u32| match end_row == row {
                true => end_column.saturating_sub(window.column).min(window.columns),
                false => 0,
            };
            let ends = (right_of(row_a, column_a), right_of(row_b, column_b));
            self.add_span(window, row, (from, to), row > low, edge & EDGE, ends);
        }
    }

    /// Adds what an edge is in one row, from one column to another of the grid.
    #[inline]
    fn add_span(
        &mut self,
        window: &Window,
        row: u32,
        (from, to): (u32, u32),
        from_below: bool,
        edge: u32,
        (left_of_start, left_of_end): (u32, u32),
    ) {
        if to < window.column {
            return;
        }
        let row_start = (row - window.row) * window.columns;
        let first = from.saturating_sub(window.column).min(window.columns);
        let busy = &mut self.busy[(row - window.row) as usize];
        if from_below && first > 0 {
            self.toggles[(row_start + first - 1) as usize] ^= true;
            *busy = (busy.0.min(first - 1), busy.1.max(first));
        }
        if first == window.columns {
            return;
        }
        let last = (to - window.column).min(window.columns - 1);
        *busy = (busy.0.min(first), busy.1.max(last + 1));
        for cell in row_start + first..=row_start + last {
            self.starts[cell as usize + 2] += 1;
        }
        self.spans.push(Span {
            row_start,
            first,
            last,
            edge,
            left_of_start,
            left_of_end,
        });
    }

    /// Puts the edges of each cell next to each other.
    fn sort(&mut self) {
        let mut sum = 0;
        for start in &mut self.starts {
            sum += *start;
            *start = sum;
        }
        self.items.clear();
        self.items.resize(sum as usize, 0);
        for span in &self.spans {
            for column in span.first..=span.last {
                let mut item = span.edge;
                if column < span.left_of_start {
                    item |= START_RIGHT;
                }
                if column < span.left_of_end {
                    item |= END_RIGHT;
                }
                let next = &mut self.starts[(span.row_start + column) as usize + 1];
                self.items[*next as usize] = item;
                *next += 1;
            }
        }
    }

    /// Goes through the cells, each row from right to left.
    fn emit(&self, window: &Window, mut parity: bool, mut take: impl FnMut(u32, bool, &[u32])) {
        for (row, &(start, end)) in (0..window.rows).zip(&self.busy) {
            parity ^= self.flips[row as usize];
            let mut parity = parity;
            let row_start = row * window.columns;
            // To the right of what happens, and in a row in which nothing does, all cells are alike.
            let (start, end) = (start.min(end), end);
            if parity {
                (row_start + end..row_start + window.columns).for_each(|cell| take(cell, true, &[]));
            }
            for cell in (row_start + start..row_start + end).rev() {
                parity ^= self.toggles[cell as usize];
                let (first, last) = (self.starts[cell as usize], self.starts[cell as usize + 1]);
                if parity || first != last {
                    take(cell, parity, &self.items[first as usize..last as usize]);
                }
            }
            if parity {
                (row_start..row_start + start).for_each(|cell| take(cell, true, &[]));
            }
        }
    }
}

#[cfg(test)]
#[path = "raster_tests.rs"]
mod tests;

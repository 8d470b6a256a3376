//! What the grid makes of a fence, for a picture.

use super::boxes::Rect;
use super::frame::DEPTH;
use super::grid::Grid;
use super::nodes::{Entries, Node};

/// What a cell of the grid is to a fence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CellKind {
    /// The fence covers the cell: a point in it matches without geometry.
    Inside,
    /// A point in the cell is held against the edges that are in it.
    Boundary {
        /// How many edges those are.
        edges: usize,
    },
}

/// A cell of the grid that a fence covers or touches.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FenceCell {
    /// What it is to the fence.
    pub kind: CellKind,
    /// The least x and y, the greatest x and y.
    pub bounds: Rect,
}

/// The cells of a row's polygons, in no particular order.
pub(super) fn cells_of(grid: &Grid, row: u32) -> Vec<FenceCell> {
    let mut cells = Vec::new();
    let mut pending = Vec::new();
    grid.coarse(|column, row, word| pending.push((DEPTH, column, row, word)));
    while let Some((shift, column, line, word)) = pending.pop() {
        let mut add = |part: u32, kind| {
            if grid.rows[part as usize] == row {
                cells.push(FenceCell {
                    kind,
                    bounds: [
                        grid.frame.x.border(column << shift),
                        grid.frame.y.border(line << shift),
                        grid.frame.x.border((column + 1) << shift),
                        grid.frame.y.border((line + 1) << shift),
                    ],
                });
            }
        };
        match Node::of(word) {
            Node::Empty => {}
            Node::One(part) => add(part, CellKind::Inside),
            Node::Leaf(start) => {
                for entry in Entries::of(&grid.leaves, start) {
                    let kind = match entry.edges.len() {
                        0 => CellKind::Inside,
                        edges => CellKind::Boundary { edges },
                    };
                    add(entry.part, kind);
                }
            }
            Node::Inner { split, start } => {
                for child in 0..1 << (2 * split) {
                    let (x, y) = (child & ((1 << split) - 1), child >> split);
                    let word = grid.children[(start + child) as usize];
                    pending.push((shift - split, (column << split) + x, (line << split) + y, word));
                }
            }
        }
    }
    cells
}

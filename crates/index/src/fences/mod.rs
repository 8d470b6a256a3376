//! Which of many fences hold a point: point in polygon, for many polygons at once.

mod boxes;
mod build;
mod draw;
mod edges;
mod exact;
mod frame;
mod grid;
mod index;
mod merge;
mod nodes;
mod outlines;
mod probe;
mod raster;
mod rtree;

pub use boxes::{Boxes, Rect};
pub use draw::{CellKind, FenceCell};
pub use index::{CellCounts, FenceStrategy, Fences, Rule, UnknownFenceStrategy};
pub use outlines::{FencesError, Outlines};

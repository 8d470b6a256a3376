//! Which of many fences hold a point: point in polygon, for many polygons at once.
//!
//! An index is built from polygons and multipolygons with row numbers ([`Outlines`]), which may overlap in any way, and
//! probed with batches of points. Matches come as two columns of row numbers ([`Pairs`](crate::ranges::Pairs)), at most as
//! many at a time as the caller has room for, and a [`Cursor`](crate::ranges::Cursor) goes on where the last call stopped.
//! What needs no pairs does not make any: [`Fences::any`] and [`Fences::counts`].
//!
//! All polygons share a grid. A bitmap of at most 1024 by 1024 coarse cells says which hold anything, and is all that most
//! points ever need; blocks of 512 points go through it together. A cell where many edges meet is divided, again and
//! again, until few are left in it. What is left of a cell is a list: polygons that cover it, which match without
//! geometry, and polygons with edges in it, which need those edges and one bit that stands for all the others. The
//! rival strategy is an R-tree over boxes with each polygon's edges by height ([`FenceStrategy`]).
//!
//! **Exact.** The answer is that of exact arithmetic for every pair of 64-bit coordinates, also on and beside vertices and
//! edges. A point and an edge are compared by the sign of one determinant, which is computed again exactly if rounding could
//! change it. Cells are found by a function that never puts two coordinates in the wrong order, the same for points and
//! vertices, so that a cell can only list an edge too many. `raster.rs` says why the one bit is right.
//! Coordinates are plain numbers on a plane: edges are straight in them, and nothing goes around the earth.
//!
//! **Bounded.** A grid takes at most [`Fences::most_bytes`], however the polygons lie; 25 to 45 bytes a vertex are usual. Coarse
//! cells are as small as eight entries a vertex allow, and cells are divided while there is room for what they may become.
//! A build takes about as much again while it runs. Where very many edges pass very close to each other, cells keep more
//! of them: look-ups are slower there, and as right as elsewhere.
//!
//! ```
//! use tieline_index::fences::{FenceStrategy, Fences, Outlines, Rule};
//! use tieline_index::ranges::{Cursor, Pairs};
//!
//! let mut outlines = Outlines::new();
//! // A square with a hole, and a triangle that touches the hole's corner.
//! let square = vec![(0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0)];
//! let hole = vec![(3.0, 3.0), (6.0, 3.0), (6.0, 6.0), (3.0, 6.0)];
//! outlines.push(10, [vec![square, hole]]).unwrap();
//! outlines.push(20, [[[(3.0, 3.0), (6.0, 3.0), (6.0, 6.0)]]]).unwrap();
//!
//! let (xs, ys) = ([1.0, 3.0, 5.0, 4.0, f64::NAN], [1.0, 3.0, 4.0, 5.0, 1.0]);
//! for (rule, rows) in [(Rule::Interior, vec![10, 20]), (Rule::Covered, vec![10, 10, 20, 20])] {
//!     let index = Fences::build(outlines.clone(), rule, FenceStrategy::Grid).unwrap();
//!     let (mut cursor, mut pairs) = (Cursor::default(), Pairs::default());
//!     assert!(index.probe(&xs, &ys, 0, &mut cursor, 8192, &mut pairs));
//!     assert_eq!(pairs.build, rows);
//! }
//! ```
//!
//! # Source
//! A. Kipf, H. Lang, V. Pandey and others, "Approximate Geospatial Joins with Precision Guarantees", ICDE 2018: cells that
//! polygons cover, in one structure for all polygons.

mod boxes;
mod build;
mod cells;
mod divide;
mod draw;
mod edges;
mod exact;
mod frame;
mod grid;
mod index;
mod marks;
mod merge;
mod nodes;
mod outlines;
mod probe;
mod raster;
mod rtree;
mod sieve;

pub use boxes::{Boxes, Rect};
pub use draw::{CellKind, FenceCell};
pub use edges::{Crossing, crossing};
pub use index::{CellCounts, FenceStrategy, Fences, Rule};
pub use outlines::{FencesError, Outlines};
pub use sieve::Sieve;

//! Joins over fences: a point of one side in a geometry of the other.

mod areas;
mod choose;
mod index;
mod kind;
mod recognise;

pub(crate) use areas::{MOST_FENCES_FOR_AREAS, areas_of, bounds_of, coordinates, numbers};
pub use kind::FenceKind;
pub(crate) use kind::IN_A_FENCE;
pub(crate) use recognise::{FencePredicate, recognise};

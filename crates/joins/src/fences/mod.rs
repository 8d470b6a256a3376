//! Joins over fences: a point of one side in a geometry of the other.

mod choose;
mod index;
mod kind;
mod recognise;

pub use kind::FenceKind;
pub(crate) use kind::IN_A_FENCE;
pub(crate) use recognise::{FencePredicate, recognise};

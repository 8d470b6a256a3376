//! Joins over distances: a point of one side near a geometry of the other.

mod choose;
mod index;
mod kind;
mod recognise;

pub use kind::NearKind;
pub(crate) use recognise::{NearPredicate, recognise};

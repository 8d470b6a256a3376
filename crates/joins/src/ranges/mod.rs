//! Joins over ranges: a point of one side within an interval of the other.

mod build;
mod choose;
mod index;
mod keys;
mod kind;
mod points;
mod recognise;

pub(crate) use keys::is_supported;
pub use kind::{RangeKind, RangeSource};
pub(crate) use recognise::{RangePredicate, recognise};

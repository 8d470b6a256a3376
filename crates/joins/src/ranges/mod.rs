//! Joins over ranges: a point of one side within an interval of the other.

mod build;
mod choose;
mod index;
mod keys;
mod kind;
mod points;
mod recognise;

pub(crate) use keys::{
    KeyColumn, Keys, is_supported, order_of_f32, order_of_f64, sixteen, value_of as key_value,
};
pub use kind::{RangeKind, RangeSource};
pub(crate) use recognise::{RangePredicate, recognise};

//! Which of many intervals hold a key: point in interval over any ordered key.
//!
//! An index is built from closed intervals with row numbers ([`Intervals`]), in any order and overlapping in any way,
//! and probed with batches of keys. Matches come as two columns of row numbers ([`Pairs`]), at most as many at a time as
//! the caller has room for, and a [`Cursor`] goes on where the last call stopped. What needs no pairs does not make any:
//! [`Ranges::any`], [`Ranges::first`] and [`Ranges::counts`].
//!
//! The bounds cut the keys into segments within which the same intervals hold. A directory of marked slots finds a key's
//! segment in two look-ups in memory and no search; blocks of 512 keys go through it together, so that one key's wait is
//! another's work. A segment has its one row, its list of rows, or, where lists would take more than O(n) memory, its
//! place in a forest that yields the intervals one by one. The rival strategy keeps the intervals in order, with maxima
//! to skip by ([`RangeStrategy`]).
//!
//! Bounds are compared in the narrowest numbers that tell them apart: IPv4 in 32 bits even where it is stored in 16 bytes
//! ([`AddressRanges`]), IPv6 prefixes in 64. Keys are `u32`, `u64` and `u128`; `key_from_…` turns numbers, times and
//! floats into them, [`Ranks`] everything else. A key costs the look-up and O(1) for each match, however they overlap.

mod addresses;
mod coverage;
mod forest;
mod holders;
mod index;
mod intervals;
mod key;
mod locator;
mod probe;
mod ranks;
mod segments;
mod shares;
pub(crate) mod sort;
mod sorted;

pub use addresses::AddressRanges;
pub use coverage::Coverage;
pub use index::{RangeStrategy, Ranges};
pub use intervals::{Intervals, RangesError, closed};
pub use key::{Key, key_from_bytes, key_from_f32, key_from_f64, key_from_i32, key_from_i64, key_from_i128};
pub use probe::{Cursor, NO_ROW, Pairs};
pub use ranks::Ranks;

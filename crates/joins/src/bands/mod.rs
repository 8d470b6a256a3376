//! Joins over time bands: an equal key, and two ordered values close to each other.
//!
//! ```text
//! conditions ► limits (difference of two sides, at least or at most so much) ► predicate ► kind ► index
//! ```
//!
//! Every way of writing a band comes down to limits of a difference: `limits` reads them, `recognise` puts two of them
//! together, `choose` decides how it runs, `kind` is the plan of it, `index` the index itself and `table` its rows by key. [`merge`] and
//! [`bucket`] do without an index.
//!
//! The index compares integers and adds no intervals, so that it has no arithmetic to overflow. SQL's arithmetic has: it
//! wraps or fails. Rows with values so far out that it could are told apart ([`types::safe_limit`]); they meet every row of
//! their key, and for these pairs the condition as it was written decides.

mod bucket;
mod check;
mod choose;
mod constants;
mod far;
mod index;
mod kind;
mod limits;
mod matches;
mod merge;
mod recognise;
mod table;
mod types;

pub use bucket::{BandBucketsExec, BandBucketsParts};
pub use kind::BandKind;
pub use merge::{BandMergeExec, BandMergeParts};
pub(crate) use recognise::{BandPredicate, recognise};

//! Joins over time bands without an index: both inputs come by key and time, and only what a later row can still match is held.
//!
//! ```text
//! stream side   … a row at its time ──────────────┐
//! window side   rows as intervals of such times ──┴─► admitted where they begin, dropped when they have ended
//! ```
//!
//! The rows of the window side are held as the interval of stream times that they match: whichever side has the point, and
//! whether the band has one bound or two, a row of the stream is a moment, and what is open at that moment matches it. Where
//! bounds are two columns, the side with the bounds is the window: of intervals that differ in width, those that are open are
//! the least that can be held. [`rows`] reads keys and times, [`window`] is what is held, [`stream`] runs a partition and
//! [`exec`] is the operator as DataFusion sees it. [`plan`] says when it can be had.

mod exec;
mod memory;
mod metrics;
mod order;
mod plan;
mod rows;
mod sequence;
mod stream;
mod window;

pub use exec::{BandMergeExec, BandMergeParts};
pub(super) use plan::MergePlan;

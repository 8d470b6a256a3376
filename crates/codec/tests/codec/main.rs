//! Plans that were written and read again, against the plans themselves.
//!
//! `slt`: every query of `sql/tests`. `joins`: every join type, side and strategy. `link`: the index still prunes the scan.
//! `pieces`: functions, metadata, subqueries, copies, other codecs and converters. `malformed`: bytes that are no plan.

#![expect(clippy::unwrap_used, reason = "a test that cannot run its query has failed")]

mod joins;
mod link;
mod malformed;
mod pieces;
mod sent;
mod slt;

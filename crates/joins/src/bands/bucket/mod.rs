//! Joins over time bands as joins of equal keys: the key, and a bucket of time as wide as the band.
//!
//! ```text
//! HashJoinExec on (key, bucket), filter = the conditions as they were written
//!   BandBucketsExec   one side: each row in the bucket of its time
//!   BandBucketsExec   the other side: each row in every bucket that its band touches, two at most
//! ```
//!
//! Two rows that match meet in one bucket, that of the side whose rows are not repeated, so that each pair comes once. Buckets
//! are for comparing strategies: `auto` never takes them.

mod exec;
mod plan;

pub use exec::{BandBucketsExec, BandBucketsParts};
pub(super) use plan::plan;

//! The operator: builds an index from one input, probes it with the stream of the other.

mod build;
mod exec;
mod filter;
mod groups;
mod input;
mod join;
mod metrics;
mod output;
mod shape;
mod stream;

pub(crate) use build::evaluate;
pub use exec::{IndexJoinExec, IndexJoinParts, Matching};
pub use filter::{IndexFilter, SharedIndex};
pub(crate) use groups::{GroupTable, can_group};
pub(crate) use join::{JoinOutput, explain_conditions, parents_filters, projected};
pub(crate) use metrics::ProbeMetrics;
pub(crate) use output::{Layout, Ready, Residual, Rows};
pub(crate) use shape::Shape;

//! Joins that DataFusion does not have: one operator, an index for each kind of join, and the rule and planner that let plain
//! SQL use them.
//!
//! A join predicate is an ordinary SQL predicate, right row by row, so that a nested loop over it is always a correct, slow
//! answer. [`configure`] teaches a session to do better:
//!
//! 1. [`RecogniseIndexJoins`], the last logical rule, finds the predicate among a join's conditions, in ON or in WHERE, beside
//!    equal keys and anything else, and makes an index join of it.
//! 2. [`IndexJoinPlanner`], which sees statistics, chooses the side that is built and the strategy, or hands the join back to
//!    DataFusion.
//! 3. [`IndexJoinExec`] collects the build side, has its [`IndexKind`] make an index of it, and streams the probe side past it.
//!    What the index knows of its keys prunes the files of the probe side.
//!
//! ```
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! use datafusion::execution::SessionStateBuilder;
//! use datafusion::prelude::SessionContext;
//!
//! let state = tieline_joins::configure(SessionStateBuilder::new().with_default_features()).build();
//! let session = SessionContext::new_with_state(state);
//! session.sql("CREATE TABLE shifts AS VALUES (8, 12, 'early'), (12, 20, 'late')").await?.collect().await?;
//! session.sql("CREATE TABLE calls AS VALUES (9), (12), (21)").await?.collect().await?;
//! let joined = "SELECT c.column1, s.column3 FROM calls c JOIN shifts s ON c.column1 >= s.column1 AND c.column1 < s.column2";
//! let rows = session.sql(joined).await?.collect().await?;
//! assert_eq!(rows.iter().map(|batch| batch.num_rows()).sum::<usize>(), 2);
//! # Ok::<(), datafusion::error::DataFusionError>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bands;
mod fences;
pub mod index;
mod near;
mod operator;
mod pages;
mod plan;
mod ranges;
mod same_group;
mod settings;

use std::sync::Arc;

use datafusion::execution::SessionStateBuilder;

use pages::SkipPages;
use plan::{GatedPushdown, LateColumns};

pub use bands::{BandBucketsExec, BandBucketsParts, BandKind, BandMergeExec, BandMergeParts};
pub use fences::FenceKind;
pub use index::{Area, IndexKind, JoinIndex, KeyBounds, KeyedRows, Matches};
pub use near::NearKind;
pub use operator::{IndexFilter, IndexJoinExec, IndexJoinParts, Matching, SharedIndex};
pub use pages::{PageSkippingSource, scan_within, skipping_pages, with_plain_pages};
pub use plan::{IndexJoinPlanner, IndexJoinQueryPlanner, RecogniseIndexJoins};
pub use ranges::{RangeKind, RangeSource};
pub use settings::{BandStrategy, GeofenceStrategy, JoinOrder, JoinSettings, RangeStrategy};

/// Teaches a session the joins: their rule, their planner and their settings.
///
/// Call it after `with_default_features` and after other logical rules have been added: ours must come last. A query planner
/// that was set before is replaced; to keep it, give it an [`IndexJoinPlanner`]. DataFusion's rule that pushes filters down is
/// kept from taking one column for another of its name and from going below a limit, after it scans are told to decode late, and last
/// to skip pages by several columns; set other physical rules before.
pub fn configure(mut builder: SessionStateBuilder) -> SessionStateBuilder {
    let config = builder.config().get_or_insert_default();
    config.options_mut().extensions.insert(JoinSettings::default());
    let rules = &mut builder.physical_optimizers().get_or_insert_default().rules;
    GatedPushdown::replace(rules);
    LateColumns::insert(rules);
    rules.push(Arc::new(SkipPages));
    builder
        .with_optimizer_rule(Arc::new(RecogniseIndexJoins))
        .with_query_planner(Arc::new(IndexJoinQueryPlanner))
}

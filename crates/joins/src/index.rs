//! The one interface behind every join: what an index must do so that the operator can run a join with it.
//!
//! ```text
//! IndexKind   what is joined and how: key expressions of both sides, the strategy        (planned, serialised)
//!    │ build(keys of every build row)
//!    ▼
//! JoinIndex   the built index                                                            (shared by all partitions)
//!    │ probe(keys of one probe batch)
//!    ▼
//! Matches     the pairs of that batch, a bounded number at a time                        (one per batch)
//! ```
//!
//! The operator knows nothing of what the keys mean. A second kind of index is a second implementation of these three
//! traits, and the rule that recognises its predicate.

use std::fmt::{Debug, Display};
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BooleanArray};
use datafusion::common::{DataFusionError, Result, ScalarValue};
use datafusion::physical_expr::PhysicalExpr;
pub use tieline_index::ranges::Pairs;

/// What an index is made of, before it is made. Its text is what EXPLAIN shows.
pub trait IndexKind: Debug + Display + Send + Sync + 'static {
    /// The strategy's name, as `SET tieline.<kind>_strategy` takes it.
    fn strategy(&self) -> &'static str;

    /// The expressions over the build side that [`IndexKind::build`] is given.
    fn build_keys(&self) -> &[Arc<dyn PhysicalExpr>];

    /// The expressions over the probe side that [`JoinIndex::probe`] is given.
    fn probe_keys(&self) -> &[Arc<dyn PhysicalExpr>];

    /// The same kind over other expressions, as many and of the same types.
    fn with_keys(
        &self,
        build: Vec<Arc<dyn PhysicalExpr>>,
        probe: Vec<Arc<dyn PhysicalExpr>>,
    ) -> Arc<dyn IndexKind>;

    /// How many bytes an index of these rows takes while it is built, at most: reserved before the build begins.
    fn build_bytes(&self, rows: &KeyedRows) -> usize;

    /// Builds the index, on at most `threads` threads.
    ///
    /// # Errors
    /// Where a key column is not of the planned type. Values are never an error: a NULL or an empty interval matches nothing.
    fn build(&self, rows: &KeyedRows, threads: usize) -> Result<Arc<dyn JoinIndex>>;

    /// Whether the join's equal keys are among these keys. Then the index is given no groups.
    fn holds_equal_keys(&self) -> bool {
        false
    }

    /// The setting with which a join runs that has no memory for this index.
    fn way_out(&self) -> &'static str;

    /// How many matches a probe row has, about, where nothing is known of the values: for the joins above.
    fn matches_a_row(&self) -> f64 {
        // What an address or a moment is looked up in is nearly disjoint.
        1.0
    }

    /// For downcasting when a plan is serialised.
    fn as_any(&self) -> &dyn std::any::Any;
}

/// Rows as an index sees them: the values of the key expressions, and the group that each row belongs to.
#[derive(Debug, Clone)]
pub struct KeyedRows {
    /// How many.
    pub rows: usize,
    /// One array per key expression.
    pub keys: Vec<ArrayRef>,
    /// Where the join has equal keys beside the indexed predicate: the number of each row's combination of equal keys,
    /// [`NO_GROUP`] where it can match nothing. Only rows of the same group match.
    pub groups: Option<Vec<u32>>,
}

/// The group of a row that matches nothing: an equal key is NULL, or no row of the build side has it.
pub const NO_GROUP: u32 = u32::MAX;

/// A built index, read by all partitions at once.
pub trait JoinIndex: Debug + Send + Sync + 'static {
    /// Bytes that it holds.
    fn bytes(&self) -> usize;

    /// The matches of a batch of probe rows, in the order of the probe rows.
    ///
    /// # Errors
    /// Where a key column is not of the planned type.
    fn probe(self: Arc<Self>, rows: KeyedRows) -> Result<Box<dyn Matches>>;

    /// Whether each probe row has a match at all; never NULL.
    ///
    /// # Errors
    /// As for [`JoinIndex::probe`].
    fn matches_any(&self, rows: &KeyedRows) -> Result<BooleanArray>;

    /// What every probe row with a match satisfies, key by key, for skipping files, row groups and pages.
    fn bounds(&self) -> Vec<KeyBounds>;

    /// What every probe row with a match satisfies, of several keys at once: it lies in one of these areas. For skipping files,
    /// row groups and pages; at most [`MOST_RANGES`]. `None` where the keys by themselves say as much.
    fn areas(&self) -> Option<Vec<Area>> {
        None
    }
}

/// Bounds of several keys that hold together: positions among [`IndexKind::probe_keys`], each with its ends, both included.
pub type Area = Vec<(usize, Option<ScalarValue>, Option<ScalarValue>)>;

/// The values that a probe key of a row with a match can have: in one of the ranges, both ends included.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyBounds {
    /// The position of the key among [`IndexKind::probe_keys`].
    pub key: usize,
    /// Ascending and disjoint, at most [`MOST_RANGES`]; none where no row can match. An end that is `None` is open.
    pub ranges: Vec<(Option<ScalarValue>, Option<ScalarValue>)>,
}

/// More would cost more at every row group than they save.
pub const MOST_RANGES: usize = 64;

/// The pairs of one batch, handed out a bounded number at a time: one row may match millions.
pub trait Matches: Send {
    /// Appends at most `limit` pairs in the order of the probe rows, and returns whether there may be more.
    fn next(&mut self, limit: usize, pairs: &mut Pairs) -> bool;

    /// The error that the last call met, if any: then its pairs are meaningless.
    fn take_error(&mut self) -> Option<DataFusionError> {
        None
    }
}

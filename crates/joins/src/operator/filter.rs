//! What the built index tells the scan of the probe side: which rows can have a match at all.
//!
//! The operator pushes one [`IndexFilter`] for every probe key that is a column. Until the index is built it keeps every
//! row. Then its snapshot, which the Parquet reader takes when it opens a file, is a comparison of that one column with the
//! index's bounds, so that files, row groups and pages are skipped. An index of several keys gets one more over all of them, for
//! its areas: `pages` skips row groups and pages by it, and where pages do not tell, the reader skips files and row groups.
//! Where filters are evaluated by row (`datafusion.execution.parquet.pushdown_filters`, `plan/late_columns.rs`), the index itself is
//! asked.

use std::fmt;
use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, OnceLock, PoisonError, RwLock};

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{DataType, FieldRef, Schema};
use datafusion::common::{Result, ScalarValue, internal_err};
use datafusion::logical_expr::{ColumnarValue, Operator};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::{BinaryExpr, Column, lit};

use super::build::evaluate;
use crate::index::{Area, JoinIndex, KeyBounds, KeyedRows, MOST_RANGES};

/// The place of an index that is built while the query runs.
#[derive(Debug)]
pub struct SharedIndex {
    id: u64,
    built: RwLock<Option<Arc<IndexAndAreas>>>,
    /// Places that are filled with this one.
    copies: Vec<Arc<SharedIndex>>,
}

/// An index, and its areas once somebody has asked for them.
#[derive(Debug)]
struct IndexAndAreas {
    index: Arc<dyn JoinIndex>,
    areas: OnceLock<Option<Vec<Area>>>,
}

impl IndexAndAreas {
    fn areas(&self) -> Option<&[Area]> {
        self.areas.get_or_init(|| self.index.areas()).as_deref()
    }
}

/// From a random start, so that the places of plans made by several processes have different numbers in one plan.
static NEXT_ID: LazyLock<AtomicU64> = LazyLock::new(|| AtomicU64::new(RandomState::new().hash_one(0)));

impl Default for SharedIndex {
    fn default() -> Self {
        Self::with_id(NEXT_ID.fetch_add(1, Ordering::Relaxed))
    }
}

impl SharedIndex {
    /// The place of a plan that came over the wire: filters of the same number belong to it.
    pub fn with_id(id: u64) -> Self {
        Self::with_copies(id, Vec::new())
    }

    /// The place of an operator that came over the wire after its filters, each of which has a place of its own: what is
    /// put here is put there too.
    pub fn with_copies(id: u64, copies: Vec<Arc<Self>>) -> Self {
        Self {
            id,
            built: RwLock::new(None),
            copies,
        }
    }

    /// Its number, the same in every copy of a plan.
    pub fn id(&self) -> u64 {
        self.id
    }

    pub(crate) fn set(&self, index: Arc<dyn JoinIndex>) {
        for copy in &self.copies {
            copy.set(Arc::clone(&index));
        }
        let areas = OnceLock::new();
        *self.built.write().unwrap_or_else(PoisonError::into_inner) =
            Some(Arc::new(IndexAndAreas { index, areas }));
    }

    /// Forgets the index, for a plan that is to run again.
    pub(crate) fn clear(&self) {
        self.copies.iter().for_each(|copy| copy.clear());
        *self.built.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn get(&self) -> Option<Arc<IndexAndAreas>> {
        self.built.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Whether a row of the probe side can have a match.
#[derive(Debug, Clone)]
pub struct IndexFilter {
    /// The probe keys, over the schema of whoever evaluates this.
    keys: Vec<Arc<dyn PhysicalExpr>>,
    /// The position of the bounded key among the index's; `None` for all of them together.
    key: Option<usize>,
    /// Whether the index can be asked row by row: not where equal keys are needed too.
    exact: bool,
    /// Whether all has been skipped that its areas skip, where there are some: see [`IndexFilter::after_areas`].
    after_areas: bool,
    shared: Arc<SharedIndex>,
}

impl IndexFilter {
    /// A filter for the probe key at a position, or for all keys together.
    pub fn new(
        keys: Vec<Arc<dyn PhysicalExpr>>,
        key: Option<usize>,
        exact: bool,
        shared: Arc<SharedIndex>,
    ) -> Self {
        Self {
            keys,
            key,
            exact,
            after_areas: false,
            shared,
        }
    }

    /// The same for files whose pages have been skipped by areas: its snapshot says nothing of them. By those that are no unions of others
    /// all is skipped that ranges of one key would skip, whose outer bounds are then all that is said of it.
    #[must_use]
    pub(crate) fn after_areas(&self) -> Self {
        Self {
            after_areas: true,
            ..self.clone()
        }
    }

    /// The filters for the scan below a probe side: one for each key that is a column, and where all are, one for all together.
    ///
    /// A filter has all keys, whichever of them it bounds.
    pub(crate) fn all_for(
        keys: &[Arc<dyn PhysicalExpr>],
        exact: bool,
        shared: &Arc<SharedIndex>,
    ) -> Vec<Arc<dyn PhysicalExpr>> {
        let is_column = |key: &usize| keys[*key].downcast_ref::<Column>().is_some();
        let each = (0..keys.len()).filter(is_column).map(Some);
        let together = (keys.len() > 1 && (0..keys.len()).all(|key| is_column(&key))).then_some(None);
        let filter = |key| Self::new(keys.to_vec(), key, exact, Arc::clone(shared));
        each.chain(together)
            .map(|key| Arc::new(filter(key)) as Arc<dyn PhysicalExpr>)
            .collect()
    }

    /// The probe keys.
    pub fn keys(&self) -> &[Arc<dyn PhysicalExpr>] {
        &self.keys
    }

    /// The position of the key whose bounds it knows; `None` where it knows areas of all keys.
    pub fn key(&self) -> Option<usize> {
        self.key
    }

    /// Whether the index is asked row by row.
    pub fn is_exact(&self) -> bool {
        self.exact
    }

    /// Where the index will be.
    pub fn shared(&self) -> &Arc<SharedIndex> {
        &self.shared
    }

    /// Areas, in one of which every row with a match lies; `None` as long as there is no index, and where it knows of none.
    pub(crate) fn where_matches_lie(&self) -> Option<Vec<Area>> {
        let built = self.shared.get()?;
        let Some(key) = self.key else {
            return built.areas().map(<[Area]>::to_vec);
        };
        let bounds = built
            .index
            .bounds()
            .into_iter()
            .find(|bounds| bounds.key == key)?;
        let areas = bounds
            .ranges
            .into_iter()
            .map(|(low, high)| vec![(key, low, high)]);
        Some(areas.collect())
    }

    /// Whether there is an index.
    pub(crate) fn is_built(&self) -> bool {
        self.shared.get().is_some()
    }

    fn within_areas(&self, areas: &[Area]) -> Arc<dyn PhysicalExpr> {
        let within = |area: &Area| {
            let ends = area.iter().filter_map(|(key, low, high)| {
                let key = self.keys.get(*key)?;
                Some(between(key, low.as_ref(), high.as_ref()))
            });
            ends.reduce(|one, other| binary(one, Operator::And, other))
                .unwrap_or_else(|| lit(true))
        };
        any(areas.iter().map(within).collect())
    }
}

impl PhysicalExpr for IndexFilter {
    fn return_field(&self, _input_schema: &Schema) -> Result<FieldRef> {
        Ok(Arc::new(datafusion::arrow::datatypes::Field::new(
            "index_filter",
            DataType::Boolean,
            false,
        )))
    }

    fn evaluate(&self, batch: &RecordBatch) -> Result<ColumnarValue> {
        match self.shared.get().filter(|_| self.exact) {
            Some(built) => Ok(ColumnarValue::Array(Arc::new(built.index.matches_any(
                &KeyedRows {
                    rows: batch.num_rows(),
                    keys: evaluate(&self.keys, batch)?,
                    groups: None,
                },
            )?))),
            None => Ok(ColumnarValue::Scalar(ScalarValue::Boolean(Some(true)))),
        }
    }

    fn children(&self) -> Vec<&Arc<dyn PhysicalExpr>> {
        self.keys.iter().collect()
    }

    fn with_new_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn PhysicalExpr>>,
    ) -> Result<Arc<dyn PhysicalExpr>> {
        if children.len() != self.keys.len() {
            return internal_err!("an index filter has as many children as keys");
        }
        Ok(Arc::new(Self {
            keys: children,
            ..self.as_ref().clone()
        }))
    }

    fn fmt_sql(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }

    fn snapshot(&self) -> Result<Option<Arc<dyn PhysicalExpr>>> {
        let Some(built) = self.shared.get() else {
            return Ok(Some(lit(true)));
        };
        let Some(key) = self.key else {
            let areas = built.areas().filter(|_| !self.after_areas);
            return Ok(Some(
                areas.map_or_else(|| lit(true), |areas| self.within_areas(areas)),
            ));
        };
        // With as many as there may be some are unions, perhaps.
        let outer_only = self.after_areas && built.areas().is_some_and(|areas| areas.len() < MOST_RANGES);
        let bounds = built.index.bounds().into_iter().find(|bounds| bounds.key == key);
        Ok(Some(match (bounds, self.keys.get(key)) {
            (Some(bounds), Some(key)) => within(key, &bounds, outer_only),
            _ => lit(true),
        }))
    }

    /// Zero is for what never changes.
    fn snapshot_generation(&self) -> u64 {
        if self.shared.get().is_some() { 2 } else { 1 }
    }
}

/// `key` in one of the ranges; the outer bounds first, because they are cheap and settle most.
fn within(key: &Arc<dyn PhysicalExpr>, bounds: &KeyBounds, outer_only: bool) -> Arc<dyn PhysicalExpr> {
    let (Some((low, _)), Some((_, high))) = (bounds.ranges.first(), bounds.ranges.last()) else {
        return lit(false);
    };
    let outer = between(key, low.as_ref(), high.as_ref());
    let ranges = bounds
        .ranges
        .iter()
        .map(|(low, high)| between(key, low.as_ref(), high.as_ref()));
    match bounds.ranges.len() {
        0 | 1 => outer,
        _ if outer_only => outer,
        _ => binary(outer, Operator::And, any(ranges.collect())),
    }
}

/// One of several conditions; false without any. As a tree and not as a chain: what asks every node for its type, asks all nodes
/// below it.
fn any(mut conditions: Vec<Arc<dyn PhysicalExpr>>) -> Arc<dyn PhysicalExpr> {
    while conditions.len() > 1 {
        let pairs = conditions.chunks(2).map(|pair| match pair {
            [one, other] => binary(Arc::clone(one), Operator::Or, Arc::clone(other)),
            rest => Arc::clone(&rest[0]),
        });
        conditions = pairs.collect();
    }
    conditions.pop().unwrap_or_else(|| lit(false))
}

fn between(
    key: &Arc<dyn PhysicalExpr>,
    low: Option<&ScalarValue>,
    high: Option<&ScalarValue>,
) -> Arc<dyn PhysicalExpr> {
    let above = low.map(|low| binary(Arc::clone(key), Operator::GtEq, lit(low.clone())));
    let below = high.map(|high| binary(Arc::clone(key), Operator::LtEq, lit(high.clone())));
    let both = above.into_iter().chain(below);
    both.reduce(|above, below| binary(above, Operator::And, below))
        .unwrap_or_else(|| lit(true))
}

fn binary(
    left: Arc<dyn PhysicalExpr>,
    operator: Operator,
    right: Arc<dyn PhysicalExpr>,
) -> Arc<dyn PhysicalExpr> {
    Arc::new(BinaryExpr::new(left, operator, right))
}

impl fmt::Display for IndexFilter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "IndexFilter [ ")?;
        // How many, not which: the bounds are data.
        match (self.shared.get(), self.key) {
            (None, _) => write!(formatter, "empty")?,
            (Some(built), Some(key)) => {
                let bounds = built.index.bounds();
                let bounds = bounds.iter().find(|bounds| bounds.key == key);
                let ranges = bounds.map_or(0, |bounds| bounds.ranges.len());
                write!(formatter, "{ranges} ranges")?;
            }
            (Some(built), None) => {
                write!(formatter, "{} areas", built.areas().map_or(0, <[Area]>::len))?;
            }
        }
        write!(formatter, " ]")
    }
}

impl PartialEq for IndexFilter {
    fn eq(&self, other: &Self) -> bool {
        (self.shared.id, self.key, self.after_areas) == (other.shared.id, other.key, other.after_areas)
            && self.keys == other.keys
    }
}

impl Eq for IndexFilter {}

impl Hash for IndexFilter {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.shared.id.hash(state);
        self.key.hash(state);
        self.after_areas.hash(state);
        self.keys.hash(state);
    }
}

#[cfg(test)]
#[path = "filter_tests.rs"]
mod tests;

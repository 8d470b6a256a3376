//! Points indexed, intervals probing: for when the side with the intervals is the larger one.

use std::ops::Range;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, BooleanArray};
use datafusion::common::{Result, ScalarValue, internal_err};
use tieline_index::ranges::Pairs;

use super::keys::{KeyColumn, value_at};
use crate::index::{JoinIndex, KeyBounds, KeyedRows, Matches, NO_GROUP};

/// The points of the build side in order, those of a group together.
///
/// An interval holds a run of them: two binary searches, then its rows one after the other.
#[derive(Debug)]
pub(super) struct PointIndex {
    points: KeyColumn,
    /// The group of every build row, where there are equal keys.
    groups: Option<Vec<u32>>,
    /// Rows of the build side by group, point and row; those that match nothing are left out.
    order: Vec<u32>,
    low_included: bool,
    high_included: bool,
    lowest: Option<ScalarValue>,
    highest: Option<ScalarValue>,
}

impl PointIndex {
    pub(super) fn build(
        array: &ArrayRef,
        groups: Option<&[u32]>,
        low_included: bool,
        high_included: bool,
    ) -> Result<Arc<dyn JoinIndex>> {
        let points = KeyColumn::of(array)?;
        let group = |row: u32| groups.map_or(0, |groups| groups[row as usize]);
        let live = |row: &u32| !points.is_null(*row as usize) && group(*row) != NO_GROUP;
        let mut order: Vec<u32> = (0..array.len() as u32).filter(live).collect();
        let by_point = |one: &u32, other: &u32| points.compare(*one as usize, &points, *other as usize);
        let lowest = order.iter().copied().min_by(by_point);
        let highest = order.iter().copied().max_by(by_point);
        order.sort_unstable_by(|one, other| {
            let by_group = group(*one).cmp(&group(*other));
            by_group.then_with(|| by_point(one, other)).then(one.cmp(other))
        });
        let value = |row: Option<u32>| row.and_then(|row| value_at(array, row as usize));
        let (lowest, highest) = (value(lowest), value(highest));
        Ok(Arc::new(Self {
            points,
            groups: groups.map(<[u32]>::to_vec),
            order,
            low_included,
            high_included,
            lowest,
            highest,
        }))
    }

    fn prepare(&self, rows: &KeyedRows) -> Result<Intervals> {
        let [low, high] = rows.keys.as_slice() else {
            return internal_err!("an interval is two keys");
        };
        Ok(Intervals {
            rows: rows.rows,
            low: KeyColumn::of(low)?,
            high: KeyColumn::of(high)?,
            groups: rows.groups.clone(),
        })
    }

    /// The run of points, as positions in `order`, that an interval holds.
    fn run(&self, intervals: &Intervals, row: usize) -> Range<usize> {
        let group = intervals.groups.as_ref().map_or(0, |groups| groups[row]);
        if intervals.low.is_null(row) || intervals.high.is_null(row) || group == NO_GROUP {
            return 0..0;
        }
        let group_of = |point: u32| self.groups.as_ref().map_or(0, |groups| groups[point as usize]);
        let start = self.order.partition_point(|point| {
            let by_group = group_of(*point).cmp(&group);
            let order = by_group.then_with(|| self.points.compare(*point as usize, &intervals.low, row));
            order.is_lt() || (order.is_eq() && !self.low_included)
        });
        let end = self.order.partition_point(|point| {
            let by_group = group_of(*point).cmp(&group);
            let order = by_group.then_with(|| self.points.compare(*point as usize, &intervals.high, row));
            order.is_lt() || (order.is_eq() && self.high_included)
        });
        // An interval whose bounds are the wrong way round holds nothing.
        start..end.max(start)
    }
}

impl JoinIndex for PointIndex {
    fn bytes(&self) -> usize {
        let groups = self.groups.as_ref().map_or(0, Vec::len);
        (self.order.len() + groups) * size_of::<u32>() + self.points.bytes()
    }

    fn probe(self: Arc<Self>, rows: KeyedRows) -> Result<Box<dyn Matches>> {
        let intervals = self.prepare(&rows)?;
        Ok(Box::new(PointMatches {
            run: 0..0,
            next_row: 0,
            index: self,
            intervals,
        }))
    }

    fn matches_any(&self, rows: &KeyedRows) -> Result<BooleanArray> {
        let intervals = self.prepare(rows)?;
        let any = (0..rows.rows).map(|row| !self.run(&intervals, row).is_empty());
        Ok(any.collect::<Vec<_>>().into())
    }

    /// An interval holds a point only if it begins before the last one and ends after the first one.
    fn bounds(&self) -> Vec<KeyBounds> {
        let bounds = |key, low: Option<ScalarValue>, high: Option<ScalarValue>| KeyBounds {
            key,
            ranges: if self.order.is_empty() {
                Vec::new()
            } else {
                vec![(low, high)]
            },
        };
        vec![
            bounds(0, None, self.highest.clone()),
            bounds(1, self.lowest.clone(), None),
        ]
    }
}

/// A batch of the probe side.
struct Intervals {
    rows: usize,
    low: KeyColumn,
    high: KeyColumn,
    groups: Option<Vec<u32>>,
}

struct PointMatches {
    index: Arc<PointIndex>,
    intervals: Intervals,
    /// What is left of the run of the row before `next_row`.
    run: Range<usize>,
    next_row: usize,
}

impl Matches for PointMatches {
    fn next(&mut self, limit: usize, pairs: &mut Pairs) -> bool {
        let full = pairs.len() + limit;
        loop {
            let taken = self.run.len().min(full - pairs.len());
            if taken > 0 {
                let rows = &self.index.order[self.run.start..self.run.start + taken];
                pairs.build.extend_from_slice(rows);
                pairs.probe.resize(pairs.build.len(), self.next_row as u32 - 1);
                self.run.start += taken;
            }
            if !self.run.is_empty() {
                return true;
            }
            if self.next_row == self.intervals.rows {
                return false;
            }
            if pairs.len() == full {
                return true;
            }
            self.run = self.index.run(&self.intervals, self.next_row);
            self.next_row += 1;
        }
    }
}

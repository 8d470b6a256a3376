//! Which side of a band join is indexed, and whether it is at all.

use std::sync::Arc;

use datafusion::common::{JoinSide, Result};
use datafusion::execution::memory_pool::human_readable_size;
use datafusion::physical_expr::PhysicalExpr;

use super::bucket;
use super::check;
use super::index::BandIndex;
use super::kind::BandKind;
use super::merge::MergePlan;
use super::recognise::BandPredicate;
use super::types::is_keyed;
use crate::operator::GroupTable;
use crate::plan::{Choice, How, PlannedJoin, runs_in_order, side_and_other};
use crate::ranges;
use crate::settings::{BandStrategy, RangeStrategy};

impl BandPredicate {
    /// `None` where DataFusion's own join does as well.
    pub(crate) fn choose(&self, join: &PlannedJoin<'_>) -> Result<Option<How>> {
        let set = join.settings.band_strategy;
        if set == BandStrategy::Auto && join.settings.range_strategy != RangeStrategy::Auto {
            // Beside an equal key many a range is a band: asked for as a range, it is one.
            return match ranges::recognise(&self.conditions, &join.sides()) {
                Some((range, used)) if used.len() == self.conditions.len() => {
                    Ok(range.choose(join)?.map(How::Index))
                }
                _ => self.index(join, "auto"),
            };
        }
        match set {
            BandStrategy::Hash => Ok(None),
            BandStrategy::Auto if join.has_single_row() => Ok(None),
            BandStrategy::Auto => self.auto(join),
            BandStrategy::Sorted => self.index(join, "set"),
            BandStrategy::Merge => {
                let (side, counts) = self.side(join);
                match MergePlan::of(self, join, side)? {
                    Ok(merge) => self.merge(join, merge, &format!("set, {counts}")),
                    Err(reason) => self.index(join, &format!("merge was set, but {reason}")),
                }
            }
            BandStrategy::Bucket => {
                let (side, counts) = self.side(join);
                match bucket::plan(self, join, side, &format!("set, {counts}"))? {
                    Ok(plan) => Ok(Some(How::Plan(plan))),
                    Err(reason) => self.index(join, &format!("bucket was set, but {reason}")),
                }
            }
        }
    }

    /// The index; a merge where that would not fit.
    ///
    /// Not where both sides come in order: the index goes along with them, on all threads, where a merge has one.
    fn auto(&self, join: &PlannedJoin<'_>) -> Result<Option<How>> {
        let (side, counts) = self.side(join);
        let limit = join.memory_limit.unwrap_or(usize::MAX);
        let needed = self.index_bytes(join, side);
        let Some(bytes) = needed.filter(|bytes| *bytes > limit / 2) else {
            return self.index(join, "auto");
        };
        let Ok(merge) = MergePlan::of(self, join, side)? else {
            return self.index(join, "auto");
        };
        let (bytes, limit) = (human_readable_size(bytes), human_readable_size(limit));
        let why =
            format!("auto, an index would take about {bytes} and memory is limited to {limit}, {counts}");
        self.merge(join, merge, &why)
    }

    fn merge(&self, join: &PlannedJoin<'_>, merge: MergePlan, why: &str) -> Result<Option<How>> {
        Ok(Some(How::Plan(merge.plan(join.why(why.to_owned()))?)))
    }

    /// What an index of a side takes while it is built, about, with the rows themselves. Where nobody knows what a filter keeps, it
    /// may keep all: too large an index ends the query, and a merge does not.
    fn index_bytes(&self, join: &PlannedJoin<'_>, side: JoinSide) -> Option<usize> {
        let [left, right] = join.rows();
        let told = if side == JoinSide::Left { left } else { right }.rows()?;
        let rows = join.most_rows(side).unwrap_or(told).max(told);
        let held = join.bytes(side)? as u128 * rows as u128 / told.max(1) as u128;
        let held = usize::try_from(held).unwrap_or(usize::MAX);
        let key = join.single_equal_key().ok().flatten();
        let key = key.filter(|(_, _, data_type)| is_keyed(data_type));
        let key_type = key.as_ref().map(|(_, _, data_type)| data_type);
        let intervals = self.bounds.len() > 1 && (side == JoinSide::Left) != self.point_left;
        let index = BandIndex::bytes_of(key_type, rows, intervals);
        let groups = if key.is_some() {
            0
        } else {
            GroupTable::build_bytes(rows, &[])
        };
        // While they are made one batch, the rows are there twice.
        Some(
            held.saturating_mul(2)
                .max(held.saturating_add(index).saturating_add(groups)),
        )
    }

    fn index(&self, join: &PlannedJoin<'_>, how: &str) -> Result<Option<How>> {
        let key = join
            .single_equal_key()?
            .filter(|(_, _, data_type)| is_keyed(data_type));
        if key.is_none() && !join.has_groups()? {
            return Ok(None);
        }
        let (build_side, why) = self.side(join);
        let builds_point = (build_side == JoinSide::Left) == self.point_left;
        let check = match self.safe == i64::MAX {
            true => None,
            // What fails for a pair must not be asked of one that other equal keys tell apart.
            false => match check::expression(self, builds_point, join)? {
                Some(check) if !join.has_ungrouped_keys()? => Some(check),
                _ => return Ok(None),
            },
        };
        let (point_side, bound_side) = side_and_other(self.point_left);
        let mut points = vec![join.physical(&self.point, point_side)?];
        let mut bounds = Vec::new();
        for bound in &self.bounds {
            bounds.push(join.physical(bound, bound_side)?);
        }
        let keyed = key.is_some();
        let mut in_order = false;
        if let Some((left, right, _)) = key {
            let (of_point, of_bound) = if self.point_left {
                (left, right)
            } else {
                (right, left)
            };
            let (point_key, bound_key) = ((point_side, &of_point), (bound_side, &of_bound));
            in_order = match builds_point {
                true => goes_along(join, point_key, bound_key)?,
                false => goes_along(join, bound_key, point_key)?,
            };
            points.insert(0, of_point);
            bounds.insert(0, of_bound);
        }
        let (build, probe) = if builds_point {
            (points, bounds)
        } else {
            (bounds, points)
        };
        let (_, probe_side) = side_and_other(build_side == JoinSide::Left);
        let probe_times = &probe[usize::from(keyed)..];
        let index = BandKind {
            probe_times: BandKind::types(probe_times, &join.input(probe_side).schema())?,
            build,
            probe,
            keyed,
            in_order,
            builds_point,
            low: self.low,
            high: self.high,
            safe: self.safe,
            unit: self.unit,
            check,
        };
        Ok(Some(How::Index(Choice {
            build_side,
            index: Arc::new(index),
            why: format!("{how}, {why}"),
        })))
    }

    /// Which side is indexed: the one with fewer rows. Of sides that are as large, or of which nothing is known,
    /// the right one.
    fn side(&self, join: &PlannedJoin<'_>) -> (JoinSide, String) {
        let named = |left: bool| if left { JoinSide::Left } else { JoinSide::Right };
        let [left, right] = join.rows();
        let counts = format!("{left} rows left, {right} right");
        let left_is_fewer = left
            .rows()
            .zip(right.rows())
            .is_some_and(|(left, right)| left < right);
        (named(left_is_fewer), counts)
    }
}

/// The side of a key, and the key.
type SideKey<'a> = (JoinSide, &'a Arc<dyn PhysicalExpr>);

/// Whether an index of one side is laid out for the other to come by its key: both do, and where the other begins anew, file by
/// file, it has at least half as many rows each time. With fewer, the rows in between cost more than a filter saves.
fn goes_along(join: &PlannedJoin<'_>, build: SideKey<'_>, probe: SideKey<'_>) -> Result<bool> {
    let [left, right] = join.rows();
    let rows = |side| if side == JoinSide::Left { left } else { right }.rows();
    let (Some(build_rows), Some(probe_rows)) = (rows(build.0), rows(probe.0)) else {
        return Ok(false);
    };
    let runs = |(side, key): SideKey<'_>| runs_in_order(key, join.input(side));
    Ok(match (runs(build)?, runs(probe)?) {
        (Some(_), Some(probe_runs)) => 2 * (probe_rows / probe_runs.max(1)) >= build_rows,
        _ => false,
    })
}

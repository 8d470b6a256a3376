//! When a band can be merged, and how.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{JoinSide, JoinType, Result};
use datafusion::logical_expr::Expr;
use datafusion::physical_plan::ExecutionPlan;

use super::super::check;
use super::super::kind::BandKind;
use super::super::recognise::BandPredicate;
use super::super::types::Counts;
use super::exec::{BandMergeExec, BandMergeParts};
use crate::plan::{PlannedJoin, side_and_other};

/// A merge that can be had.
pub(crate) struct MergePlan {
    parts: BandMergeParts,
}

impl MergePlan {
    /// Of a band, where `fewer` is the side with fewer rows; or why it cannot be merged.
    pub(crate) fn of(
        band: &BandPredicate,
        join: &PlannedJoin<'_>,
        fewer: JoinSide,
    ) -> Result<Result<Self, &'static str>> {
        let (on, filter) = join.conditions()?;
        if on.is_empty() {
            return Ok(Err("its keys are not equal keys of one type"));
        }
        for (key, _) in &on {
            let data_type = key.data_type(&join.input(JoinSide::Left).schema())?;
            if data_type.is_floating() {
                return Ok(Err(
                    "the two zeros of floating-point keys have two places in an order",
                ));
            }
            if data_type.is_nested() || matches!(data_type, DataType::RunEndEncoded(..) | DataType::Null) {
                return Ok(Err("not every key is of a type that is sorted"));
            }
        }
        let (point_side, bound_side) = side_and_other(band.point_left);
        let window_side = match band.bounds.len() {
            1 => window_side(join.join_type(), fewer),
            _ => bound_side,
        };
        let builds_point = window_side == point_side;
        let (_, stream_side) = side_and_other(window_side == JoinSide::Left);
        let check = match band.safe == i64::MAX {
            true => None,
            false => match check::expression(band, builds_point, join)? {
                Some(check) => Some(check),
                None => return Ok(Err("its condition is over more than the times")),
            },
        };
        let points = vec![join.physical(&band.point, point_side)?];
        let bounds = band.bounds.iter().map(|bound| join.physical(bound, bound_side));
        let bounds = bounds.collect::<Result<Vec<_>>>()?;
        let (build, probe) = if builds_point {
            (points, bounds)
        } else {
            (bounds, points)
        };
        let far_first = check.is_some() && !is_known_to_be_safe(band, join);
        let mut parts = BandMergeParts {
            left: Arc::clone(join.input(JoinSide::Left)),
            right: Arc::clone(join.input(JoinSide::Right)),
            join_type: join.join_type(),
            window_side,
            band: BandKind {
                probe_times: BandKind::types(&probe, &join.input(stream_side).schema())?,
                build,
                probe,
                keyed: false,
                in_order: false,
                builds_point,
                low: band.low,
                high: band.high,
                safe: band.safe,
                unit: band.unit,
                check,
            },
            on,
            null_equality: join.null_equality(),
            filter,
            projection: None,
            far_first,
            single: false,
            why: String::new(),
        };
        let ordered = BandMergeExec::try_new(parts.clone())?.is_ordered()?;
        // What is in order is not dealt out to partitions, which would have to sort it again.
        parts.single = ordered;
        Ok(Ok(Self { parts }))
    }

    /// The operator.
    pub(crate) fn plan(self, why: String) -> Result<Arc<dyn ExecutionPlan>> {
        let parts = BandMergeParts { why, ..self.parts };
        Ok(Arc::new(BandMergeExec::try_new(parts)?))
    }
}

/// A side that is kept whole streams, so that its rows keep their order; else that with fewer rows is the window.
fn window_side(join_type: JoinType, fewer: JoinSide) -> JoinSide {
    match join_type {
        JoinType::Inner | JoinType::Full => fewer,
        JoinType::Left | JoinType::LeftSemi | JoinType::LeftAnti | JoinType::LeftMark => JoinSide::Right,
        JoinType::Right | JoinType::RightSemi | JoinType::RightAnti | JoinType::RightMark => JoinSide::Left,
    }
}

/// Whether statistics say that all times can be computed with. They are of files and of tables, and do not change: a row
/// beyond them is an error when it comes.
fn is_known_to_be_safe(band: &BandPredicate, join: &PlannedJoin<'_>) -> bool {
    let (point_side, bound_side) = side_and_other(band.point_left);
    let is_safe = |time: &Expr, side: JoinSide| {
        let Some((least, greatest)) = join.range_of(time, side) else {
            return false;
        };
        [least, greatest].iter().all(|value| {
            let counts = value.to_array().and_then(|array| Counts::of(&array, band.unit));
            counts.is_ok_and(|counts| {
                !counts.is_null(0) && counts.values[0].unsigned_abs() <= band.safe.unsigned_abs()
            })
        })
    };
    is_safe(&band.point, point_side) && band.bounds.iter().all(|bound| is_safe(bound, bound_side))
}

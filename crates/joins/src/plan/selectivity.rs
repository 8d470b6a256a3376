//! What share of all pairs a predicate keeps, and which of several is the best to index.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{JoinSide, ScalarValue};
use datafusion::logical_expr::Expr;

use super::candidates::is_temporal;
use super::predicate::Predicate;
use super::{Sides, side_and_other};
use crate::bands::BandPredicate;
use crate::fences::IN_A_FENCE;

/// What a condition keeps of which nothing is known: as DataFusion takes it.
pub(crate) const UNKNOWN_SHARE: f64 = 0.2;
/// What a band around a value keeps of the pairs with an equal key, where nothing is known of the times.
const BAND_SHARE: f64 = 0.05;
/// Nothing is taken to keep less.
const LEAST_SHARE: f64 = 1e-9;

/// A pair tested for something simple, and one whose geometry is tested, in nanoseconds.
const TEST: f64 = 10.0;
const GEOMETRY_TEST: f64 = 1_000.0;
/// A geometry put into an index, in nanoseconds.
const GEOMETRY: f64 = 5_000.0;
/// Only a predicate that costs less than this share of the usual one is taken for it: estimates are rough.
const WORTH_IT: f64 = 0.5;

/// What is known of the inputs of a join.
pub(crate) trait Known {
    /// Rows of a side, before its filters: what a share is a share of.
    fn rows(&self, side: JoinSide) -> Option<f64>;

    /// How many values a key of a side has.
    fn distinct(&self, key: &Expr, side: JoinSide) -> Option<f64>;

    /// The least and the greatest value of an expression over a side, as numbers.
    fn range(&self, expr: &Expr, side: JoinSide) -> Option<(f64, f64)>;
}

/// The share of all pairs that a predicate keeps; of a band, of those with equal keys.
pub(crate) fn share(predicate: &Predicate, known: &dyn Known, sides: &Sides<'_>) -> f64 {
    told_share(predicate, known).unwrap_or_else(|| match predicate {
        // What a point is looked up in is nearly disjoint, about one match among all of them; what holds for a time is not.
        Predicate::Range(range) if is_temporal(&range.point, sides) => UNKNOWN_SHARE,
        Predicate::Range(range) => one_of(known, side_and_other(range.point_left).1),
        Predicate::Band(band) if band.bounds.len() == 1 => BAND_SHARE,
        _ => UNKNOWN_SHARE,
    })
}

/// The same, where statistics say it. Of geometries they say how many there are, and no more is needed.
fn told_share(predicate: &Predicate, known: &dyn Known) -> Option<f64> {
    match predicate {
        Predicate::Range(range) => {
            let (point_side, interval_side) = side_and_other(range.point_left);
            let [low, high] = range.interval.as_slice() else {
                return None;
            };
            let point = known.range(&range.point, point_side)?;
            let interval = [
                known.range(low, interval_side)?,
                known.range(high, interval_side)?,
            ];
            let share = share_between(point, interval)?;
            Some(share.max(one_of(known, interval_side)))
        }
        Predicate::Band(band) => told_share_of_band(band, known),
        Predicate::Fence(fence) => Some(IN_A_FENCE * one_of(known, side_and_other(fence.geometry_left).0)),
        Predicate::Near(near) => Some(IN_A_FENCE * one_of(known, side_and_other(near.geometry_left).0)),
    }
}

/// The width of a band over the time in which the point's side lies.
fn told_share_of_band(band: &BandPredicate, known: &dyn Known) -> Option<f64> {
    let (point_side, bound_side) = side_and_other(band.point_left);
    let range = |(expr, units): (&Expr, &i64), side| {
        let (least, greatest) = known.range(expr, side)?;
        Some((least * *units as f64, greatest * *units as f64))
    };
    let mut keys = band.keys().into_iter().zip(&band.units);
    let (least, greatest) = range(keys.next()?, point_side)?;
    if let (Some(low), Some(high)) = (keys.next(), keys.next()) {
        return share_between(
            (least, greatest),
            [range(low, bound_side)?, range(high, bound_side)?],
        );
    }
    let share = band.width()? as f64 / (greatest - least);
    share.is_finite().then(|| share.clamp(LEAST_SHARE, 1.0))
}

/// The share of one row of a side.
fn one_of(known: &dyn Known, side: JoinSide) -> f64 {
    1.0 / known.rows(side).unwrap_or(1.0).max(1.0)
}

/// How long the intervals are on average, over all that points and intervals span: the share of points in one, if both lie
/// anywhere in that.
fn share_between(point: (f64, f64), [low, high]: [(f64, f64); 2]) -> Option<f64> {
    let span = point.1.max(high.1) - point.0.min(low.0);
    let length = f64::midpoint(high.0, high.1) - f64::midpoint(low.0, low.1);
    let share = if span > 0.0 { length / span } else { 1.0 };
    share.is_finite().then(|| share.clamp(LEAST_SHARE, 1.0))
}

/// Which of the predicates of one join is the best to index, where they are in the order of [`super::candidates`].
pub(crate) fn best(predicates: &[Predicate], on: &[(Expr, Expr)], known: &dyn Known) -> usize {
    let cost = |position: usize| cost(position, predicates, on, known);
    // Without another there is nothing to ask for.
    let Some(usual) = (predicates.len() > 1).then(|| cost(0)).flatten() else {
        return 0;
    };
    let others = (1..predicates.len()).filter_map(|position| Some((position, cost(position)?)));
    let least = others.min_by(|one, other| one.1.total_cmp(&other.1));
    match least {
        Some((position, cost)) if cost < WORTH_IT * usual => position,
        _ => 0,
    }
}

/// What it costs to index a predicate and to test the pairs that it keeps for all others; `None` where too little is known.
fn cost(position: usize, predicates: &[Predicate], on: &[(Expr, Expr)], known: &dyn Known) -> Option<f64> {
    let is_geometric = |one: &Predicate| matches!(one, Predicate::Fence(_) | Predicate::Near(_));
    let predicate = &predicates[position];
    let mut pairs =
        known.rows(JoinSide::Left)? * known.rows(JoinSide::Right)? * told_share(predicate, known)?;
    let mut build = 0.0;
    match predicate {
        Predicate::Band(_) => pairs *= share_of_keys(on, known)?,
        Predicate::Fence(fence) => build = GEOMETRY * known.rows(side_and_other(fence.geometry_left).0)?,
        Predicate::Near(near) => build = GEOMETRY * known.rows(side_and_other(near.geometry_left).0)?,
        Predicate::Range(_) => {}
    }
    let mut others = predicates
        .iter()
        .enumerate()
        .filter(|(other, _)| *other != position);
    let test = match others.any(|(_, other)| is_geometric(other)) {
        true => GEOMETRY_TEST,
        false => TEST,
    };
    Some(build + pairs * test)
}

/// The share of all pairs that have equal keys.
fn share_of_keys(on: &[(Expr, Expr)], known: &dyn Known) -> Option<f64> {
    let share = |(left, right): &(Expr, Expr)| {
        let values = known
            .distinct(left, JoinSide::Left)?
            .max(known.distinct(right, JoinSide::Right)?);
        Some(1.0 / values.max(1.0))
    };
    on.iter().map(share).product()
}

/// A value as a number, in the unit of its type: of what is ordered as numbers are.
pub(crate) fn as_number(value: &ScalarValue) -> Option<f64> {
    if let ScalarValue::FixedSizeBinary(16, Some(bytes)) = value {
        return Some(u128::from_be_bytes(bytes.as_slice().try_into().ok()?) as f64);
    }
    let value = match value.data_type() {
        data_type if data_type.is_numeric() => value.cast_to(&DataType::Float64),
        data_type if data_type.is_temporal() => value
            .cast_to(&DataType::Int64)
            .and_then(|count| count.cast_to(&DataType::Float64)),
        _ => return None,
    };
    match value.ok()? {
        ScalarValue::Float64(number) => number.filter(|number| number.is_finite()),
        _ => None,
    }
}

#[cfg(test)]
#[path = "selectivity_tests.rs"]
mod tests;

//! Finds the band among the conditions of a join.

use datafusion::arrow::datatypes::{DataType, TimeUnit};
use datafusion::logical_expr::Expr;

use super::limits::{Limit, limits};
use super::types::units_of;
use crate::plan::Sides;

/// A value of one side close to one of the other, or between two of the other.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd)]
pub(crate) struct BandPredicate {
    /// Over the columns of the one side.
    pub(crate) point: Expr,
    /// Whether that is the left side of the join.
    pub(crate) point_left: bool,
    /// Over the columns of the other side: one value that the point is close to, or two that it is between.
    pub(crate) bounds: Vec<Expr>,
    /// The least that the point may be above the first bound.
    pub(crate) low: i64,
    /// The most that it may be above the last.
    pub(crate) high: i64,
    /// Counts at most this far from zero are safe to compute with as the conditions do.
    pub(crate) safe: i64,
    /// The unit that times are counted in, where it is not that of all of them.
    pub(crate) unit: Option<TimeUnit>,
    /// How many of it one count of the point is, and of each bound.
    pub(crate) units: Vec<i64>,
    /// The conditions of the join that this is, as they were written.
    pub(crate) conditions: Vec<Expr>,
}

impl BandPredicate {
    /// The point, then the bounds.
    pub(crate) fn keys(&self) -> Vec<&Expr> {
        [&self.point].into_iter().chain(&self.bounds).collect()
    }

    /// The same over other expressions: the point, then the bounds.
    pub(crate) fn with(&self, mut keys: Vec<Expr>, conditions: Vec<Expr>) -> Self {
        let bounds = keys.split_off(keys.len().min(1));
        Self {
            point: keys.pop().unwrap_or_else(|| self.point.clone()),
            bounds,
            conditions,
            ..self.clone()
        }
    }

    /// How wide it is, where it is as wide for every row.
    pub(crate) fn width(&self) -> Option<i64> {
        match self.bounds.len() {
            1 => Some(self.high.checked_sub(self.low)?.max(0)),
            _ => None,
        }
    }
}

/// The first band among conditions that all must hold, and the positions of its own. One around a value comes before one
/// between two.
pub(crate) fn recognise(conditions: &[Expr], sides: &Sides<'_>) -> Option<(BandPredicate, Vec<usize>)> {
    let limits: Vec<(usize, Limit<'_>)> = conditions
        .iter()
        .enumerate()
        .flat_map(|(position, condition)| {
            limits(condition, sides)
                .into_iter()
                .map(move |limit| (position, limit))
        })
        .collect();
    let around = |least: &Limit<'_>, most: &Limit<'_>| {
        let same = least.left == most.left && least.right == most.right;
        same.then(|| band(least.left, true, &[least.right], least, most))?
    };
    let between = |least: &Limit<'_>, most: &Limit<'_>| {
        if least.left == most.left {
            band(least.left, true, &[least.right, most.right], least, most)
        } else if least.right == most.right {
            // left - right <= most is right - left >= -most.
            band(least.right, false, &[most.left, least.left], least, most)
        } else {
            None
        }
    };
    let (found, mut positions) = first_pair(&limits, around).or_else(|| first_pair(&limits, between))?;
    // In the order in which they are written, in which SQL settles them.
    positions.sort_unstable();
    positions.dedup();
    let own = positions
        .iter()
        .map(|position| conditions[*position].clone())
        .collect();
    Some((
        BandPredicate {
            conditions: own,
            ..found
        },
        positions,
    ))
}

fn first_pair(
    limits: &[(usize, Limit<'_>)],
    band: impl Fn(&Limit<'_>, &Limit<'_>) -> Option<BandPredicate>,
) -> Option<(BandPredicate, Vec<usize>)> {
    // A condition that is both ends by itself is a band by itself: taken for one end of another, its other end would be lost.
    let is_one_end = |position: &usize| limits.iter().filter(|(other, _)| other == position).count() == 1;
    limits.iter().find_map(|(lower, least)| {
        limits.iter().find_map(|(upper, most)| {
            let whole = lower == upper || (is_one_end(lower) && is_one_end(upper));
            if !least.at_least || most.at_least || !whole {
                return None;
            }
            band(least, most).map(|band| (band, vec![*lower, *upper]))
        })
    })
}

/// `None` where the two limits are not counted in one unit.
fn band(
    point: &Expr,
    point_left: bool,
    bounds: &[&Expr],
    least: &Limit<'_>,
    most: &Limit<'_>,
) -> Option<BandPredicate> {
    let unit = least.counting.unit.max(most.counting.unit);
    let (of_least, of_most) = (units_of_limit(least, unit)?, units_of_limit(most, unit)?);
    let least_count = least.count.checked_mul(of_least)?;
    let most_count = most.count.checked_mul(of_most)?;
    let (low, high) = match point_left {
        true => (least_count, most_count),
        false => (-most_count, -least_count),
    };
    let (point_at, bound_at) = if point_left { (0, 1) } else { (1, 0) };
    let (first, last) = match point_left {
        true => ((least, of_least), (most, of_most)),
        false => ((most, of_most), (least, of_least)),
    };
    let units = |(limit, units): (&Limit<'_>, i64), at: usize| limit.counting.units[at].checked_mul(units);
    let all = [(first, point_at), (first, bound_at), (last, bound_at)];
    let units = all
        .into_iter()
        .take(1 + bounds.len())
        .map(|(limit, at)| units(limit, at));
    let units = units.collect::<Option<Vec<i64>>>()?;
    Some(BandPredicate {
        point: point.clone(),
        point_left,
        bounds: bounds.iter().map(|bound| (*bound).clone()).collect(),
        low,
        high,
        safe: safe_of(least, of_least).min(safe_of(most, of_most)),
        unit: unit.filter(|_| units.iter().any(|units| *units != 1)),
        units,
        conditions: Vec::new(),
    })
}

/// How many of a unit one of a limit's is; of what is no time both are none.
fn units_of_limit(limit: &Limit<'_>, unit: Option<TimeUnit>) -> Option<i64> {
    match (limit.counting.unit, unit) {
        (Some(own), Some(unit)) => units_of(&DataType::Timestamp(own, None), unit),
        (None, None) => Some(1),
        _ => None,
    }
}

fn safe_of(limit: &Limit<'_>, units: i64) -> i64 {
    limit.counting.safe.saturating_mul(units)
}

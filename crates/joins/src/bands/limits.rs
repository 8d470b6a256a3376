//! What a condition says of the difference between a value of the left side and one of the right.

use datafusion::arrow::datatypes::{DataType, IntervalUnit};
use datafusion::common::{JoinSide, ScalarValue};
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::{BinaryExpr, Cast, Expr, ExprSchemable, Operator};

use super::constants::{added, compared_duration, compared_interval, compared_number, seconds};
use super::types::{is_supported, safe_limit, unit_ns};
use crate::plan::{Sides, days_are_equal, never_fails};

/// `left - right` is at least, or at most, so much.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Limit<'a> {
    /// Over the columns of the join's left side.
    pub(super) left: &'a Expr,
    /// Over those of the right side, of the same type.
    pub(super) right: &'a Expr,
    /// At least, or at most.
    pub(super) at_least: bool,
    /// So much is allowed.
    pub(super) count: i64,
    /// Values at most this far from zero can be computed with, whatever else is in the condition.
    pub(super) safe: i64,
}

/// The limits that a condition consists of: none where it is anything else.
pub(super) fn limits<'a>(condition: &'a Expr, sides: &Sides<'_>) -> Vec<Limit<'a>> {
    let Expr::BinaryExpr(BinaryExpr { left, op, right }) = condition else {
        return Vec::new();
    };
    if !matches!(op, Operator::Lt | Operator::LtEq | Operator::Gt | Operator::GtEq) {
        return Vec::new();
    }
    let (left, right, op) = match (left.as_ref(), op.swap()) {
        // The constant last.
        (constant @ Expr::Literal(..), Some(swapped)) => (right.as_ref(), constant, swapped),
        _ => (left.as_ref(), right.as_ref(), *op),
    };
    let found = match right {
        Expr::Literal(..) => of_difference(left, op, right, sides),
        _ => of_two_sides(left, op, right, sides).map(|limit| vec![limit]),
    };
    found.unwrap_or_default()
}

/// `a + x <= b + y`, with the constants in either place or none.
fn of_two_sides<'a>(left: &'a Expr, op: Operator, right: &'a Expr, sides: &Sides<'_>) -> Option<Limit<'a>> {
    let (one, one_added) = shifted(left, sides)?;
    let (other, other_added) = shifted(right, sides)?;
    if !is_harmless(one, sides) || !is_harmless(other, sides) {
        return None;
    }
    let data_type = type_of(one, sides)?;
    if !is_supported(&data_type) || type_of(other, sides)? != data_type {
        return None;
    }
    let computed = one_added != 0 || other_added != 0;
    let safe = if computed {
        safe_limit(&data_type)?
    } else {
        i64::MAX
    };
    if one_added.unsigned_abs() > safe as u64 || other_added.unsigned_abs() > safe as u64 {
        return None;
    }
    // one - other <= other_added - one_added
    let difference = other_added.checked_sub(one_added)?;
    directed(one, other, closed(op, difference)?, safe, sides)
}

/// An expression as another and a constant that is added to it.
fn shifted<'a>(expr: &'a Expr, sides: &Sides<'_>) -> Option<(&'a Expr, i64)> {
    let Expr::BinaryExpr(BinaryExpr { left, op, right }) = expr else {
        return Some((expr, 0));
    };
    let (inner, constant, sign) = match (left.as_ref(), op, right.as_ref()) {
        (inner, Operator::Plus, constant @ Expr::Literal(..)) => (inner, constant, 1),
        (constant @ Expr::Literal(..), Operator::Plus, inner) => (inner, constant, 1),
        (inner, Operator::Minus, constant @ Expr::Literal(..)) => (inner, constant, -1),
        // Something else of one side: as it is.
        _ => return Some((expr, 0)),
    };
    let inner_type = type_of(inner, sides)?;
    // A sum of another type is one of which we do not know the arithmetic.
    let shift = match type_of(expr, sides)? == inner_type {
        true => added(constant, &inner_type),
        false => None,
    };
    let shift = shift.and_then(|shift| shift.checked_mul(sign));
    Some(shift.map_or((expr, 0), |shift| (inner, shift)))
}

/// `a - b <= x`, `abs(a - b) <= x`, `time_gap(a, b) <= x`.
fn of_difference<'a>(
    difference: &'a Expr,
    op: Operator,
    constant: &Expr,
    sides: &Sides<'_>,
) -> Option<Vec<Limit<'a>>> {
    if let Expr::ScalarFunction(call) = difference {
        return of_function(call, op, constant, sides);
    }
    let (one, other, data_type) = subtracted(difference, sides)?;
    let (count, safe) = compared(difference, constant, &data_type)?;
    if count.unsigned_abs() > safe as u64 {
        return None;
    }
    Some(vec![directed(one, other, closed(op, count)?, safe, sides)?])
}

/// What is subtracted from what, and the type of both; a cast of the difference is looked through.
fn subtracted<'a>(expr: &'a Expr, sides: &Sides<'_>) -> Option<(&'a Expr, &'a Expr, DataType)> {
    let expr = match expr {
        Expr::Cast(Cast { expr, field }) if changes_only_type(field.data_type()) => expr.as_ref(),
        _ => expr,
    };
    let Expr::BinaryExpr(BinaryExpr {
        left,
        op: Operator::Minus,
        right,
    }) = expr
    else {
        return None;
    };
    let data_type = type_of(left, sides)?;
    let same = type_of(right, sides)? == data_type && is_harmless(left, sides) && is_harmless(right, sides);
    let understood = data_type.is_signed_integer() || matches!(data_type, DataType::Timestamp(..));
    (same && understood).then_some((left, right, data_type))
}

/// Casts of a difference that change nothing but the type.
fn changes_only_type(data_type: &DataType) -> bool {
    matches!(
        data_type,
        DataType::Int64 | DataType::Interval(IntervalUnit::MonthDayNano)
    )
}

/// What the difference of two values of a type is compared with, and how far from zero they may be for that.
fn compared(difference: &Expr, constant: &Expr, data_type: &DataType) -> Option<(i64, i64)> {
    let safe = safe_limit(data_type)?;
    if data_type.is_signed_integer() {
        return Some((compared_number(constant)?, safe));
    }
    match difference {
        Expr::Cast(_) => {
            // The interval counts in nanoseconds and fails where these do not fit.
            let in_ns = i64::try_from(i128::from(i64::MAX / 2) / unit_ns(data_type)?).ok()?;
            Some((compared_interval(constant, data_type)?, safe.min(in_ns)))
        }
        _ => Some((compared_duration(constant, data_type)?, safe)),
    }
}

fn of_function<'a>(
    call: &'a ScalarFunction,
    op: Operator,
    constant: &Expr,
    sides: &Sides<'_>,
) -> Option<Vec<Limit<'a>>> {
    if !matches!(op, Operator::Lt | Operator::LtEq) {
        return None;
    }
    let (one, other, most, safe) = match (call.name(), call.args.as_slice()) {
        ("abs", [difference]) => {
            let (one, other, data_type) = subtracted(difference, sides)?;
            let safe = safe_limit(&data_type)?;
            let (_, most) = closed(op, compared_number(constant)?)?;
            (one, other, most, data_type.is_signed_integer().then_some(safe)?)
        }
        ("time_gap", [one, other]) => {
            let data_type = type_of(one, sides)?;
            let unit = unit_ns(&data_type)?;
            (is_harmless(one, sides) && is_harmless(other, sides)).then_some(())?;
            // It takes any two types; limits of one are told to the scan of the other.
            (type_of(other, sides)? == data_type).then_some(())?;
            // Seconds have no arithmetic that could fail.
            (one, other, largest_gap(op, seconds(constant)?, unit)?, i64::MAX)
        }
        _ => return None,
    };
    if most < 0 || most.unsigned_abs() > safe as u64 {
        return None;
    }
    let bounds = [(true, -most), (false, most)];
    bounds
        .into_iter()
        .map(|bound| directed(one, other, bound, safe, sides))
        .collect()
}

/// The largest difference, in units, of which `time_gap` gives at most, or less than, so many seconds.
fn largest_gap(op: Operator, seconds: f64, unit_ns: i128) -> Option<i64> {
    // Beyond 100 days a gap in nanoseconds is rounded twice, and may come out larger than a longer one.
    if unit_ns == 1 && seconds > 8_640_000.0 {
        return None;
    }
    let within = |gap: i64| {
        let gap = tieline_functions::gap_seconds(gap.unsigned_abs().into(), unit_ns.unsigned_abs());
        if op == Operator::LtEq {
            gap <= seconds
        } else {
            gap < seconds
        }
    };
    if !within(0) || within(i64::MAX) {
        return None;
    }
    let (mut within_gap, mut beyond) = (0, i64::MAX);
    while beyond - within_gap > 1 {
        let middle = within_gap + (beyond - within_gap) / 2;
        if within(middle) {
            within_gap = middle;
        } else {
            beyond = middle;
        }
    }
    Some(within_gap)
}

/// A comparison with a count as one that includes it, and whether it is with the least or the most.
fn closed(op: Operator, count: i64) -> Option<(bool, i64)> {
    Some(match op {
        Operator::GtEq => (true, count),
        Operator::Gt => (true, count.checked_add(1)?),
        Operator::LtEq => (false, count),
        Operator::Lt => (false, count.checked_sub(1)?),
        _ => return None,
    })
}

/// `one - other` with the left side first.
fn directed<'a>(
    one: &'a Expr,
    other: &'a Expr,
    (at_least, count): (bool, i64),
    safe: i64,
    sides: &Sides<'_>,
) -> Option<Limit<'a>> {
    let (left, right, at_least, count) = match (sides.of(one)?, sides.of(other)?) {
        (JoinSide::Left, JoinSide::Right) => (one, other, at_least, count),
        (JoinSide::Right, JoinSide::Left) => (other, one, !at_least, count.checked_neg()?),
        _ => return None,
    };
    // The least number has no negative.
    (count != i64::MIN).then_some(Limit {
        left,
        right,
        at_least,
        count,
        safe,
    })
}

/// Whether an expression can be computed for every row, also for one that meets no other and of which SQL would not compute it:
/// it does not fail, but for moments hundreds of thousands of years away.
fn is_harmless(expr: &Expr, sides: &Sides<'_>) -> bool {
    match expr {
        Expr::Column(_) | Expr::Literal(..) => true,
        Expr::Cast(Cast { expr: inner, field }) => {
            let from = type_of(inner, sides);
            from.is_some_and(|from| never_fails(&from, field.data_type())) && is_harmless(inner, sides)
        }
        Expr::BinaryExpr(BinaryExpr {
            left,
            op: Operator::Plus | Operator::Minus,
            right,
        }) => {
            // The hour of a clock that is put forward is no moment: there a day later may be none either.
            let is_in_zone = type_of(expr, sides).is_some_and(|sum| !days_are_equal(&sum));
            !is_in_zone && is_harmless(left, sides) && is_harmless(right, sides)
        }
        _ => false,
    }
}

fn type_of(expr: &Expr, sides: &Sides<'_>) -> Option<DataType> {
    if matches!(expr, Expr::Literal(ScalarValue::Null, _)) {
        return None;
    }
    expr.get_type(sides.schema_of(expr)?).ok()
}

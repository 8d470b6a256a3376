//! What a condition says of the difference between a value of the left side and one of the right.

use datafusion::arrow::datatypes::{DataType, IntervalUnit, TimeUnit};
use datafusion::common::{JoinSide, ScalarValue};
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::{BinaryExpr, Cast, Expr, ExprSchemable, Operator};

use super::constants::{added, compared_duration, compared_interval, compared_number, seconds};
use super::types::{is_supported, only_counts_finer, safe_limit, same_counts, unit_ns, units_of};
use crate::plan::{Sides, days_are_equal, never_fails};

/// `left - right` is at least, or at most, so much.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Limit<'a> {
    /// Over the columns of the join's left side.
    pub(super) left: &'a Expr,
    /// Over those of the right side; one type is that of the other, or both are of times.
    pub(super) right: &'a Expr,
    /// At least, or at most.
    pub(super) at_least: bool,
    /// So much is allowed.
    pub(super) count: i64,
    pub(super) counting: Counting,
}

/// How the values of a condition are counted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Counting {
    /// Of times that are not dates the unit in which they are compared.
    pub(super) unit: Option<TimeUnit>,
    /// How many of it one count of the left value is, and of the right one.
    pub(super) units: [i64; 2],
    /// Counts at most this far from zero can be computed with, whatever else is in the condition.
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
    let (one, other) = (Counted::of(left, sides)?, Counted::of(right, sides)?);
    let data_type = type_of(left, sides)?;
    if !is_supported(&data_type) || type_of(right, sides)? != data_type {
        return None;
    }
    let computed = one.computed || other.computed;
    let counting = Counting::of([one.base, other.base], &data_type, computed, sides)?;
    let is_within = |added: i64| added.unsigned_abs() <= counting.safe as u64;
    if !is_within(one.added) || !is_within(other.added) {
        return None;
    }
    // one - other <= other.added - one.added
    let difference = other.added.checked_sub(one.added)?;
    directed(one.base, other.base, closed(op, difference)?, counting, sides)
}

impl Counting {
    /// Of two values that are compared as a type, where something is computed with them or nothing.
    fn of(values: [&Expr; 2], compared: &DataType, computed: bool, sides: &Sides<'_>) -> Option<Self> {
        let is_left = |value: &&Expr| sides.of(value) == Some(JoinSide::Left);
        let unit = match compared {
            DataType::Timestamp(unit, _) => Some(*unit),
            _ => None,
        };
        let mut counting = Self {
            unit,
            units: [1; 2],
            safe: if computed { safe_limit(compared)? } else { i64::MAX },
        };
        for value in values {
            let own = type_of(value, sides)?;
            if same_counts(&own, compared) {
                continue;
            }
            let units = units_of(&own, unit?)?;
            counting.units[usize::from(!is_left(&value))] = units;
            let own = safe_limit(&own)?.saturating_mul(units);
            counting.safe = counting.safe.min(own).min(safe_limit(compared)?);
        }
        Some(counting)
    }
}

/// An expression by another one.
struct Counted<'a> {
    /// Harmless, and counts as much but for a constant.
    base: &'a Expr,
    /// That constant, in the unit of the whole.
    added: i64,
    /// Whether the whole may fail where this does not.
    computed: bool,
}

impl<'a> Counted<'a> {
    fn of(whole: &'a Expr, sides: &Sides<'_>) -> Option<Self> {
        let (sum, sum_can_fail) = without_casts(whole, sides)?;
        let (inner, added) = shifted(sum, sides)?;
        let (base, base_can_fail) = without_casts(inner, sides)?;
        let units = match type_of(whole, sides)? {
            DataType::Timestamp(unit, _) => units_of(&type_of(sum, sides)?, unit)?,
            _ => 1,
        };
        is_harmless(base, sides).then_some(Self {
            base,
            added: added.checked_mul(units)?,
            computed: added != 0 || sum_can_fail || base_can_fail,
        })
    }
}

/// The times that casts only count in a unit as fine or finer, and whether some of these fail of times which are far out.
fn without_casts<'a>(expr: &'a Expr, sides: &Sides<'_>) -> Option<(&'a Expr, bool)> {
    let (mut times, mut can_fail) = (expr, false);
    while let Expr::Cast(Cast { expr: inner, field }) = times {
        let (from, to) = (type_of(inner, sides)?, field.data_type());
        if !only_counts_finer(&from, to) {
            break;
        }
        can_fail |= !never_fails(&from, to);
        times = inner;
    }
    Some((times, can_fail))
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
    let mut counting = Counting::of([one, other], &data_type, true, sides)?;
    counting.safe = counting.safe.min(safe);
    if count.unsigned_abs() > counting.safe as u64 {
        return None;
    }
    Some(vec![directed(one, other, closed(op, count)?, counting, sides)?])
}

/// What is subtracted from what, and the type as which both are counted; a cast of the difference is looked through.
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
    let same = same_counts(&type_of(right, sides)?, &data_type);
    let ((left, _), (right, _)) = (without_casts(left, sides)?, without_casts(right, sides)?);
    let harmless = is_harmless(left, sides) && is_harmless(right, sides);
    let understood = data_type.is_signed_integer() || matches!(data_type, DataType::Timestamp(..));
    (same && harmless && understood).then_some((left, right, data_type))
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
    let (one, other, most, counting) = match (call.name(), call.args.as_slice()) {
        ("abs", [difference]) => {
            let (one, other, data_type) = subtracted(difference, sides)?;
            data_type.is_signed_integer().then_some(())?;
            let (_, most) = closed(op, compared_number(constant)?)?;
            (
                one,
                other,
                most,
                Counting::of([one, other], &data_type, true, sides)?,
            )
        }
        ("time_gap", [one, other]) => {
            (is_harmless(one, sides) && is_harmless(other, sides)).then_some(())?;
            let data_type = finer(type_of(one, sides)?, type_of(other, sides)?)?;
            let most = largest_gap(op, seconds(constant)?, unit_ns(&data_type)?)?;
            // Seconds have no arithmetic that could fail; what has no count in the finer unit is too far out all the same.
            (
                one,
                other,
                most,
                Counting::of([one, other], &data_type, false, sides)?,
            )
        }
        _ => return None,
    };
    if most < 0 || most.unsigned_abs() > counting.safe as u64 {
        return None;
    }
    let bounds = [(true, -most), (false, most)];
    bounds
        .into_iter()
        .map(|bound| directed(one, other, bound, counting, sides))
        .collect()
}

/// Of two types of times the one with the finer unit.
fn finer(one: DataType, other: DataType) -> Option<DataType> {
    let (of_one, of_other) = (unit_ns(&one)?, unit_ns(&other)?);
    Some(if of_one <= of_other { one } else { other })
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
    counting: Counting,
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
        counting,
    })
}

/// Whether an expression can be computed for every row, also for one that meets no other and of which SQL would not compute it:
/// it does not fail, but for times at the end of those that their type has: hundreds of thousands of years away, or in nanoseconds
/// the year 2262.
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

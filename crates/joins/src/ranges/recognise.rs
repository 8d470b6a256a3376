//! Finds the range among the conditions of a join.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::JoinSide;
use datafusion::logical_expr::{BinaryExpr, Expr, ExprSchemable, Operator};
use tieline_functions::is_address;

use super::is_supported;
use super::kind::RangeSource;
use crate::plan::Sides;

/// A point of one side within an interval of the other.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd)]
pub(crate) struct RangePredicate {
    /// Over the columns of the one side.
    pub(crate) point: Expr,
    /// Whether that is the left side of the join.
    pub(crate) point_left: bool,
    /// Over the columns of the other side: lower and upper bound, or the prefix.
    pub(crate) interval: Vec<Expr>,
    pub(crate) source: RangeSource,
    /// The conditions of the join that this is, as they were written.
    pub(crate) conditions: Vec<Expr>,
}

impl RangePredicate {
    /// The same over other expressions: the point, then the interval.
    pub(crate) fn with(&self, mut keys: Vec<Expr>, conditions: Vec<Expr>) -> Self {
        let interval = keys.split_off(keys.len().min(1));
        Self {
            point: keys.pop().unwrap_or_else(|| self.point.clone()),
            interval,
            conditions,
            ..self.clone()
        }
    }
}

/// The first range among conditions that all must hold, and the positions of its own.
///
/// `point BETWEEN low AND high` has become two comparisons by now, and `ip_in_range` the same two.
pub(crate) fn recognise(conditions: &[Expr], sides: &Sides<'_>) -> Option<(RangePredicate, Vec<usize>)> {
    let comparisons: Vec<_> = conditions
        .iter()
        .map(|condition| Comparison::of(condition, sides))
        .collect();
    let pairs = comparisons.iter().enumerate().flat_map(|(lower, one)| {
        comparisons
            .iter()
            .enumerate()
            .filter_map(move |(upper, other)| Some((lower, upper, one.as_ref()?, other.as_ref()?)))
    });
    let mut ranges = pairs.filter_map(|(lower, upper, one, other)| {
        let range = one.range_with(other, sides)?;
        let conditions = vec![conditions[lower].clone(), conditions[upper].clone()];
        Some((RangePredicate { conditions, ..range }, vec![lower, upper]))
    });
    ranges.next().or_else(|| {
        let mut prefixes = conditions.iter().enumerate();
        prefixes.find_map(|(position, condition)| Some((prefix(condition, sides)?, vec![position])))
    })
}

/// `point <= bound` or one of its kin, where `point` and `bound` are of different sides.
struct Comparison<'a> {
    left: &'a Expr,
    operator: Operator,
    right: &'a Expr,
}

impl<'a> Comparison<'a> {
    /// With the expression of the join's left side on the left.
    fn of(condition: &'a Expr, sides: &Sides<'_>) -> Option<Self> {
        let Expr::BinaryExpr(BinaryExpr { left, op, right }) = condition else {
            return None;
        };
        if !matches!(op, Operator::Lt | Operator::LtEq | Operator::Gt | Operator::GtEq) {
            return None;
        }
        match (sides.of(left)?, sides.of(right)?) {
            (JoinSide::Left, JoinSide::Right) => Some(Self {
                left,
                operator: *op,
                right,
            }),
            (JoinSide::Right, JoinSide::Left) => Some(Self {
                left: right,
                operator: op.swap()?,
                right: left,
            }),
            _ => None,
        }
    }

    /// The range of which this is the lower and the other the upper bound.
    fn range_with(&self, other: &Self, sides: &Sides<'_>) -> Option<RangePredicate> {
        let above = |operator| matches!(operator, Operator::Gt | Operator::GtEq);
        let (point, point_left, low, high) =
            if self.left == other.left && above(self.operator) && !above(other.operator) {
                (self.left, true, self.right, other.right)
            } else if self.right == other.right && !above(self.operator) && above(other.operator) {
                (self.right, false, self.left, other.left)
            } else {
                return None;
            };
        let data_type = |expr: &Expr| expr.get_type(sides.schema_of(expr)?).ok();
        let point_type = data_type(point)?;
        let same = |expr| data_type(expr).is_some_and(|bound| bound == point_type);
        (is_supported(&point_type) && same(low) && same(high)).then(|| RangePredicate {
            point: point.clone(),
            point_left,
            interval: vec![low.clone(), high.clone()],
            source: RangeSource::Bounds {
                low_included: matches!(self.operator, Operator::GtEq | Operator::LtEq),
                high_included: matches!(other.operator, Operator::GtEq | Operator::LtEq),
            },
            conditions: Vec::new(),
        })
    }
}

/// `ip_in_cidr(address, prefix)` of an address of one side and a text of the other.
fn prefix(condition: &Expr, sides: &Sides<'_>) -> Option<RangePredicate> {
    let Expr::ScalarFunction(call) = condition else {
        return None;
    };
    let [address, text] = call.args.as_slice() else {
        return None;
    };
    let (point_side, text_side) = (sides.of(address)?, sides.of(text)?);
    let (_, field) = address.to_field(sides.schema_of(address)?).ok()?;
    let text_type = text.get_type(sides.schema_of(text)?).ok()?;
    let is_text = matches!(
        text_type,
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View
    );
    (call.name() == "ip_in_cidr" && point_side != text_side && is_address(&field) && is_text).then(|| {
        RangePredicate {
            point: address.clone(),
            point_left: point_side == JoinSide::Left,
            interval: vec![text.clone()],
            source: RangeSource::Cidr,
            conditions: vec![condition.clone()],
        }
    })
}

//! Conditions that two expressions are equal, and which of them are a join's equal keys.

use datafusion::common::JoinSide::{Left, Right};
use datafusion::logical_expr::utils::can_hash;
use datafusion::logical_expr::{Expr, ExprSchemable, Operator};

use super::Sides;

/// The two sides of `one = other`.
pub(super) fn equality(condition: &Expr) -> Option<(&Expr, &Expr)> {
    match condition {
        Expr::BinaryExpr(binary) if binary.op == Operator::Eq => Some((&binary.left, &binary.right)),
        _ => None,
    }
}

/// An equality between the two sides of a join, of values of one type that can be hashed; the left side's first.
pub(super) fn equal_keys(condition: &Expr, sides: &Sides<'_>) -> Option<(Expr, Expr)> {
    let (one, other) = equality(condition)?;
    let (left, right) = match (sides.of(one)?, sides.of(other)?) {
        (Left, Right) => (one, other),
        (Right, Left) => (other, one),
        _ => return None,
    };
    let pair = (left.clone(), right.clone());
    let hashed = left
        .get_type(sides.left)
        .is_ok_and(|data_type| can_hash(&data_type));
    (hashed && are_of_one_type(&pair, sides)).then_some(pair)
}

/// Whether an expression of the left side and one of the right have one type.
pub(super) fn are_of_one_type((left, right): &(Expr, Expr), sides: &Sides<'_>) -> bool {
    match (left.get_type(sides.left), right.get_type(sides.right)) {
        (Ok(left), Ok(right)) => left == right,
        _ => false,
    }
}

//! Expressions that SQL may not ask of every row.

use datafusion::arrow::datatypes::{DataType, TimeUnit};
use datafusion::common::tree_node::TreeNode;
use datafusion::common::{DFSchema, ScalarValue};
use datafusion::logical_expr::{Expr, ExprSchemable, Operator};
use tieline_functions::is_utc;

/// Whether an expression fails for some values: a text that is no number, a number that does not fit, a division by zero, a day later in a
/// zone where that may be no moment. Functions are taken not to.
pub(crate) fn can_fail(expr: &Expr, schema: &DFSchema) -> bool {
    let of_some = expr.exists(|expr| {
        let type_of = |expr: &Expr| expr.get_type(schema);
        Ok(match expr {
            Expr::Cast(cast) => cast_can_fail(&type_of(&cast.expr)?, cast.field.data_type()),
            Expr::BinaryExpr(binary) => match binary.op {
                Operator::Divide | Operator::Modulo => {
                    let by_constant = matches!(&*binary.right, Expr::Literal(by, _) if !is_zero(by));
                    !type_of(expr)?.is_floating() && !by_constant
                }
                Operator::Plus | Operator::Minus => {
                    let sum = type_of(expr)?;
                    !days_are_equal(&sum) && !is_time(&binary.left) && !is_time(&binary.right)
                }
                _ => false,
            },
            _ => false,
        })
    });
    of_some.unwrap_or(true)
}

fn is_zero(number: &ScalarValue) -> bool {
    ScalarValue::new_zero(&number.data_type()).is_ok_and(|zero| zero == *number)
}

/// Whether an expression is a length of time without days.
fn is_time(expr: &Expr) -> bool {
    match expr {
        Expr::Literal(ScalarValue::IntervalMonthDayNano(Some(length)), _) => {
            length.months == 0 && length.days == 0
        }
        Expr::Literal(value, _) => matches!(value.data_type(), DataType::Duration(_)),
        _ => false,
    }
}

fn cast_can_fail(from: &DataType, to: &DataType) -> bool {
    let is_text = |data_type: &DataType| data_type.is_string() || data_type.is_binary();
    let harmless = is_text(to) || (to.is_floating() && from.is_numeric()) || never_fails(from, to);
    !harmless
}

/// Whether every value of a type has one of another: an open end of the year 9999 has none in nanoseconds.
pub(crate) fn never_fails(from: &DataType, to: &DataType) -> bool {
    use DataType::{
        Date32, Float32, Float64, Int8, Int16, Int32, Int64, Timestamp, UInt8, UInt16, UInt32, UInt64,
    };
    match (from, to) {
        (from, to) if from == to => true,
        (Int8, Int16 | Int32 | Int64) | (Int16, Int32 | Int64) | (Int32 | Date32, Int64) => true,
        (UInt8, Int16 | Int32 | Int64 | UInt16 | UInt32)
        | (UInt16, Int32 | Int64 | UInt32)
        | (UInt32, Int64) => true,
        (Int8 | Int16 | Int32 | Int64 | UInt8 | UInt16 | UInt32 | UInt64, Float32 | Float64)
        | (Float32, Float64) => true,
        (Int8 | Int16 | Int32 | Int64 | UInt8 | UInt16 | UInt32, Timestamp(..)) => true,
        (Timestamp(..), Int64) | (Date32, Int32) | (Int32, Date32) => true,
        (Date32, Timestamp(TimeUnit::Second | TimeUnit::Millisecond, None)) => true,
        // A moment of no zone may be one that a zone leaves out.
        (Timestamp(finer, of), Timestamp(coarser, zone)) => {
            coarser <= finer && (of.is_some() || zone.is_none())
        }
        _ => false,
    }
}

/// Whether every day has 24 hours in the zone of a type.
pub(crate) fn days_are_equal(data_type: &DataType) -> bool {
    match data_type {
        DataType::Timestamp(_, Some(zone)) => {
            let offset = zone.strip_prefix(['+', '-']);
            let is_offset = offset.is_some_and(|rest| {
                rest.chars()
                    .all(|letter| letter.is_ascii_digit() || letter == ':')
            });
            is_offset || is_utc(zone)
        }
        _ => true,
    }
}

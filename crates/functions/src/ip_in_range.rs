//! `ip_in_range(address, first, last)`: whether an address lies in a range, both ends included.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BooleanArray};
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::Result;
use datafusion::logical_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion::logical_expr::{Expr, ExprSchemable, ReturnFieldArgs, ScalarUDF};

use crate::address::{AddressColumn, check_address_argument, is_address};
use crate::column::is_text;
use crate::documentation::{ADDRESSES, Entry};
use crate::function::{Arguments, SqlFunction, any};
use crate::ip::ip;

const NAME: &str = "ip_in_range";

/// `ip_in_range(address, first, last)`: `address BETWEEN first AND last`.
pub(crate) fn ip_in_range() -> ScalarUDF {
    SqlFunction {
        name: NAME,
        signature: any(3),
        return_field,
        evaluate,
        simplify: Some(simplify),
        documentation: Entry {
            section: ADDRESSES,
            description: "Whether an address lies in a range, both ends included: \
                          `address BETWEEN first AND last`, to which it is rewritten, with SQL's NULL: where one \
                          end is NULL or malformed, the answer is false if the other end excludes the address, \
                          and NULL if not.",
            syntax: "ip_in_range(address, first, last)",
            arguments: &[
                ("address", "an address or its text"),
                ("first", "the lowest address of the range, or its text"),
                ("last", "the highest address of the range, or its text"),
            ],
            example: "SELECT ip_in_range('203.0.113.7', '203.0.113.0', '203.0.113.7')",
            result: "true",
            source: "SQL:2016 part 2, BETWEEN",
        }
        .into(),
    }
    .into()
}

fn return_field(args: &ReturnFieldArgs<'_>) -> Result<Field> {
    for index in 0..3 {
        check_address_argument(NAME, args, index)?;
    }
    Ok(Field::new(NAME, DataType::Boolean, true))
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    let addresses = AddressColumn::try_new(arguments, 0)?;
    let firsts = AddressColumn::try_new(arguments, 1)?;
    let lasts = AddressColumn::try_new(arguments, 2)?;
    let contained = (0..arguments.rows).map(|row| {
        let address = addresses.get(row)?;
        let above = firsts.get(row).map(|first| address >= first);
        let below = lasts.get(row).map(|last| address <= last);
        match (above, below) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        }
    });
    Ok(Arc::new(contained.collect::<BooleanArray>()))
}

/// `BETWEEN`, which every rule and the pruning of files understand; text is read as an address first.
fn simplify(args: Vec<Expr>, info: &SimplifyContext) -> Result<ExprSimplifyResult> {
    let read = |expr: &Expr| {
        let (_, field) = expr.to_field(info.schema()).ok()?;
        if is_address(&field) {
            Some(expr.clone())
        } else {
            is_text(field.data_type()).then(|| ip().call(vec![expr.clone()]))
        }
    };
    match args.iter().map(read).collect::<Option<Vec<_>>>().as_deref() {
        Some([address, first, last]) => {
            let between = address.clone().between(first.clone(), last.clone());
            Ok(ExprSimplifyResult::Simplified(between))
        }
        _ => Ok(ExprSimplifyResult::Original(args)),
    }
}

//! `ip_family(address)`: 4 or 6.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Int32Array};
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::Result;
use datafusion::logical_expr::{ReturnFieldArgs, ScalarUDF};

use crate::address::{AddressColumn, check_address_argument};
use crate::documentation::{ADDRESSES, Entry};
use crate::function::{Arguments, SqlFunction, any};

const NAME: &str = "ip_family";

/// `ip_family(address)`: the version of the protocol.
pub(crate) fn ip_family() -> ScalarUDF {
    SqlFunction {
        name: NAME,
        signature: any(1),
        return_field,
        evaluate,
        simplify: None,
        documentation: Entry {
            section: ADDRESSES,
            description: "The version of the protocol as `Int32`: 4 for IPv4, also where it was delivered in the \
                          mapped form `::ffff:a.b.c.d`, and 6 for everything else.",
            syntax: "ip_family(address)",
            arguments: &[("address", "an address or its text")],
            example: "SELECT ip_family('2001:db8::1')",
            result: "6",
            source: "RFC 4291 section 2.5.5.2",
        }
        .into(),
    }
    .into()
}

fn return_field(args: &ReturnFieldArgs<'_>) -> Result<Field> {
    check_address_argument(NAME, args, 0)?;
    Ok(Field::new(NAME, DataType::Int32, true))
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    let addresses = AddressColumn::try_new(arguments, 0)?;
    let families =
        (0..arguments.rows).map(|row| addresses.get(row).map(|address| i32::from(address.family())));
    Ok(Arc::new(families.collect::<Int32Array>()))
}

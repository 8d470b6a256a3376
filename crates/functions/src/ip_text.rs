//! `ip_text(address)`: an address as text.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, StringArray};
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::Result;
use datafusion::logical_expr::{ReturnFieldArgs, ScalarUDF};

use crate::address::{AddressColumn, check_address_argument};
use crate::documentation::{ADDRESSES, Entry};
use crate::function::{Arguments, SqlFunction, any};

const NAME: &str = "ip_text";

/// `ip_text(address)`: address to text.
pub(crate) fn ip_text() -> ScalarUDF {
    SqlFunction {
        name: NAME,
        signature: any(1),
        return_field,
        evaluate,
        simplify: None,
        documentation: Entry {
            section: ADDRESSES,
            description: "The canonical text of an address: dotted for IPv4, also where it was delivered in the \
                          mapped form, and lower case with the longest run of zeros shortened for IPv6.",
            syntax: "ip_text(address)",
            arguments: &[("address", "an address or its text")],
            example: "SELECT ip_text('2001:DB8:0:0:0:0:0:1')",
            result: "2001:db8::1",
            source: "RFC 5952 section 4",
        }
        .into(),
    }
    .into()
}

fn return_field(args: &ReturnFieldArgs<'_>) -> Result<Field> {
    check_address_argument(NAME, args, 0)?;
    Ok(Field::new(NAME, DataType::Utf8, true))
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    let addresses = AddressColumn::try_new(arguments, 0)?;
    let texts = (0..arguments.rows).map(|row| addresses.get(row).map(|address| address.to_string()));
    Ok(Arc::new(texts.collect::<StringArray>()))
}

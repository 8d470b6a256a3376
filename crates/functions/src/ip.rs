//! `ip(text)`: the address that a text names.

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::datatypes::Field;
use datafusion::common::Result;
use datafusion::logical_expr::{ReturnFieldArgs, ScalarUDF};

use crate::address::{AddressColumn, address_array, address_field, check_address_argument};
use crate::documentation::{ADDRESSES, Entry};
use crate::function::{Arguments, SqlFunction, any};

const NAME: &str = "ip";

/// `ip(text)`: text to address.
pub(crate) fn ip() -> ScalarUDF {
    SqlFunction {
        name: NAME,
        signature: any(1),
        return_field,
        evaluate,
        simplify: None,
        documentation: Entry {
            section: ADDRESSES,
            description: "The address that a text names; NULL if it names none. IPv4, IPv6 and IPv4-mapped IPv6 are \
                          read, each with or without a port and surrounding spaces; an IPv4 address and its mapped \
                          form are one address. Short forms (`1.2.3`), leading zeros (`01.2.3.4`) and zone ids are \
                          malformed. An address is returned as it is.",
            syntax: "ip(text)",
            arguments: &[("text", "the text of an address")],
            example: "SELECT ip_text(ip('::ffff:203.0.113.7'))",
            result: "203.0.113.7",
            source: "RFC 4291 sections 2.2 and 2.5.5.2",
        }
        .into(),
    }
    .into()
}

fn return_field(args: &ReturnFieldArgs<'_>) -> Result<Field> {
    check_address_argument(NAME, args, 0)?;
    Ok(address_field(NAME, true))
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    let texts = AddressColumn::try_new(arguments, 0)?;
    address_array((0..arguments.rows).map(|row| texts.get(row)))
}

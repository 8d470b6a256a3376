//! `ip_is_special(address)`: whether an address lies in a special-use block.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BooleanArray};
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::Result;
use datafusion::logical_expr::{ReturnFieldArgs, ScalarUDF};
use tieline_index::is_special;

use crate::address::{AddressColumn, check_address_argument};
use crate::documentation::{ADDRESSES, Entry};
use crate::function::{Arguments, SqlFunction, any};

const NAME: &str = "ip_is_special";

/// `ip_is_special(address)`: private, shared, documentation and other reserved blocks.
pub(crate) fn ip_is_special() -> ScalarUDF {
    SqlFunction {
        name: NAME,
        signature: any(1),
        return_field,
        evaluate,
        simplify: None,
        documentation: Entry {
            section: ADDRESSES,
            description: "Whether an address lies in a special-use block (private, shared, loopback, link local, \
                          documentation, multicast, reserved, ...) and so cannot be that of a subscriber on the \
                          public Internet. The blocks are those of the registries; a case's own routable test \
                          ranges are not exempt.",
            syntax: "ip_is_special(address)",
            arguments: &[("address", "an address or its text")],
            example: "SELECT ip_is_special('192.168.0.1')",
            result: "true",
            source: "IANA IPv4 and IPv6 Special-Purpose Address Registries, RFC 6890",
        }
        .into(),
    }
    .into()
}

fn return_field(args: &ReturnFieldArgs<'_>) -> Result<Field> {
    check_address_argument(NAME, args, 0)?;
    Ok(Field::new(NAME, DataType::Boolean, true))
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    let addresses = AddressColumn::try_new(arguments, 0)?;
    let special = (0..arguments.rows).map(|row| addresses.get(row).map(is_special));
    Ok(Arc::new(special.collect::<BooleanArray>()))
}

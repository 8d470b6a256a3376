//! `ip_network(address, prefix_len)`: the network that an address belongs to.

use datafusion::arrow::array::{ArrayRef, AsArray};
use datafusion::arrow::datatypes::{DataType, Field, Int64Type};
use datafusion::common::{DFSchema, Result, ScalarValue, plan_err};
use datafusion::logical_expr::{Expr, ExprSchemable, Operator, ReturnFieldArgs, ScalarUDF};
use tieline_index::{Address, Prefix};

use crate::address::{
    AddressColumn, address_array, address_field, check_address_argument, in_prefix, is_address,
};
use crate::column::Column;
use crate::documentation::{ADDRESSES, Entry};
use crate::function::{Arguments, SqlFunction, any, argument};

const NAME: &str = "ip_network";

/// `ip_network(address, prefix_len)`: the lowest address of the network.
pub(crate) fn ip_network() -> ScalarUDF {
    SqlFunction {
        name: NAME,
        signature: any(2),
        return_field,
        evaluate,
        simplify: None,
        documentation: Entry {
            section: ADDRESSES,
            description: "The lowest address of the network of that length that holds the address: what one groups by \
                          to count networks instead of addresses. NULL where either is NULL, the address malformed, \
                          or the length negative, above 32 for IPv4 or above 128 for IPv6. Where a filter or a join \
                          condition compares the network of a column with a literal (`ip_network(ip, 24) = \
                          '203.0.113.0'`), the call becomes comparisons of the column, so that files and row groups \
                          are skipped.",
            syntax: "ip_network(address, prefix_len)",
            arguments: &[
                ("address", "an address or its text"),
                ("prefix_len", "an integer: how many leading bits are kept"),
            ],
            example: "SELECT ip_text(ip_network('203.0.113.7', 24))",
            result: "203.0.113.0",
            source: "RFC 4632 section 3.1, RFC 4291 section 2.3",
        }
        .into(),
    }
    .into()
}

fn return_field(args: &ReturnFieldArgs<'_>) -> Result<Field> {
    check_address_argument(NAME, args, 0)?;
    let field = argument(NAME, args, 1)?;
    if !(field.data_type().is_integer() || field.data_type().is_null()) {
        return plan_err!("{NAME}: argument 2 must be an integer, not {}", field.data_type());
    }
    let literal = args.scalar_arguments.get(1).copied().flatten();
    match literal {
        Some(literal) if !literal.is_null() && length(literal).is_none() => {
            plan_err!("{NAME}: argument 2 must be from 0 to 128")
        }
        _ => Ok(address_field(NAME, true)),
    }
}

/// A literal length that an address of either family may have.
fn length(literal: &ScalarValue) -> Option<u8> {
    match literal.cast_to(&DataType::Int64).ok()? {
        ScalarValue::Int64(Some(length)) => u8::try_from(length).ok().filter(|length| *length <= 128),
        _ => None,
    }
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    let addresses = AddressColumn::try_new(arguments, 0)?;
    let lengths = Column::try_new(&arguments.values[1], &DataType::Int64)?;
    let values = lengths.array.as_primitive::<Int64Type>().values();
    address_array((0..arguments.rows).map(|row| {
        let length = u8::try_from(values[lengths.position(row)?]).ok()?;
        Prefix::holding(addresses.get(row)?, length).map(Prefix::network)
    }))
}

/// `ip_network(column, literal) = literal` as comparisons of the column, which are true for exactly the same rows.
///
/// Where they are not true, one may be NULL and the other false: only for conditions, which take both for no.
pub(crate) fn as_comparisons(
    left: &Expr,
    operator: Operator,
    right: &Expr,
    schema: &DFSchema,
) -> Option<Expr> {
    let (call, network) = match (left, right) {
        (Expr::ScalarFunction(call), Expr::Literal(network, _))
        | (Expr::Literal(network, _), Expr::ScalarFunction(call)) => (call, network),
        _ => return None,
    };
    let [column @ Expr::Column(_), Expr::Literal(bits, _)] = call.args.as_slice() else {
        return None;
    };
    let ScalarValue::FixedSizeBinary(16, Some(bytes)) = network else {
        return None;
    };
    if operator != Operator::Eq || call.func.name() != NAME {
        return None;
    }
    // The call takes texts too; their order is not that of addresses.
    let (_, field) = column.to_field(schema).ok()?;
    if !is_address(&field) {
        return None;
    }
    let network = Address::from_bytes(bytes.as_slice().try_into().ok()?);
    // An address that is the network of nothing is left as it stands: always false, and rare.
    let prefix = Prefix::holding(network, length(bits)?).filter(|prefix| prefix.network() == network)?;
    in_prefix(column, prefix)
}

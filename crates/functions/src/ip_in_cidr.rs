//! `ip_in_cidr(address, cidr)`: whether an address lies in a prefix.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BooleanArray};
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::{DFSchema, HashMap, Result, plan_err};
use datafusion::logical_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion::logical_expr::{Expr, ExprSchemable, ReturnFieldArgs, ScalarUDF};
use tieline_index::Prefix;

use crate::address::{AddressColumn, check_address_argument, in_prefix, is_address};
use crate::column::{TextColumn, is_text, literal_text};
use crate::documentation::{ADDRESSES, Entry};
use crate::function::{Arguments, SqlFunction, any, argument};

const NAME: &str = "ip_in_cidr";

/// `ip_in_cidr(address, cidr)`: membership in a prefix.
pub(crate) fn ip_in_cidr() -> ScalarUDF {
    SqlFunction {
        name: NAME,
        signature: any(2),
        return_field,
        evaluate,
        simplify: Some(simplify),
        documentation: Entry {
            section: ADDRESSES,
            description: "Whether an address lies in a prefix; never true across families (`::/0` holds no IPv4 \
                          address). NULL if either is NULL or malformed. A prefix with bits set beyond its length \
                          is malformed; a bare address is the prefix of that one address. With a literal prefix \
                          the call becomes comparisons of the column, so that files and row groups are skipped.",
            syntax: "ip_in_cidr(address, cidr)",
            arguments: &[
                ("address", "an address or its text"),
                ("cidr", "the text of a prefix, a literal or a column: `203.0.113.0/24`"),
            ],
            example: "SELECT ip_in_cidr('203.0.113.7', '203.0.113.0/24')",
            result: "true",
            source: "RFC 4632 section 3.1, RFC 4291 section 2.3",
        }
        .into(),
    }
    .into()
}

fn return_field(args: &ReturnFieldArgs<'_>) -> Result<Field> {
    check_address_argument(NAME, args, 0)?;
    let field = argument(NAME, args, 1)?;
    if !(is_text(field.data_type()) || field.data_type().is_null()) {
        return plan_err!("{NAME}: argument 2 must be text, not {}", field.data_type());
    }
    let literal = args.scalar_arguments.get(1).copied().flatten();
    if let Some(Err(reason)) = literal.and_then(literal_text).map(Prefix::parse) {
        return plan_err!("not a CIDR prefix: {reason}");
    }
    Ok(Field::new(NAME, DataType::Boolean, true))
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    let addresses = AddressColumn::try_new(arguments, 0)?;
    let texts = TextColumn::try_new(&arguments.values[1])?;
    let mut prefixes: HashMap<&str, Option<Prefix>> = HashMap::new();
    let contained = (0..arguments.rows).map(|row| {
        let (address, text) = (addresses.get(row)?, texts.get(row)?);
        let prefix = *prefixes.entry(text).or_insert_with(|| Prefix::parse(text).ok());
        Some(prefix?.contains(address))
    });
    Ok(Arc::new(contained.collect::<BooleanArray>()))
}

/// A column of addresses and a literal prefix: comparisons, which prune by statistics.
fn simplify(args: Vec<Expr>, info: &SimplifyContext) -> Result<ExprSimplifyResult> {
    match rewritten(&args, info.schema()) {
        Some(rewritten) => Ok(ExprSimplifyResult::Simplified(rewritten)),
        None => Ok(ExprSimplifyResult::Original(args)),
    }
}

fn rewritten(args: &[Expr], schema: &DFSchema) -> Option<Expr> {
    let [address @ Expr::Column(_), Expr::Literal(cidr, _)] = args else {
        return None;
    };
    let (_, field) = address.to_field(schema).ok()?;
    if !is_address(&field) {
        return None;
    }
    in_prefix(address, Prefix::parse(literal_text(cidr)?).ok()?)
}

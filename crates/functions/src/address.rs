//! The address type: `FixedSizeBinary(16)` in network byte order, marked `tieline.ip`.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, FixedSizeBinaryArray, FixedSizeBinaryBuilder, StringArray, StringBuilder,
};
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::arrow::util::display::{ArrayFormatter, DisplayIndex, FormatOptions, FormatResult};
use datafusion::common::types::DFExtensionType;
use datafusion::common::{Result, ScalarValue, plan_err};
use datafusion::logical_expr::{Expr, ReturnFieldArgs, lit};
use tieline_index::{Address, Prefix};

use crate::column::{Column, TextColumn, is_text, literal_text};
use crate::function::{Arguments, argument};

/// The field metadata key that names an Arrow extension type.
pub const EXTENSION_NAME_KEY: &str = "ARROW:extension:name";
/// The extension type of addresses.
pub const ADDRESS_EXTENSION: &str = Address::ARROW_EXTENSION;
/// How many bytes an address has.
pub const ADDRESS_BYTES: i32 = 16;
/// How an address is stored.
pub const ADDRESS_TYPE: DataType = DataType::FixedSizeBinary(ADDRESS_BYTES);

/// A field of addresses: `FixedSizeBinary(16)` with the extension name `tieline.ip`.
pub fn address_field(name: impl Into<String>, nullable: bool) -> Field {
    let metadata = HashMap::from([(EXTENSION_NAME_KEY.to_owned(), ADDRESS_EXTENSION.to_owned())]);
    Field::new(name, ADDRESS_TYPE, nullable).with_metadata(metadata)
}

/// Whether a field holds addresses: `FixedSizeBinary(16)` whose extension name is `tieline.ip`, or that has none.
///
/// A field without a name counts because aggregates such as `min(ip)` drop the metadata of their argument.
pub fn is_address(field: &Field) -> bool {
    field.data_type() == &ADDRESS_TYPE
        && field
            .metadata()
            .get(EXTENSION_NAME_KEY)
            .is_none_or(|name| name == ADDRESS_EXTENSION)
}

/// The addresses of an array as text, NULL where the address is NULL: `203.0.113.7`, `2001:db8::1`.
///
/// # Errors
/// Where the array is not `FixedSizeBinary(16)`.
///
/// # Source
/// RFC 5952 (canonical text).
pub fn to_text_array(addresses: &dyn Array) -> Result<StringArray> {
    let Some(addresses) = as_addresses(addresses) else {
        return plan_err!("expected addresses, found {}", addresses.data_type());
    };
    let mut texts = StringBuilder::with_capacity(addresses.len(), addresses.len() * 15);
    for position in 0..addresses.len() {
        match address_at(addresses, position) {
            Some(address) => {
                // Writing to a string builder cannot fail.
                let _ = write!(texts, "{address}");
                texts.append_value("");
            }
            None => texts.append_null(),
        }
    }
    Ok(texts.finish())
}

fn as_addresses(array: &dyn Array) -> Option<&FixedSizeBinaryArray> {
    (array.data_type() == &ADDRESS_TYPE).then(|| array.as_fixed_size_binary_opt())?
}

fn address_at(addresses: &FixedSizeBinaryArray, position: usize) -> Option<Address> {
    if addresses.is_null(position) {
        return None;
    }
    addresses.value(position).try_into().ok().map(Address::from_bytes)
}

/// An address as a literal value.
pub(crate) fn address_scalar(address: Option<Address>) -> ScalarValue {
    ScalarValue::FixedSizeBinary(ADDRESS_BYTES, address.map(|address| address.to_bytes().to_vec()))
}

/// Whether a column's address lies in a prefix, as comparisons, which prune by statistics.
pub(crate) fn in_prefix(column: &Expr, prefix: Prefix) -> Option<Expr> {
    let range = |(first, last)| {
        let above = column.clone().gt_eq(lit(address_scalar(Some(first))));
        above.and(column.clone().lt_eq(lit(address_scalar(Some(last)))))
    };
    prefix.ranges().map(range).reduce(Expr::or)
}

/// An array of addresses.
pub(crate) fn address_array(addresses: impl ExactSizeIterator<Item = Option<Address>>) -> Result<ArrayRef> {
    let mut builder = FixedSizeBinaryBuilder::with_capacity(addresses.len(), ADDRESS_BYTES);
    for address in addresses {
        match address {
            Some(address) => builder.append_value(address.to_bytes())?,
            None => builder.append_null(),
        }
    }
    Ok(Arc::new(builder.finish()))
}

/// Refuses an argument that is neither an address nor text, and a literal text that is no address.
///
/// The message never holds the value.
///
/// # Errors
/// Planning errors.
pub(crate) fn check_address_argument(function: &str, args: &ReturnFieldArgs<'_>, index: usize) -> Result<()> {
    let field = argument(function, args, index)?;
    if !(is_address(field) || is_text(field.data_type()) || field.data_type().is_null()) {
        return plan_err!(
            "{function}: argument {} must be an address or text, not {}",
            index + 1,
            field.data_type()
        );
    }
    match args.scalar_arguments.get(index).copied().flatten() {
        Some(value) => check_address_literal(value),
        None => Ok(()),
    }
}

/// Refuses a literal text that is no address.
///
/// # Errors
/// A planning error that does not hold the value.
pub(crate) fn check_address_literal(value: &ScalarValue) -> Result<()> {
    match literal_text(value) {
        Some(text) if Address::parse(text).is_none() => plan_err!("not an IP address"),
        _ => Ok(()),
    }
}

/// An argument that is an address or text.
pub(crate) enum AddressColumn {
    Bytes(Column),
    Text(TextColumn),
}

impl AddressColumn {
    /// Reads the argument at `index`.
    pub(crate) fn try_new(arguments: &Arguments, index: usize) -> Result<Self> {
        let value = &arguments.values[index];
        if is_text(&value.data_type()) {
            Ok(Self::Text(TextColumn::try_new(value)?))
        } else {
            Ok(Self::Bytes(Column::try_new(value, &ADDRESS_TYPE)?))
        }
    }

    /// The address of a row; `None` where it is NULL or its text is no address.
    pub(crate) fn get(&self, row: usize) -> Option<Address> {
        match self {
            Self::Text(texts) => texts.get(row).and_then(Address::parse),
            Self::Bytes(column) => {
                let position = column.position(row)?;
                address_at(column.array.as_fixed_size_binary(), position)
            }
        }
    }
}

/// Tells DataFusion to print addresses as text.
#[derive(Debug)]
pub(crate) struct PrintedAddress;

impl DFExtensionType for PrintedAddress {
    fn storage_type(&self) -> DataType {
        ADDRESS_TYPE
    }

    fn serialize_metadata(&self) -> Option<String> {
        None
    }

    fn create_array_formatter<'fmt>(
        &self,
        array: &'fmt dyn Array,
        options: &FormatOptions<'fmt>,
    ) -> Result<Option<ArrayFormatter<'fmt>>> {
        Ok(as_addresses(array).map(|addresses| {
            let cells = AddressCells {
                addresses,
                null: options.null(),
            };
            ArrayFormatter::new(Box::new(cells), options.safe())
        }))
    }
}

struct AddressCells<'a> {
    addresses: &'a FixedSizeBinaryArray,
    null: &'a str,
}

impl DisplayIndex for AddressCells<'_> {
    fn write(&self, position: usize, formatter: &mut dyn Write) -> FormatResult {
        match address_at(self.addresses, position) {
            Some(address) => write!(formatter, "{address}")?,
            None => formatter.write_str(self.null)?,
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "address_tests.rs"]
mod tests;

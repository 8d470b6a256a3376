//! The column types that the data model names, as Arrow fields.

use arrow::datatypes::{DataType, Field, TimeUnit};
use tieline_index::Address;

/// The metadata key that names an extension type.
pub const EXTENSION_NAME_KEY: &str = "ARROW:extension:name";
/// The metadata key that holds the parameters of an extension type.
pub const EXTENSION_METADATA_KEY: &str = "ARROW:extension:metadata";
/// The extension type of address columns: `FixedSizeBinary(16)` in network byte order.
pub const IP_EXTENSION: &str = Address::ARROW_EXTENSION;
/// The extension type of geometry columns: WKB, longitude first.
pub const GEOMETRY_EXTENSION: &str = "geoarrow.wkb";

/// A column that may hold NULL.
pub(crate) fn nullable(field: Field) -> Field {
    field.with_nullable(true)
}

pub(crate) fn address(name: &str) -> Field {
    let metadata = [(EXTENSION_NAME_KEY.to_owned(), IP_EXTENSION.to_owned())];
    Field::new(name, DataType::FixedSizeBinary(16), false).with_metadata(metadata.into())
}

pub(crate) fn geometry(name: &str) -> Field {
    let crs = r#"{"crs":"OGC:CRS84","crs_type":"authority_code"}"#;
    let metadata = [
        (EXTENSION_NAME_KEY.to_owned(), GEOMETRY_EXTENSION.to_owned()),
        (EXTENSION_METADATA_KEY.to_owned(), crs.to_owned()),
    ];
    Field::new(name, DataType::Binary, false).with_metadata(metadata.into())
}

pub(crate) fn timestamp(name: &str) -> Field {
    Field::new(
        name,
        DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        false,
    )
}

pub(crate) fn text(name: &str) -> Field {
    Field::new(name, DataType::Utf8, false)
}

pub(crate) fn bool(name: &str) -> Field {
    Field::new(name, DataType::Boolean, false)
}

pub(crate) fn int32(name: &str) -> Field {
    Field::new(name, DataType::Int32, false)
}

pub(crate) fn int64(name: &str) -> Field {
    Field::new(name, DataType::Int64, false)
}

pub(crate) fn float64(name: &str) -> Field {
    Field::new(name, DataType::Float64, false)
}

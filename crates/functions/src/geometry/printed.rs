//! How DataFusion prints geometries: as WKT.

use std::fmt::Write;

use datafusion::arrow::array::{Array, AsArray};
use datafusion::arrow::datatypes::DataType;
use datafusion::arrow::util::display::{ArrayFormatter, DisplayIndex, FormatOptions, FormatResult};
use datafusion::common::Result;
use datafusion::common::types::DFExtensionType;

use super::{from_wkb, to_wkt};

/// Tells DataFusion to print WKB as WKT.
#[derive(Debug)]
pub(crate) struct PrintedGeometry(pub(crate) DataType);

impl DFExtensionType for PrintedGeometry {
    fn storage_type(&self) -> DataType {
        self.0.clone()
    }

    fn serialize_metadata(&self) -> Option<String> {
        None
    }

    fn create_array_formatter<'fmt>(
        &self,
        array: &'fmt dyn Array,
        options: &FormatOptions<'fmt>,
    ) -> Result<Option<ArrayFormatter<'fmt>>> {
        let cells = GeometryCells {
            array,
            null: options.null(),
        };
        Ok(Some(ArrayFormatter::new(Box::new(cells), options.safe())))
    }
}

struct GeometryCells<'a> {
    array: &'a dyn Array,
    null: &'a str,
}

impl GeometryCells<'_> {
    fn bytes(&self, position: usize) -> Option<&[u8]> {
        if self.array.is_null(position) {
            return None;
        }
        match self.array.data_type() {
            DataType::Binary => Some(self.array.as_binary::<i32>().value(position)),
            DataType::LargeBinary => Some(self.array.as_binary::<i64>().value(position)),
            DataType::BinaryView => Some(self.array.as_binary_view().value(position)),
            _ => None,
        }
    }
}

impl DisplayIndex for GeometryCells<'_> {
    fn write(&self, position: usize, formatter: &mut dyn Write) -> FormatResult {
        let text = self
            .bytes(position)
            .and_then(from_wkb)
            .and_then(|geometry| to_wkt(&geometry));
        formatter.write_str(text.as_deref().unwrap_or(self.null))?;
        Ok(())
    }
}

//! `st_isvalid(geometry)`: whether a geometry is valid.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BooleanArray};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::logical_expr::ScalarUDF;

use crate::documentation::{Entry, GEOMETRIES};
use crate::function::{Arguments, SqlFunction, any};
use crate::geometry::{field_of, for_each};

const NAME: &str = "st_isvalid";

/// `st_isvalid(geometry)`: whether a geometry is valid.
pub(crate) fn st_isvalid() -> ScalarUDF {
    SqlFunction {
        name: NAME,
        signature: any(1),
        return_field: |args| field_of(NAME, args, DataType::Boolean),
        evaluate,
        simplify: None,
        documentation: Entry {
            section: GEOMETRIES,
            description: "Whether a geometry follows the rules of the OGC: rings that do not cross themselves or each other, holes inside, an interior that no rings divide by touching. An empty geometry is valid. What cannot even be read is NULL.",
            syntax: "st_isvalid(geometry)",
            arguments: &[("geometry", "a geometry")],
            example: "SELECT st_isvalid('POLYGON((0 0, 4 4, 4 0, 0 4, 0 0))')",
            result: "false",
            source: "PostGIS `ST_IsValid`, OGC Simple Features 6.1.11",
        }
        .into(),
    }
    .into()
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    Ok(Arc::new(for_each::<_, BooleanArray>(arguments, |geometry| {
        Some(geometry.is_valid())
    })?))
}

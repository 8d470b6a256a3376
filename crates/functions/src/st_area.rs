//! `st_area(geometry)`: the area of a geometry.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Float64Array};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::logical_expr::ScalarUDF;
use geo::Area;

use crate::documentation::{Entry, GEOMETRIES};
use crate::function::{Arguments, SqlFunction, any};
use crate::geometry::{field_of, for_each};

const NAME: &str = "st_area";

/// `st_area(geometry)`: the area of a geometry.
pub(crate) fn st_area() -> ScalarUDF {
    SqlFunction {
        name: NAME,
        signature: any(1),
        return_field: |args| field_of(NAME, args, DataType::Float64),
        evaluate,
        simplify: None,
        documentation: Entry {
            section: GEOMETRIES,
            description: "The area in the plane, in square degrees, holes taken off; 0 for points, lines and empty geometries.",
            syntax: "st_area(geometry)",
            arguments: &[("geometry", "a geometry")],
            example: "SELECT st_area('POLYGON((0 0, 4 0, 4 4, 0 4, 0 0))')",
            result: "16.0",
            source: "PostGIS `ST_Area`",
        }
        .into(),
    }
    .into()
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    Ok(Arc::new(for_each::<_, Float64Array>(arguments, |geometry| {
        Some(geometry.geometry().unsigned_area())
    })?))
}

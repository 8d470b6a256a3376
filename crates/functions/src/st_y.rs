//! `st_y(point)`: the latitude of a point.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Float64Array};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::logical_expr::ScalarUDF;

use crate::documentation::{Entry, GEOMETRIES};
use crate::function::{Arguments, SqlFunction, any};
use crate::geometry::{field_of, for_each};

const NAME: &str = "st_y";

/// `st_y(point)`: the latitude of a point.
pub(crate) fn st_y() -> ScalarUDF {
    SqlFunction {
        name: NAME,
        signature: any(1),
        return_field: |args| field_of(NAME, args, DataType::Float64),
        evaluate,
        simplify: None,
        documentation: Entry {
            section: GEOMETRIES,
            description: "The second coordinate of a point, its latitude in degrees. NULL for an empty point and for what is no point (PostGIS raises an error there).",
            syntax: "st_y(point)",
            arguments: &[("point", "a point")],
            example: "SELECT st_y(st_point(150.5, -20.25))",
            result: "-20.25",
            source: "PostGIS `ST_Y`",
        }
        .into(),
    }
    .into()
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    Ok(Arc::new(for_each::<_, Float64Array>(arguments, |geometry| {
        Some(geometry.as_point()?.y())
    })?))
}

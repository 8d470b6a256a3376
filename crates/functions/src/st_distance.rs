//! `st_distance(a, b)`: the smallest distance between two geometries.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Float64Array};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::logical_expr::ScalarUDF;

use crate::documentation::{Entry, GEOMETRIES};
use crate::function::{Arguments, SqlFunction, any};
use crate::geometry::{distance_in_degrees, field_of, for_each_two};

const NAME: &str = "st_distance";

/// `st_distance(a, b)`: the smallest distance in the plane.
pub(crate) fn st_distance() -> ScalarUDF {
    SqlFunction {
        name: NAME,
        signature: any(2),
        return_field: |args| field_of(NAME, args, DataType::Float64),
        evaluate,
        simplify: None,
        documentation: Entry {
            section: GEOMETRIES,
            description: "The smallest distance between two geometries in the plane, in degrees and not in metres; \
                          0 where they meet, NULL where one is empty.",
            syntax: "st_distance(a, b)",
            arguments: &[("a", "a geometry"), ("b", "a geometry")],
            example: "SELECT st_distance(st_point(0, 0), st_point(3, 4))",
            result: "5.0",
            source: "PostGIS `ST_Distance`",
        }
        .into(),
    }
    .into()
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    Ok(Arc::new(for_each_two::<_, Float64Array>(
        arguments,
        distance_in_degrees,
    )?))
}

//! `st_distance(a, b)`: the smallest distance between two geometries.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Float64Array};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::logical_expr::ScalarUDF;
use geo::{Distance, Euclidean};

use crate::documentation::{Entry, GEOMETRIES};
use crate::function::{Arguments, SqlFunction, any};
use crate::geometry::{GeometryColumn, Prepared, field_of, intersects};

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
    let mut firsts = GeometryColumn::try_new(arguments, 0)?;
    let mut seconds = GeometryColumn::try_new(arguments, 1)?;
    let distances = (0..arguments.rows).map(|row| distance(firsts.get(row)?, seconds.get(row)?));
    Ok(Arc::new(distances.collect::<Float64Array>()))
}

fn distance(a: &Prepared, b: &Prepared) -> Option<f64> {
    a.bounds().and(b.bounds())?;
    if intersects(a, b)? {
        return Some(0.0);
    }
    Some(Euclidean.distance(a.geometry(), b.geometry()))
}

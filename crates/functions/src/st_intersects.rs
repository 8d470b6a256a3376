//! `st_intersects(a, b)`: whether `a` and `b` have a point in common.

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::logical_expr::ScalarUDF;

use crate::documentation::{Entry, GEOMETRIES};
use crate::function::{Arguments, SqlFunction, any};
use crate::geometry::{field_of, for_each_pair, intersects};

const NAME: &str = "st_intersects";

/// `st_intersects(a, b)`: whether `a` and `b` have a point in common.
pub(crate) fn st_intersects() -> ScalarUDF {
    SqlFunction {
        name: NAME,
        signature: any(2),
        return_field: |args| field_of(NAME, args, DataType::Boolean),
        evaluate,
        simplify: None,
        documentation: Entry {
            section: GEOMETRIES,
            description: "Whether `a` and `b` have a point in common, boundaries included.",
            syntax: "st_intersects(a, b)",
            arguments: &[("a", "a geometry"), ("b", "a geometry")],
            example: "SELECT st_intersects('POLYGON((0 0, 4 0, 4 4, 0 4, 0 0))', 'LINESTRING(4 4, 9 9)')",
            result: "true",
            source: "PostGIS `ST_Intersects`, OGC Simple Features (DE-9IM)",
        }
        .into(),
    }
    .into()
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    for_each_pair(arguments, intersects)
}

//! `st_covers(a, b)`: whether `a` covers `b`.

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::logical_expr::ScalarUDF;

use crate::documentation::{Entry, GEOMETRIES};
use crate::function::{Arguments, SqlFunction, any};
use crate::geometry::{covers, field_of, for_each_pair};

const NAME: &str = "st_covers";

/// `st_covers(a, b)`: whether `a` covers `b`.
pub(crate) fn st_covers() -> ScalarUDF {
    SqlFunction {
        name: NAME,
        signature: any(2),
        return_field: |args| field_of(NAME, args, DataType::Boolean),
        evaluate,
        simplify: None,
        documentation: Entry {
            section: GEOMETRIES,
            description: "Whether no point of `b` lies outside `a`; a point on the boundary is covered. Where one is invalid (see `st_isvalid`) or `a` is a collection, the answer is NULL, or false where their boxes rule it out, unless `b` consists of points.",
            syntax: "st_covers(a, b)",
            arguments: &[("a", "a geometry"), ("b", "a geometry")],
            example: "SELECT st_covers('POLYGON((0 0, 4 0, 4 4, 0 4, 0 0))', st_point(4, 2))",
            result: "true",
            source: "PostGIS `ST_Covers`, OGC Simple Features (DE-9IM)",
        }
        .into(),
    }
    .into()
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    for_each_pair(arguments, covers)
}

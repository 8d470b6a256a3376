//! `st_coveredby(a, b)`: whether `a` is covered by `b`.

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::logical_expr::ScalarUDF;

use crate::documentation::{Entry, GEOMETRIES};
use crate::function::{Arguments, SqlFunction, any};
use crate::geometry::{covers, field_of, for_each_pair};

const NAME: &str = "st_coveredby";

/// `st_coveredby(a, b)`: whether `a` is covered by `b`.
pub(crate) fn st_coveredby() -> ScalarUDF {
    SqlFunction {
        name: NAME,
        signature: any(2),
        return_field: |args| field_of(NAME, args, DataType::Boolean),
        evaluate,
        simplify: None,
        documentation: Entry {
            section: GEOMETRIES,
            description: "Whether no point of `a` lies outside `b`: `st_covers(b, a)`. Where one is invalid (see `st_isvalid`) or `b` is a collection, the answer is NULL, or false where their boxes rule it out, unless `a` consists of points.",
            syntax: "st_coveredby(a, b)",
            arguments: &[("a", "a geometry"), ("b", "a geometry")],
            example: "SELECT st_coveredby(st_point(5, 2), 'POLYGON((0 0, 4 0, 4 4, 0 4, 0 0))')",
            result: "false",
            source: "PostGIS `ST_CoveredBy`, OGC Simple Features (DE-9IM)",
        }
        .into(),
    }
    .into()
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    for_each_pair(arguments, |a, b| covers(b, a))
}

//! `st_asbinary(geometry)`: a geometry as WKB.

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::logical_expr::ScalarUDF;

use crate::documentation::{Entry, GEOMETRIES};
use crate::function::{Arguments, SqlFunction, any};
use crate::geometry::{field_of, for_each_geometry};

const NAME: &str = "st_asbinary";

/// `st_asbinary(geometry)`: a geometry as WKB.
pub(crate) fn st_asbinary() -> ScalarUDF {
    SqlFunction {
        name: NAME,
        signature: any(1),
        return_field: |args| field_of(NAME, args, DataType::Binary),
        evaluate,
        simplify: None,
        documentation: Entry {
            section: GEOMETRIES,
            description: "The geometry as ISO WKB, little endian, in two dimensions: plain `Binary` without metadata. An empty point has NaN for coordinates.",
            syntax: "st_asbinary(geometry)",
            arguments: &[("geometry", "a geometry")],
            example: "SELECT encode(st_asbinary(st_point(1, 2)), 'hex')",
            result: "0101000000000000000000f03f0000000000000040",
            source: "PostGIS `ST_AsBinary`, OGC Simple Features 8",
        }
        .into(),
    }
    .into()
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    for_each_geometry(arguments, |geometry| Some(geometry.geometry().clone()))
}

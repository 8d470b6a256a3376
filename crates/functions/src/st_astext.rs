//! `st_astext(geometry)`: a geometry as WKT.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, StringArray};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::logical_expr::ScalarUDF;

use crate::documentation::{Entry, GEOMETRIES};
use crate::function::{Arguments, SqlFunction, any};
use crate::geometry::{field_of, for_each, to_wkt};

const NAME: &str = "st_astext";

/// `st_astext(geometry)`: a geometry as WKT.
pub(crate) fn st_astext() -> ScalarUDF {
    SqlFunction {
        name: NAME,
        signature: any(1),
        return_field: |args| field_of(NAME, args, DataType::Utf8),
        evaluate,
        simplify: None,
        documentation: Entry {
            section: GEOMETRIES,
            description: "The geometry as WKT, in two dimensions: `POINT(1 2)`, `POLYGON EMPTY`.",
            syntax: "st_astext(geometry)",
            arguments: &[("geometry", "a geometry")],
            example: "SELECT st_astext(st_point(150.5, -20.25))",
            result: "POINT(150.5 -20.25)",
            source: "PostGIS `ST_AsText`, OGC Simple Features 7",
        }
        .into(),
    }
    .into()
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    Ok(Arc::new(for_each::<_, StringArray>(arguments, |geometry| {
        to_wkt(geometry.geometry())
    })?))
}

//! `st_geomfromwkb(bytes)`: the geometry that WKB describes.

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::datatypes::Field;
use datafusion::common::{Result, plan_err};
use datafusion::logical_expr::{ReturnFieldArgs, ScalarUDF};

use crate::documentation::{Entry, GEOMETRIES};
use crate::function::{Arguments, SqlFunction, any};
use crate::geometry::{for_each_geometry, geometry_field};

const NAME: &str = "st_geomfromwkb";

/// `st_geomfromwkb(bytes)`: the geometry that WKB describes.
pub(crate) fn st_geomfromwkb() -> ScalarUDF {
    SqlFunction {
        name: NAME,
        signature: any(1),
        return_field,
        evaluate,
        simplify: None,
        documentation: Entry {
            section: GEOMETRIES,
            description: "The geometry that WKB bytes describe, ISO or extended (EWKB), in either byte order; NULL where they are malformed. Coordinates are longitude, then latitude. Returned as ISO WKB, little endian, with `geoarrow.wkb` metadata.",
            syntax: "st_geomfromwkb(bytes)",
            arguments: &[("bytes", "WKB; Z, M and the SRID are ignored")],
            example: "SELECT st_astext(st_geomfromwkb(X'0101000000000000000000f03f0000000000000040'))",
            result: "POINT(1 2)",
            source: "PostGIS `ST_GeomFromWKB`, OGC Simple Features 8",
        }
        .into(),
    }
    .into()
}

fn return_field(args: &ReturnFieldArgs<'_>) -> Result<Field> {
    match args.arg_fields {
        [field] if field.data_type().is_binary() || field.data_type().is_null() => {
            Ok(geometry_field(NAME, true))
        }
        _ => plan_err!("{NAME}: the argument must be binary"),
    }
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    for_each_geometry(arguments, |geometry| Some(geometry.geometry().clone()))
}

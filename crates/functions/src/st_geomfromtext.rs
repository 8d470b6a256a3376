//! `st_geomfromtext(text)`: the geometry that WKT describes.

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::datatypes::Field;
use datafusion::common::{Result, plan_err};
use datafusion::logical_expr::{ReturnFieldArgs, ScalarUDF};

use crate::column::is_text;
use crate::documentation::{Entry, GEOMETRIES};
use crate::function::{Arguments, SqlFunction, any};
use crate::geometry::{check_geometry_argument, for_each_geometry, geometry_field};

const NAME: &str = "st_geomfromtext";

/// `st_geomfromtext(text)`: the geometry that WKT describes.
pub(crate) fn st_geomfromtext() -> ScalarUDF {
    SqlFunction {
        name: NAME,
        signature: any(1),
        return_field,
        evaluate,
        simplify: None,
        documentation: Entry {
            section: GEOMETRIES,
            description: "The geometry that a WKT text describes; NULL where the text is malformed; a malformed literal is a planning error. Coordinates are longitude, then latitude. Returned as WKB with `geoarrow.wkb` metadata.",
            syntax: "st_geomfromtext(text)",
            arguments: &[("text", "WKT; Z and M are ignored")],
            example: "SELECT st_astext(st_geomfromtext('POINT(150.5 -20.25)'))",
            result: "POINT(150.5 -20.25)",
            source: "PostGIS `ST_GeomFromText`, OGC Simple Features 7",
        }
        .into(),
    }
    .into()
}

fn return_field(args: &ReturnFieldArgs<'_>) -> Result<Field> {
    match args.arg_fields {
        [field] if is_text(field.data_type()) || field.data_type().is_null() => {
            check_geometry_argument(NAME, args, 0)?;
            Ok(geometry_field(NAME, true))
        }
        _ => plan_err!("{NAME}: the argument must be text"),
    }
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    for_each_geometry(arguments, |geometry| Some(geometry.geometry().clone()))
}

//! `st_centroid(geometry)`: the centre of mass of a geometry.

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::datatypes::Field;
use datafusion::common::Result;
use datafusion::logical_expr::{ReturnFieldArgs, ScalarUDF};
use geo::{Centroid, Geometry};

use crate::documentation::{Entry, GEOMETRIES};
use crate::function::{Arguments, SqlFunction, any};
use crate::geometry::{check_geometry_argument, empty_point, for_each_geometry, geometry_field};

const NAME: &str = "st_centroid";

/// `st_centroid(geometry)`: the centre of mass of a geometry.
pub(crate) fn st_centroid() -> ScalarUDF {
    SqlFunction {
        name: NAME,
        signature: any(1),
        return_field,
        evaluate,
        simplify: None,
        documentation: Entry {
            section: GEOMETRIES,
            description: "The centre of mass as a point, in the plane; of the parts of the highest dimension only. An empty point for an empty geometry.",
            syntax: "st_centroid(geometry)",
            arguments: &[("geometry", "a geometry")],
            example: "SELECT st_astext(st_centroid('POLYGON((0 0, 4 0, 4 4, 0 4, 0 0))'))",
            result: "POINT(2 2)",
            source: "PostGIS `ST_Centroid`",
        }
        .into(),
    }
    .into()
}

fn return_field(args: &ReturnFieldArgs<'_>) -> Result<Field> {
    check_geometry_argument(NAME, args, 0)?;
    Ok(geometry_field(NAME, true))
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    for_each_geometry(arguments, |geometry| {
        let centre = match geometry.bounds() {
            Some(_) => geometry.geometry().centroid()?,
            None => empty_point(),
        };
        Some(Geometry::Point(centre))
    })
}

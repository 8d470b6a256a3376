//! `st_envelope(geometry)`: the box around a geometry.

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::datatypes::Field;
use datafusion::common::Result;
use datafusion::logical_expr::{ReturnFieldArgs, ScalarUDF};
use geo::{Geometry, LineString, Point, Polygon, Rect};

use crate::documentation::{Entry, GEOMETRIES};
use crate::function::{Arguments, SqlFunction, any};
use crate::geometry::{Prepared, check_geometry_argument, for_each_geometry, geometry_field};

const NAME: &str = "st_envelope";

/// `st_envelope(geometry)`: the box around a geometry.
pub(crate) fn st_envelope() -> ScalarUDF {
    SqlFunction {
        name: NAME,
        signature: any(1),
        return_field,
        evaluate,
        simplify: None,
        documentation: Entry {
            section: GEOMETRIES,
            description: "The smallest box around a geometry as a polygon; a point or a line where the box has no area, and an empty geometry as it is.",
            syntax: "st_envelope(geometry)",
            arguments: &[("geometry", "a geometry")],
            example: "SELECT st_astext(st_envelope('LINESTRING(1 2, 3 5)'))",
            result: "POLYGON((1 2,1 5,3 5,3 2,1 2))",
            source: "PostGIS `ST_Envelope`",
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
    for_each_geometry(arguments, |geometry| Some(envelope(geometry)))
}

fn envelope(geometry: &Prepared) -> Geometry {
    let Some(bounds) = geometry.bounds() else {
        return geometry.geometry().clone();
    };
    let (low, high) = (bounds.min(), bounds.max());
    if low == high {
        Point(low).into()
    } else if low.x == high.x || low.y == high.y {
        LineString::new(vec![low, high]).into()
    } else {
        clockwise(bounds).into()
    }
}

/// The box from its lowest corner upwards, as PostGIS orders it.
fn clockwise(bounds: Rect) -> Polygon {
    let (low, high) = (bounds.min(), bounds.max());
    let ring = [
        (low.x, low.y),
        (low.x, high.y),
        (high.x, high.y),
        (high.x, low.y),
        (low.x, low.y),
    ];
    Polygon::new(LineString::from(ring.to_vec()), Vec::new())
}

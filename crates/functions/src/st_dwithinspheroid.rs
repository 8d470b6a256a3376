//! `st_dwithinspheroid(a, b, radius_m)`: whether two geometries are at most so many metres apart.

use datafusion::arrow::array::ArrayRef;
use datafusion::common::Result;
use datafusion::logical_expr::ScalarUDF;

use crate::documentation::{Entry, GEOMETRIES};
use crate::function::{Arguments, SqlFunction, any};
use crate::geometry::{field_of_pair_within, for_each_pair_within, within_metres};

const NAME: &str = "st_dwithinspheroid";

/// `st_dwithinspheroid(a, b, radius_m)`: whether the distance on WGS 84 is at most so many metres.
pub(crate) fn st_dwithinspheroid() -> ScalarUDF {
    SqlFunction {
        name: NAME,
        signature: any(3),
        return_field: |args| field_of_pair_within(NAME, args),
        evaluate,
        simplify: None,
        documentation: Entry {
            section: GEOMETRIES,
            description: "Whether `st_distancespheroid(a, b)` is at most `radius_m`, to a millimetre, and found without \
                          measuring what is clearly nearer or farther; false where one geometry is empty. A radius that is \
                          negative or NaN is NULL, and as a literal a planning error. NULL where a longitude is not in \
                          ±180 or a latitude not in ±90.",
            syntax: "st_dwithinspheroid(a, b, radius_m)",
            arguments: &[
                ("a", "a geometry"),
                ("b", "a geometry"),
                ("radius_m", "metres, inclusive"),
            ],
            example: "SELECT st_dwithinspheroid(st_point(179.9, 0), st_point(-179.9, 0), 22300)",
            result: "true",
            source: "PostGIS `ST_DWithin` on `geography`, whose edges are geodesics; see `st_distancespheroid`",
        }
        .into(),
    }
    .into()
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    for_each_pair_within(arguments, within_metres)
}

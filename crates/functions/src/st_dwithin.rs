//! `st_dwithin(a, b, distance)`: whether two geometries are at most so far apart in the plane.

use datafusion::arrow::array::ArrayRef;
use datafusion::common::Result;
use datafusion::logical_expr::ScalarUDF;

use crate::documentation::{Entry, GEOMETRIES};
use crate::function::{Arguments, SqlFunction, any};
use crate::geometry::{distance_in_degrees, field_of_pair_within, for_each_pair_within};

const NAME: &str = "st_dwithin";

/// `st_dwithin(a, b, distance)`: whether the distance in the plane is at most so large.
pub(crate) fn st_dwithin() -> ScalarUDF {
    SqlFunction {
        name: NAME,
        signature: any(3),
        return_field: |args| field_of_pair_within(NAME, args),
        evaluate,
        simplify: None,
        documentation: Entry {
            section: GEOMETRIES,
            description: "Whether `st_distance(a, b)` is at most `distance`, in degrees and not in metres; false where one \
                          geometry is empty. A distance that is negative or NaN is NULL, and as a literal a planning error \
                          (PostGIS fails the query); an infinite one holds all that is not empty.",
            syntax: "st_dwithin(a, b, distance)",
            arguments: &[
                ("a", "a geometry"),
                ("b", "a geometry"),
                ("distance", "degrees, inclusive"),
            ],
            example: "SELECT st_dwithin(st_point(0, 0), st_point(3, 4), 5)",
            result: "true",
            source: "PostGIS `ST_DWithin`",
        }
        .into(),
    }
    .into()
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    for_each_pair_within(arguments, |a, b, distance| {
        Some(distance_in_degrees(a, b).is_some_and(|apart| apart <= distance))
    })
}

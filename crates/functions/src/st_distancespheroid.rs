//! `st_distancespheroid(a, b)`: the smallest distance between two geometries in metres.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Float64Array};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::logical_expr::ScalarUDF;

use crate::documentation::{Entry, GEOMETRIES};
use crate::function::{Arguments, SqlFunction, any};
use crate::geometry::{distance_in_metres, field_of, for_each_two};

const NAME: &str = "st_distancespheroid";

/// `st_distancespheroid(a, b)`: the smallest distance on WGS 84, in metres.
pub(crate) fn st_distancespheroid() -> ScalarUDF {
    SqlFunction {
        name: NAME,
        signature: any(2),
        return_field: |args| field_of(NAME, args, DataType::Float64),
        evaluate,
        simplify: None,
        documentation: Entry {
            section: GEOMETRIES,
            description: "The smallest distance between two geometries in metres, along a geodesic on WGS 84; 0 where they meet, \
                          NULL where one is empty, a longitude is not in ±180 or a latitude not in ±90. Poles and the \
                          antimeridian are no obstacle.\n\nEdges are straight in longitude and latitude, as they are for \
                          `st_contains` and its like, so that a point is at distance 0 from a polygon wherever `st_covers` \
                          says so. PostGIS takes the edges of a `geography` for geodesics: up to 75° of latitude an edge of 100 m \
                          lies less than a millimetre from its geodesic, one of 1 km less than 10 cm, and one of 100 km \
                          less than 1 km.\n\nBetween points it is GeographicLib's \
                          distance (15 nanometres). With edges it is at most a millimetre from the exact distance. \
                          Two geometries of which neither consists of points are measured from every vertex, and on long \
                          edges every 1/64°, to the edges of the other: to a millimetre up to 100 km apart, and to a \
                          hundred-millionth of the distance beyond.",
            syntax: "st_distancespheroid(a, b)",
            arguments: &[("a", "a geometry"), ("b", "a geometry")],
            example: "SELECT round(st_distancespheroid(st_point(-73.8, 40.6), st_point(-0.5, 51.6)), 3)",
            result: "5551759.4",
            source: "PostGIS `ST_DistanceSpheroid`; C. F. F. Karney, Algorithms for geodesics, J. Geodesy 87 (2013)",
        }
        .into(),
    }
    .into()
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    Ok(Arc::new(for_each_two::<_, Float64Array>(
        arguments,
        distance_in_metres,
    )?))
}

//! `geofence_relation(geometry, lon, lat, accuracy_m)`: whether a position of a given accuracy is inside a fence, possibly inside or
//! outside.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, StringArray};
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::Result;
use datafusion::logical_expr::{ReturnFieldArgs, ScalarUDF};
use geo::Coord;

use crate::column::{NumberColumn, check_number_argument};
use crate::documentation::{Entry, GEOMETRIES};
use crate::function::{Arguments, SqlFunction, any};
use crate::geometry::{
    GeofenceRelation, GeometryColumn, Place, check_distance_argument, check_geometry_argument,
    geofence_relation as relation, is_distance,
};

/// The name in SQL.
pub(crate) const NAME: &str = "geofence_relation";

/// What `geofence_relation` returns: inside, possible, outside.
pub const OUTCOMES: [&str; 3] = ["inside", "possible", "outside"];

/// `geofence_relation(geometry, lon, lat, accuracy_m)`: `inside`, `possible` or `outside`.
pub(crate) fn geofence_relation() -> ScalarUDF {
    SqlFunction {
        name: NAME,
        signature: any(4),
        return_field,
        evaluate,
        simplify: None,
        documentation: Entry {
            section: GEOMETRIES,
            description: "Where a position known to `accuracy_m` metres lies, seen from a fence. `inside`: `st_covers` holds and no \
                          edge is nearer than `accuracy_m`. `outside`: it does not hold, and every edge is farther \
                          than `accuracy_m`. `possible`: the accuracy does not tell. A fix with an accuracy of 2 km is \
                          therefore never `inside` a site of a few hundred metres. Distances are those of \
                          `st_distancespheroid`.\n\nAn unknown accuracy is not an accuracy of zero: NULL in is NULL out, and \
                          `coalesce(accuracy_m, 2000)` says what else to assume. NULL also where the accuracy is negative or NaN, a \
                          coordinate is NaN, infinite or not in ±180, ±90, or the fence leaves the globe. A negative or NaN literal \
                          for the accuracy is a planning error. An accuracy that is infinite makes every fence that is \
                          not empty `possible`; every position is `outside` an empty one.\n\nLines and points are all edge: a \
                          position is `inside` one only where it lies on it with an accuracy of 0. All edges of a \
                          collection or a multipolygon count, also where two parts touch or a fence is cut at the \
                          antimeridian: near one, the answer is `possible`, not `inside`.",
            syntax: "geofence_relation(geometry, lon, lat, accuracy_m)",
            arguments: &[
                ("geometry", "the fence"),
                ("lon", "longitude in degrees"),
                ("lat", "latitude in degrees"),
                ("accuracy_m", "within how many metres the position is right, as `horizontal_accuracy_m`"),
            ],
            example: "SELECT geofence_relation('POLYGON((150 -20, 150.002 -20, 150.002 -19.998, 150 -19.998, 150 -20))', 150.001, -19.999, 2000)",
            result: "possible",
            source: "this project",
        }
        .into(),
    }
    .into()
}

fn return_field(args: &ReturnFieldArgs<'_>) -> Result<Field> {
    check_geometry_argument(NAME, args, 0)?;
    check_number_argument(NAME, args, 1)?;
    check_number_argument(NAME, args, 2)?;
    check_distance_argument(NAME, args, 3)?;
    Ok(Field::new(NAME, DataType::Utf8, true))
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    let mut fences = GeometryColumn::try_new(arguments, 0)?;
    let lon = NumberColumn::try_new(&arguments.values[1])?;
    let lat = NumberColumn::try_new(&arguments.values[2])?;
    let accuracies = NumberColumn::try_new(&arguments.values[3])?;
    let relations = (0..arguments.rows).map(|row| {
        let accuracy = accuracies.get(row).filter(is_distance)?;
        let place = Place::new(Coord {
            x: lon.get(row)?,
            y: lat.get(row)?,
        })?;
        relation(fences.get(row)?, &place, accuracy).map(name)
    });
    Ok(Arc::new(relations.collect::<StringArray>()))
}

fn name(relation: GeofenceRelation) -> &'static str {
    let [inside, possible, outside] = OUTCOMES;
    match relation {
        GeofenceRelation::Inside => inside,
        GeofenceRelation::Possible => possible,
        GeofenceRelation::Outside => outside,
    }
}

//! Columns of coordinates, and what a scan of points is told of where geometries lie.

use std::borrow::Cow;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array};
use datafusion::arrow::datatypes::Float64Type;
use datafusion::common::{Result, ScalarValue, internal_err};

use crate::index::{Area, KeyBounds};

/// More fences than this lie wherever 64 boxes do, and the boxes would take longer to find than they save.
pub(crate) const MOST_FENCES_FOR_AREAS: usize = 4096;

/// Longitude and latitude: the positions of the probe keys.
const LON: usize = 0;
const LAT: usize = 1;

/// West, south, east, north.
pub(crate) type Box4 = [f64; 4];

/// A lower end. Arrow puts -0.0 below 0.0, which are one coordinate.
fn low(number: f64) -> Option<ScalarValue> {
    Some(ScalarValue::Float64(Some(if number == 0.0 {
        -0.0
    } else {
        number
    })))
}

/// An upper end.
fn high(number: f64) -> Option<ScalarValue> {
    Some(ScalarValue::Float64(Some(if number == 0.0 {
        0.0
    } else {
        number
    })))
}

/// Ranges of longitudes and of latitudes as what a scan is told.
pub(crate) fn bounds_of(lons: Vec<(f64, f64)>, lats: Vec<(f64, f64)>) -> Vec<KeyBounds> {
    let of = |key, ranges: Vec<(f64, f64)>| {
        let ranges = ranges.into_iter().map(|(least, most)| (low(least), high(most)));
        KeyBounds {
            key,
            ranges: ranges.collect(),
        }
    };
    vec![of(LON, lons), of(LAT, lats)]
}

/// Boxes as what a scan is told.
pub(crate) fn areas_of(boxes: impl IntoIterator<Item = Box4>) -> Vec<Area> {
    let area =
        |[west, south, east, north]: Box4| vec![(LON, low(west), high(east)), (LAT, low(south), high(north))];
    boxes.into_iter().map(area).collect()
}

/// A column of coordinates or distances.
pub(crate) fn coordinates(array: &ArrayRef) -> Result<Float64Array> {
    match array.as_primitive_opt::<Float64Type>() {
        Some(numbers) => Ok(numbers.clone()),
        None => internal_err!("a coordinate is a Float64"),
    }
}

/// The values of a column; NaN, which matches nothing, where one is NULL.
pub(crate) fn numbers(array: &Float64Array) -> Cow<'_, [f64]> {
    match array.null_count() {
        0 => Cow::Borrowed(array.values()),
        _ => array.iter().map(|number| number.unwrap_or(f64::NAN)).collect(),
    }
}

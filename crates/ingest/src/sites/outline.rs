//! Outlines of sites: from GeoJSON coordinates to well-known binary.

use geo::kernels::{Kernel, Orientation, RobustKernel};
use geo::{BoundingRect, Coord, Geometry, Intersects, LineString, MultiPolygon, Polygon};
use serde_json::Value as Json;
use tieline_index::validity::{fault_of_parts, fault_of_polygon};
use wkb::Endianness;
use wkb::writer::{WriteOptions, write_geometry};

use crate::json::{MOST_ELEMENTS, TOO_MANY_ELEMENTS, reason_cut_off};
use crate::position::{check_range, in_range};

use super::area::area_km2;
use super::feature::Fault;
use super::repair::{without_repeated_parts, without_spikes};

/// The outline of a site.
pub(super) struct Outline {
    /// Well-known binary, little endian, longitude first.
    pub(super) wkb: Vec<u8>,
    /// Latitude and longitude of the middle of the box around its first part. That around all parts of an outline cut at the
    /// antimeridian goes around the globe.
    pub(super) centre: (f64, f64),
    /// Its area in square kilometres, its edges straight in longitude and latitude.
    pub(super) area_km2: f64,
    /// Whether longitude 0 and latitude 0 lie in it or on its edge.
    pub(super) holds_null_island: bool,
    pub(super) repairs: Repairs,
}

/// What was taken out of an outline because it encloses nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Repairs {
    /// Positions at the tips of spikes.
    pub(super) spikes: usize,
    /// Parts of a multipolygon that repeat another one.
    pub(super) parts: usize,
}

impl Repairs {
    /// What was done, in words.
    pub(super) fn notes(self) -> impl Iterator<Item = &'static str> {
        let notes = [
            (self.spikes, "spikes that enclose nothing are left out"),
            (self.parts, "parts that repeat another are left out"),
        ];
        notes
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(_, note)| note)
    }
}

/// What to do about a ring that may be meant to cross the antimeridian. SQL takes its edges straight in longitude and latitude, the
/// long way around the globe.
const ANTIMERIDIAN: &str = "; an outline across the antimeridian is cut there into a MultiPolygon";

/// Where programs put what has no position.
const NULL_ISLAND: Coord = Coord { x: 0.0, y: 0.0 };

pub(super) const OTHER_REFERENCE_SYSTEM: &str = "coordinate reference system is not OGC:CRS84";

/// Whether the coordinates of a document, a feature or a geometry are in degrees; before RFC 7946 each could name another reference system.
pub(super) fn has_longitude_latitude(object: &Json) -> bool {
    let Some(crs) = object.get("crs").filter(|crs| !crs.is_null()) else {
        return true;
    };
    let name = crs
        .pointer("/properties/name")
        .and_then(Json::as_str)
        .unwrap_or_default();
    name.ends_with("CRS84") || name.ends_with(":4326")
}

/// Reads a GeoJSON polygon or multipolygon; heights are dropped.
pub(super) fn outline(geometry: &Json) -> Result<Outline, Fault> {
    let fault = |field: &str, reason: &str| Err((field.to_owned(), reason.to_owned()));
    if geometry.is_null() {
        return fault("geometry", "no geometry");
    }
    let kind = geometry.get("type").and_then(Json::as_str).unwrap_or_default();
    if !["Polygon", "MultiPolygon"].contains(&kind) {
        return fault("geometry.type", "neither Polygon nor MultiPolygon");
    }
    if !has_longitude_latitude(geometry) {
        return fault("geometry.crs", OTHER_REFERENCE_SYSTEM);
    }
    let path = "geometry.coordinates";
    let Some(coordinates) = geometry.get("coordinates") else {
        return fault(path, "no coordinates");
    };
    if let Some(reason) = reason_cut_off(coordinates) {
        return fault(path, reason);
    }
    let mut repairs = Repairs::default();
    let (shape, problem) = match kind {
        "Polygon" => {
            let polygon = polygon(coordinates, path, &mut repairs)?;
            let problem = fault_of_polygon(&polygon).map(|problem| problem.to_string());
            (Geometry::Polygon(polygon), problem)
        }
        _ => {
            let polygons = elements(coordinates, path)?.iter().enumerate();
            let mut polygons = polygons
                .map(|(index, part)| polygon(part, &format!("{path}[{index}]"), &mut repairs))
                .collect::<Result<Vec<_>, _>>()?;
            let problem = problem_of_a_part(&polygons);
            repairs.parts = without_repeated_parts(&mut polygons);
            let problem = problem.or_else(|| problem_of_two_parts(&polygons, repairs.parts));
            (Geometry::MultiPolygon(MultiPolygon(polygons)), problem)
        }
    };
    if let Some(problem) = problem {
        return Err((path.to_owned(), problem));
    }
    let parts = match &shape {
        Geometry::Polygon(polygon) => std::slice::from_ref(polygon),
        Geometry::MultiPolygon(polygons) => polygons.0.as_slice(),
        _ => &[],
    };
    let Some(bounds) = parts.first().and_then(BoundingRect::bounding_rect) else {
        return fault(path, "no positions");
    };
    let mut wkb = Vec::new();
    let options = WriteOptions {
        endianness: Endianness::LittleEndian,
    };
    if write_geometry(&mut wkb, &shape, &options).is_err() {
        return fault(path, "cannot be written as well-known binary");
    }
    Ok(Outline {
        wkb,
        centre: (bounds.center().y, bounds.center().x),
        area_km2: area_km2(parts),
        holds_null_island: parts.iter().any(|part| part.intersects(&NULL_ISLAND)),
        repairs,
    })
}

/// What is wrong with a part of a multipolygon by itself. To be asked before any two are compared, which relies on valid parts.
fn problem_of_a_part(polygons: &[Polygon]) -> Option<String> {
    polygons.iter().enumerate().find_map(|(index, polygon)| {
        let problem = fault_of_polygon(polygon)?;
        Some(format!("polygon at index {index} is invalid: {problem}"))
    })
}

/// What is wrong with two parts of a multipolygon, of which so many were taken out.
fn problem_of_two_parts(polygons: &[Polygon], taken_out: usize) -> Option<String> {
    let problem = fault_of_parts(polygons)?;
    Some(match taken_out {
        0 => problem.to_string(),
        // Its positions are not those of the source.
        _ => "two polygons overlap or share a part of an edge".to_owned(),
    })
}

fn polygon(rings: &Json, path: &str, repairs: &mut Repairs) -> Result<Polygon, Fault> {
    let rings = elements(rings, path)?.iter().enumerate();
    let mut rings = rings.map(|(index, ring)| self::ring(ring, &format!("{path}[{index}]"), repairs));
    let exterior = rings
        .next()
        .unwrap_or_else(|| Err((path.to_owned(), "polygon without rings".to_owned())))?;
    let interiors = rings.collect::<Result<_, _>>()?;
    Ok(Polygon::new(exterior, interiors))
}

/// Reads a closed ring; [`Polygon::new`] would close an open one in silence.
fn ring(positions: &Json, path: &str, repairs: &mut Repairs) -> Result<LineString, Fault> {
    let fault = |reason: &str| Err((path.to_owned(), reason.to_owned()));
    let not_one = |index| (format!("{path}[{index}]"), "not a position".to_owned());
    let positions = elements(positions, path)?.iter().enumerate();
    let coords = positions
        .map(|(index, position)| self::position(position).ok_or_else(|| not_one(index)))
        .collect::<Result<Vec<_>, _>>()?;
    if let Some(reason) = out_of_range(&coords) {
        return fault(&reason);
    }
    if coords.first() != coords.last() {
        return fault("ring is not closed");
    }
    if coords.len() < 4 {
        return fault("ring has fewer than 4 positions");
    }
    if on_one_line(&coords) {
        return fault("ring has no area");
    }
    if coords
        .windows(2)
        .any(|edge| (edge[0].x - edge[1].x).abs() > 180.0)
    {
        return fault(&format!("edge wider than 180 degrees of longitude{ANTIMERIDIAN}"));
    }
    match without_spikes(&coords) {
        None => Ok(LineString(coords)),
        Some((ring, _)) if ring.len() < 4 => fault("ring has no area"),
        Some((ring, removed)) => {
            repairs.spikes += removed;
            Ok(LineString(ring))
        }
    }
}

/// Why positions are none in degrees of WGS 84.
fn out_of_range(coords: &[Coord]) -> Option<String> {
    let problem = coords
        .iter()
        .find_map(|coord| check_range(coord.y, coord.x).err())?;
    // One position out of range says little: a ring is called swapped, or drawn on beyond 180 degrees, if that mends all of it.
    let reason = problem.reason().split(';').next().unwrap_or_default();
    let note = if coords.iter().all(|coord| in_range(coord.x, coord.y)) {
        "; possibly swapped"
    } else if coords.iter().all(|coord| in_range(coord.y, coord.x / 2.0)) {
        ANTIMERIDIAN
    } else {
        ""
    };
    Some(format!("{reason}{note}"))
}

/// Whether all positions lie on one line, or on one point.
fn on_one_line(coords: &[Coord]) -> bool {
    let Some((&first, rest)) = coords.split_first() else {
        return true;
    };
    let Some(&other) = rest.iter().find(|coord| **coord != first) else {
        return true;
    };
    rest.iter()
        .all(|&coord| RobustKernel::orient2d(first, other, coord) == Orientation::Collinear)
}

/// The first two numbers of a position: longitude and latitude.
fn position(position: &Json) -> Option<Coord> {
    let numbers = position.as_array()?;
    Some(Coord {
        x: numbers.first()?.as_f64()?,
        y: numbers.get(1)?.as_f64()?,
    })
}

/// The elements of an array.
fn elements<'a>(array: &'a Json, path: &str) -> Result<&'a [Json], Fault> {
    let fault = |reason: &str| Err((path.to_owned(), reason.to_owned()));
    match array {
        Json::Array(elements) if elements.len() <= MOST_ELEMENTS => Ok(elements),
        Json::Array(_) => fault(TOO_MANY_ELEMENTS),
        _ => fault("not an array"),
    }
}

#[cfg(test)]
#[path = "outline_tests.rs"]
mod tests;

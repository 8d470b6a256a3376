//! A column of geometries as something that points are near: what an index of distances takes of it.

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::datatypes::FieldRef;
use datafusion::common::Result;
use geo::{Coord, CoordsIter, Geometry, Rect};

use super::edges::Edges;
use super::function::is_distance;
use super::metres::{edge_reaches, is_possible};
use super::outlines::for_each_geometry_of;
use super::prepared::{bounds_of, is_empty};
use super::spheroid::{Place, on_the_globe, reach_in_degrees};

/// What it takes for a point with a distance to match a geometry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Nearness {
    /// `st_dwithin`: in the geometry's units, degrees.
    Degrees,
    /// `st_dwithinspheroid`: in metres on WGS 84.
    Metres,
    /// `geofence_relation` is one of these; the distance is the accuracy in metres. Never `outside`, which is anywhere.
    Relation {
        /// `inside` matches.
        inside: bool,
        /// `possible` matches.
        possible: bool,
    },
}

impl Nearness {
    /// Up to how far from a geometry a point with this distance can match; `None` where it never does.
    fn reach(self, distance: f64) -> Option<f64> {
        match self {
            _ if !is_distance(&distance) => None,
            Self::Degrees | Self::Metres | Self::Relation { possible: true, .. } => Some(distance),
            Self::Relation { .. } => Some(0.0),
        }
    }

    /// Boxes (west, south, east, north) that hold every position within the distance of a position in the box: up to three
    /// where they go around the earth, none where nothing can match.
    ///
    /// What a distance is rounded by depends on the geometry that is measured to. Of a point's box only what depends on the point is
    /// in the margin: the geometry's own is in its boxes at distance 0.
    pub fn boxes_around(self, rect: [f64; 4], distance: f64) -> impl Iterator<Item = [f64; 4]> {
        let (boxes, count) = match self.reach(distance) {
            Some(reach) if self == Self::Degrees => ([widened(rect, reach); 3], 1),
            Some(reach) => around_the_earth(rect, reach),
            None => ([rect; 3], 0),
        };
        boxes.into_iter().take(count)
    }
}

/// By how much of a longitude and a latitude the boxes of a point ([`Nearness::boxes_around`]) reach beyond it, at most: what is needed to
/// pass over points that are near nothing, without their boxes.
#[derive(Debug)]
pub struct PointReach {
    nearness: Nearness,
    /// Of longitude for a metre, by the degrees of latitude that are not exceeded.
    lon_of_metre: Vec<f64>,
    lat_of_metre: f64,
}

/// Latitudes up to here, and distances up to there, are told of.
const REACH_DEGREES: u32 = 85;
const REACH_M: f64 = 100_000.0;

impl PointReach {
    /// Of points with their own distance.
    pub fn new(nearness: Nearness) -> Self {
        let of_metre = |lat: u32| reach_in_degrees(f64::from(lat), REACH_M);
        // In degrees and in metres alike a little more: what distances and the reach itself are rounded by.
        let each = |degrees: f64| degrees / REACH_M * (1.0 + 1e-9);
        Self {
            nearness,
            lon_of_metre: (0..=REACH_DEGREES).map(|lat| each(of_metre(lat).0)).collect(),
            lat_of_metre: each(of_metre(0).1),
        }
    }

    /// Of one point; `None` where it is not told: near the poles and the antimeridian, and of large distances.
    #[inline]
    pub fn of(&self, x: f64, y: f64, distance: f64) -> Option<[f64; 2]> {
        if self.nearness == Nearness::Degrees {
            let reach = distance * (1.0 + 1e-9) + 1e-9 * (1.0 + x.abs() + y.abs());
            return Some([reach, reach]);
        }
        let metres = match self.nearness {
            Nearness::Relation { possible: false, .. } => 0.0,
            _ => distance,
        };
        let metres = metres * (1.0 + 1e-9) + 0.02;
        let lon = metres * self.lon_of_metre.get(y.abs().ceil() as usize)?;
        (metres < REACH_M && x.abs() + lon < 180.0).then_some([lon, metres * self.lat_of_metre])
    }
}

/// What a distance in the plane is rounded by, many times over, as a share of what it is computed from: the distance, the
/// coordinates, and the extent of the geometry that is measured to.
pub(super) const PLANE_ROUNDING: f64 = 1e-12;

/// A box with a margin, and so much more that no rounding of a distance makes it too small.
fn widened([west, south, east, north]: [f64; 4], margin: f64) -> [f64; 4] {
    let farthest = west.abs().max(south.abs()).max(east.abs()).max(north.abs());
    let margin = margin + PLANE_ROUNDING * (margin + farthest + (east - west) + (north - south));
    [
        (west - margin).next_down(),
        (south - margin).next_down(),
        (east + margin).next_up(),
        (north + margin).next_up(),
    ]
}

/// The first so many of three boxes hold every position within so many metres of a position in the box.
fn around_the_earth([west, south, east, north]: [f64; 4], metres: f64) -> ([[f64; 4]; 3], usize) {
    let (lon, lat) = reach_in_degrees(south.abs().max(north.abs()), metres);
    let (south, north) = (south - lat, north + lat);
    if (east - west) + 2.0 * lon >= 360.0 {
        return ([[-180.0, south, 180.0, north]; 3], 1);
    }
    let (west, east) = (west - lon, east + lon);
    let mut boxes = [[west, south, east, north]; 3];
    let mut count = 1;
    // 180 degrees west is 180 degrees east.
    if west <= -180.0 {
        boxes[count] = [west + 360.0, south, 180.0, north];
        count += 1;
    }
    if east >= 180.0 {
        boxes[count] = [-180.0, south, east - 360.0, north];
        count += 1;
    }
    (boxes, count)
}

/// A geometry that a point can be near.
pub struct NearFence {
    row: u32,
    bounds: Rect,
    geometry: Geometry,
    edges: Edges,
}

impl std::fmt::Debug for NearFence {
    /// Never a coordinate.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("NearFence")
            .field("row", &self.row)
            .finish_non_exhaustive()
    }
}

impl NearFence {
    /// Its row in the column.
    pub const fn row(&self) -> u32 {
        self.row
    }

    /// Memory that it holds, about.
    pub fn bytes(&self) -> usize {
        size_of::<Self>() + self.geometry.coords_count() * size_of::<Coord>() + self.edges.bytes()
    }

    /// West, south, east and north.
    pub fn bounds(&self) -> [f64; 4] {
        let (least, most) = (self.bounds.min(), self.bounds.max());
        [least.x, least.y, most.x, most.y]
    }

    /// Whether a point with a distance matches, exactly where the SQL function is true; never one with a coordinate that is not
    /// finite, or with a distance that is none.
    pub fn meets(&self, nearness: Nearness, x: f64, y: f64, distance: f64) -> bool {
        let coord = Coord { x, y };
        if !(x.is_finite() && y.is_finite() && is_distance(&distance)) {
            return false;
        }
        if nearness == Nearness::Degrees {
            return self.edges.reaches_in_degrees(coord, distance);
        }
        if !on_the_globe(coord) {
            return false;
        }
        let edges = &self.edges;
        let place = || Place::anywhere(coord);
        match (nearness, &self.geometry) {
            (Nearness::Relation { inside, possible }, _) => {
                // Where either outcome matches, or none can, nothing is measured.
                match (edges.covers(coord), inside, possible) {
                    (true, true, true) => true,
                    (false, _, false) => false,
                    (covered, ..) => match is_possible(edges, &place(), distance, covered) {
                        true => possible,
                        false => covered && inside,
                    },
                }
            }
            (_, Geometry::Point(point)) => place().distance(point.0) <= distance,
            _ => edges.covers(coord) || edge_reaches(edges, &place(), distance),
        }
    }
}

/// Reads a column of geometries, whatever their encoding; the field says which. What no point is near is left out: rows that are
/// NULL, malformed or empty, and those that leave the globe where metres are measured.
///
/// # Errors
/// Where the field holds no geometries.
pub fn near_column(geometries: &ArrayRef, field: &FieldRef, nearness: Nearness) -> Result<Vec<NearFence>> {
    let mut fences = Vec::new();
    for_each_geometry_of(geometries, field, |row, geometry| {
        let Some(bounds) = bounds_of(geometry).filter(|_| !is_empty(geometry)) else {
            return Ok(());
        };
        let edges = match nearness {
            Nearness::Degrees => Edges::anywhere(geometry),
            _ => match Edges::try_new(geometry) {
                Some(edges) => edges,
                None => return Ok(()),
            },
        };
        fences.push(NearFence {
            row,
            bounds,
            geometry: geometry.clone(),
            edges,
        });
        Ok(())
    })?;
    Ok(fences)
}

#[cfg(test)]
#[path = "near_tests.rs"]
mod tests;

//! Whether polygons follow the rules of the OGC, by the rules and in the words of `geo`, which compares every edge of a ring with
//! every other one. Here only edges are compared whose boxes meet, and rings only where their edges do. One rule `geo` leaves out:
//! that an interior is in one piece.
//!
//! A ring whose positions all lie on one line is to be refused before: the relations of `geo` do not bear it.

mod divided;

use std::cell::OnceCell;
use std::fmt;
use std::iter::once;

use geo::coordinate_position::CoordPos;
use geo::dimensions::Dimensions;
use geo::kernels::{Kernel, Orientation, RobustKernel};
use geo::relate::IntersectionMatrix;
use geo::validation::{CoordIndex, GeometryIndex, InvalidMultiPolygon, InvalidPolygon, RingRole};
use geo::{Coord, Intersects, Line, LineString, Polygon, PreparedGeometry, Relate, RemoveRepeatedPoints};

use crate::fences::{Boxes, Crossing, Rect, crossing};

/// A rule that a polygon breaks.
#[derive(Clone, Debug, PartialEq)]
pub enum PolygonFault {
    /// One that `geo` knows.
    Rings(InvalidPolygon),
    /// Rings that touch leave the interior in several pieces.
    Divided,
}

impl fmt::Display for PolygonFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rings(fault) => fault.fmt(formatter),
            Self::Divided => formatter.write_str("rings that touch divide the interior"),
        }
    }
}

impl std::error::Error for PolygonFault {}

/// Whether a ring of a polygon is flat: all of its corners lie on one line. `geo` overlooks flat triangles, whose edges all follow one another.
///
/// ```
/// use geo::polygon;
/// use tieline_index::validity::has_flat_ring;
///
/// assert!(has_flat_ring(&polygon![(x: 0.0, y: 0.0), (x: 1.0, y: 1.0), (x: 2.0, y: 2.0)]));
/// assert!(!has_flat_ring(&polygon![(x: 0.0, y: 0.0), (x: 1.0, y: 1.0), (x: 2.0, y: 0.0)]));
/// ```
pub fn has_flat_ring(polygon: &Polygon) -> bool {
    once(polygon.exterior()).chain(polygon.interiors()).any(is_flat)
}

fn is_flat(ring: &LineString) -> bool {
    let Some((first, rest)) = ring.0.split_first() else {
        return false;
    };
    let Some(second) = rest.iter().find(|corner| *corner != first) else {
        return true;
    };
    rest.iter()
        .all(|corner| RobustKernel::orient2d(*first, *second, *corner) == Orientation::Collinear)
}

/// The first rule that a polygon breaks.
pub fn fault_of_polygon(polygon: &Polygon) -> Option<PolygonFault> {
    check_polygon(polygon).err()
}

fn check_polygon(polygon: &Polygon) -> Result<(), PolygonFault> {
    if polygon.exterior().0.is_empty() {
        return Ok(());
    }
    let exterior = checked_ring(polygon.exterior(), RingRole::Exterior).map_err(PolygonFault::Rings)?;
    let rings = polygon.interiors().iter().enumerate();
    let holes: Result<Vec<_>, _> = rings
        .map(|(number, ring)| checked_ring(ring, RingRole::Interior(number)))
        .collect();
    let holes = holes.map_err(PolygonFault::Rings)?;
    if let Some(fault) = Holes::new(polygon, &exterior, &holes).fault() {
        return Err(PolygonFault::Rings(fault));
    }
    let rings: Vec<_> = once(&exterior).chain(&holes).collect();
    match divided::is_divided(&rings) {
        true => Err(PolygonFault::Divided),
        false => Ok(()),
    }
}

/// The first rule that two polygons of a multipolygon break, each of which is valid by itself.
pub fn fault_of_parts(polygons: &[Polygon]) -> Option<InvalidMultiPolygon> {
    let parts: Vec<_> = polygons.iter().map(Part::new).collect();
    let boxes = boxes_of(parts.iter().map(|part| part.bounds));
    (0..parts.len()).find_map(|one| {
        let mut others = beyond(&boxes, parts[one].bounds, one).into_iter();
        others.find_map(|other| {
            let numbers = (GeometryIndex(one), GeometryIndex(other));
            match parts[one].meeting(&parts[other]) {
                Meeting::None => None,
                Meeting::Area => Some(InvalidMultiPolygon::ElementsOverlaps(numbers.0, numbers.1)),
                Meeting::Line => Some(InvalidMultiPolygon::ElementsTouchOnALine(numbers.0, numbers.1)),
            }
        })
    })
}

/// The edges of a ring that is valid by itself.
fn checked_ring(ring: &LineString, role: RingRole) -> Result<Edges, InvalidPolygon> {
    if ring.0.is_empty() {
        return Ok(Edges::of([ring]));
    }
    if ring.remove_repeated_points().0.len() < 4 {
        return Err(InvalidPolygon::TooFewPointsInRing(role));
    }
    let is_finite = |coord: &Coord| coord.x.is_finite() && coord.y.is_finite();
    if let Some(number) = ring.0.iter().position(|coord| !is_finite(coord)) {
        return Err(InvalidPolygon::NonFiniteCoord(role, CoordIndex(number)));
    }
    let edges = Edges::of([ring]);
    match edges.cross_themselves() {
        true => Err(InvalidPolygon::SelfIntersection(role)),
        false => Ok(edges),
    }
}

/// How much two polygons have in common that they may not.
enum Meeting {
    None,
    Line,
    Area,
}

impl Meeting {
    fn of(matrix: &IntersectionMatrix) -> Self {
        if matrix.get(CoordPos::Inside, CoordPos::Inside) == Dimensions::TwoDimensional {
            Self::Area
        } else if touch_on_a_line(matrix) {
            Self::Line
        } else {
            Self::None
        }
    }
}

fn touch_on_a_line(matrix: &IntersectionMatrix) -> bool {
    matrix.get(CoordPos::OnBoundary, CoordPos::OnBoundary) == Dimensions::OneDimensional
}

/// A polygon of several.
struct Part<'a> {
    polygon: &'a Polygon,
    bounds: Rect,
    edges: OnceCell<Edges>,
}

impl<'a> Part<'a> {
    fn new(polygon: &'a Polygon) -> Self {
        Self {
            polygon,
            bounds: bounds_of(polygon.exterior()),
            edges: OnceCell::new(),
        }
    }

    fn edges(&self) -> &Edges {
        self.edges
            .get_or_init(|| Edges::of(once(self.polygon.exterior()).chain(self.polygon.interiors())))
    }

    /// What two polygons have in common. Where no edges meet, the exterior of each lies in the other or outside of it as a whole.
    fn meeting(&self, other: &Self) -> Meeting {
        let (one, two) = (self.edges(), other.edges());
        if one.meet(two) {
            return Meeting::of(&self.polygon.relate(other.polygon));
        }
        match one.hold_start_of(two) || two.hold_start_of(one) {
            true => Meeting::Area,
            false => Meeting::None,
        }
    }
}

/// The interior rings of a polygon, each of which is valid by itself, as is the exterior.
struct Holes<'a> {
    polygon: &'a Polygon,
    exterior: &'a Edges,
    /// The polygon without holes.
    shell: OnceCell<PreparedGeometry<'static, Polygon>>,
    edges: &'a [Edges],
    boxes: Boxes,
}

impl<'a> Holes<'a> {
    fn new(polygon: &'a Polygon, exterior: &'a Edges, edges: &'a [Edges]) -> Self {
        Self {
            polygon,
            exterior,
            shell: OnceCell::new(),
            edges,
            boxes: boxes_of(polygon.interiors().iter().map(bounds_of)),
        }
    }

    fn fault(&self) -> Option<InvalidPolygon> {
        let filled = (0..self.edges.len()).filter(|&hole| !self.edges[hole].lines.is_empty());
        filled.into_iter().find_map(|hole| {
            self.fault_with_exterior(hole)
                .or_else(|| self.fault_with_others(hole))
        })
    }

    fn fault_with_exterior(&self, hole: usize) -> Option<InvalidPolygon> {
        let role = RingRole::Interior(hole);
        let outside = || InvalidPolygon::InteriorRingNotContainedInExteriorRing(role);
        let edges = &self.edges[hole];
        if !self.exterior.meet(edges) {
            return (!self.exterior.hold_start_of(edges)).then(outside);
        }
        let shell = self
            .shell
            .get_or_init(|| PreparedGeometry::from(Polygon::new(self.polygon.exterior().clone(), vec![])));
        let matrix = shell.relate(&self.filled(hole));
        if !matrix.is_contains() {
            return Some(outside());
        }
        touch_on_a_line(&matrix).then_some(InvalidPolygon::IntersectingRingsOnALine(RingRole::Exterior, role))
    }

    fn fault_with_others(&self, hole: usize) -> Option<InvalidPolygon> {
        let bounds = bounds_of(&self.polygon.interiors()[hole]);
        let mut others = beyond(&self.boxes, bounds, hole).into_iter();
        others.find_map(|other| {
            let roles = (RingRole::Interior(hole), RingRole::Interior(other));
            match Meeting::of(&self.filled(hole).relate(&self.filled(other))) {
                Meeting::None => None,
                Meeting::Area => Some(InvalidPolygon::IntersectingRingsOnAnArea(roles.0, roles.1)),
                Meeting::Line => Some(InvalidPolygon::IntersectingRingsOnALine(roles.0, roles.1)),
            }
        })
    }

    /// What a hole takes out.
    fn filled(&self, hole: usize) -> Polygon {
        Polygon::new(self.polygon.interiors()[hole].clone(), vec![])
    }
}

/// Edges and their boxes.
struct Edges {
    lines: Vec<Line>,
    boxes: Boxes,
}

impl Edges {
    fn of<'a>(rings: impl IntoIterator<Item = &'a LineString>) -> Self {
        let mut lines: Vec<_> = rings.into_iter().flat_map(LineString::lines).collect();
        // Two edges that follow one another are only alike where a position is repeated again and again.
        lines.dedup();
        let boxes = boxes_of(lines.iter().map(box_of));
        Self { lines, boxes }
    }

    /// Whether two edges meet other than by one beginning where the other ends.
    fn cross_themselves(&self) -> bool {
        self.lines.iter().enumerate().any(|(number, line)| {
            self.met_by(line, |other, edge| {
                number != other && line.start != edge.end && line.end != edge.start
            })
        })
    }

    /// Whether any edge meets one of others.
    fn meet(&self, others: &Self) -> bool {
        let (few, many) = match self.lines.len() < others.lines.len() {
            true => (self, others),
            false => (others, self),
        };
        few.lines.iter().any(|line| many.met_by(line, |_, _| true))
    }

    /// Whether a line meets an edge that counts, which is asked with its number.
    fn met_by(&self, line: &Line, counts: impl Fn(usize, &Line) -> bool) -> bool {
        let mut met = false;
        self.boxes.overlapping(box_of(line), |number| {
            let edge = &self.lines[number as usize];
            met = met || (counts(number as usize, edge) && line.intersects(edge));
        });
        met
    }

    /// Whether the first position of others lies in what these edges enclose, on none of which it is.
    fn hold_start_of(&self, others: &Self) -> bool {
        let Some(Line { start: place, .. }) = others.lines.first() else {
            return false;
        };
        let mut inside = false;
        let ray = [place.x, place.y, f64::INFINITY, place.y];
        self.boxes.overlapping(ray, |number| {
            let Line { start, end } = self.lines[number as usize];
            inside ^= crossing([start.x, start.y], [end.x, end.y], place.x, place.y) == Crossing::Yes;
        });
        inside
    }
}

fn boxes_of(boxes: impl Iterator<Item = Rect>) -> Boxes {
    Boxes::build(boxes.zip(0..))
}

/// The numbers above this one, ascending, whose boxes meet a box.
fn beyond(boxes: &Boxes, bounds: Rect, number: usize) -> Vec<usize> {
    let mut numbers = Vec::new();
    boxes.overlapping(bounds, |other| numbers.push(other as usize));
    numbers.retain(|other| *other > number);
    numbers.sort_unstable();
    numbers
}

fn box_of(line: &Line) -> Rect {
    let (start, end) = (line.start, line.end);
    [
        start.x.min(end.x),
        start.y.min(end.y),
        start.x.max(end.x),
        start.y.max(end.y),
    ]
}

/// The box around a ring; around none, one that holds nothing.
fn bounds_of(ring: &LineString) -> Rect {
    let nothing = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    ring.0.iter().fold(nothing, |[west, south, east, north], coord| {
        [
            west.min(coord.x),
            south.min(coord.y),
            east.max(coord.x),
            north.max(coord.y),
        ]
    })
}

#[cfg(test)]
#[path = "validity_tests.rs"]
mod tests;

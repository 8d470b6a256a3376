//! The outlines that an index is built from.

use std::fmt;
use std::ops::Range;

/// A place: x, y.
pub(super) type Vertex = [f64; 2];

/// The most vertices of one index, each ring's first counted twice: edges are numbered in 30 bits.
pub(super) const MOST_VERTICES: usize = (1 << 30) - 1;

/// One polygon: a few rings that follow each other in the list of all vertices.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    pub(super) row: u32,
    first_ring: u32,
    end_ring: u32,
    /// West, south, east, north.
    pub(super) bounds: [f64; 4],
}

/// Polygons and multipolygons, each with the number of the build row it stands for.
///
/// A polygon is its rings, the exterior first. A ring may repeat its first vertex at the end or not. Within a polygon a
/// point on any ring is on the boundary, and any other is inside if a ray from it crosses the rings an odd number of
/// times. So holes are outside, whichever way the rings turn, and a ring without area has a boundary and no interior.
///
/// Several polygons of one row are a multipolygon: a point inside any of them is inside, else a point on the boundary
/// of any is on the boundary. For valid multipolygons that is what PostGIS says. Empty rings are left out, and so are
/// polygons whose exterior is empty; a vertex that follows on itself counts once.
///
/// ```
/// use tieline_index::fences::Outlines;
///
/// let exterior = [(0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0)];
/// let hole = [(3.0, 3.0), (6.0, 3.0), (6.0, 6.0), (3.0, 6.0), (3.0, 3.0)];
/// let mut outlines = Outlines::new();
/// outlines.push(7, [vec![exterior.to_vec(), hole.to_vec()]]).unwrap();
/// assert_eq!((outlines.polygons(), outlines.vertices()), (1, 10));
/// assert!(outlines.push_polygon(8, [[(f64::NAN, 0.0)]]).is_err());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Outlines {
    /// All rings, each with its first vertex again at the end: edge `i` goes from vertex `i` to vertex `i + 1`.
    pub(super) vertices: Vec<Vertex>,
    /// Where each ring ends in `vertices`.
    ring_ends: Vec<u32>,
    pub(super) parts: Vec<Part>,
}

impl Outlines {
    /// Without outlines.
    pub const fn new() -> Self {
        Self {
            vertices: Vec::new(),
            ring_ends: Vec::new(),
            parts: Vec::new(),
        }
    }

    /// Adds the polygons of a row. A row may be added to again.
    ///
    /// # Errors
    /// Where a coordinate is infinite or not a number, or there are too many vertices. The polygon in which that occurs is
    /// left out, the ones before it are not.
    pub fn push<P, R, V>(&mut self, row: u32, polygons: P) -> Result<(), FencesError>
    where
        P: IntoIterator<Item = R>,
        R: IntoIterator<Item = V>,
        V: IntoIterator<Item = (f64, f64)>,
    {
        polygons
            .into_iter()
            .try_for_each(|polygon| self.push_polygon(row, polygon))
    }

    /// Adds one polygon of a row, given as its rings.
    ///
    /// # Errors
    /// As for [`Outlines::push`].
    pub fn push_polygon<R, V>(&mut self, row: u32, rings: R) -> Result<(), FencesError>
    where
        R: IntoIterator<Item = V>,
        V: IntoIterator<Item = (f64, f64)>,
    {
        let (vertices, first_ring) = (self.vertices.len(), self.ring_ends.len());
        let added = self.push_rings(row, rings);
        match added {
            Ok(true) => {
                let bounds = bounds_of(&self.vertices[vertices..]);
                let (first_ring, end_ring) = (first_ring as u32, self.ring_ends.len() as u32);
                self.parts.push(Part {
                    row,
                    first_ring,
                    end_ring,
                    bounds,
                });
            }
            Ok(false) | Err(_) => {
                self.vertices.truncate(vertices);
                self.ring_ends.truncate(first_ring);
            }
        }
        added.map(|_| ())
    }

    /// Appends rings; false when the first one is empty.
    fn push_rings<R, V>(&mut self, row: u32, rings: R) -> Result<bool, FencesError>
    where
        R: IntoIterator<Item = V>,
        V: IntoIterator<Item = (f64, f64)>,
    {
        let mut filled = false;
        for ring in rings {
            let start = self.vertices.len();
            self.vertices.extend(ring.into_iter().map(|(x, y)| [x, y]));
            let added = &self.vertices[start..];
            let (Some(&first), Some(&last)) = (added.first(), added.last()) else {
                if filled {
                    continue;
                }
                return Ok(false);
            };
            if !added.iter().flatten().all(|number| number.is_finite()) {
                return Err(FencesError::NotFinite { row });
            }
            let is_closed = first == last && added.len() > 1;
            // An edge from a place to itself is a place that its neighbours have: all of a ring may be one place, millions of times.
            if added.windows(2).any(|pair| pair[0] == pair[1]) {
                let mut ring = self.vertices.split_off(start);
                ring.dedup();
                self.vertices.append(&mut ring);
            }
            if !is_closed || self.vertices.len() == start + 1 {
                self.vertices.push(first);
            }
            if self.vertices.len() > MOST_VERTICES {
                return Err(FencesError::TooMany {
                    count: self.vertices.len(),
                    limit: MOST_VERTICES,
                });
            }
            self.ring_ends.push(self.vertices.len() as u32);
            filled = true;
        }
        Ok(filled)
    }

    /// How many polygons there are.
    pub fn polygons(&self) -> usize {
        self.parts.len()
    }

    /// How many vertices there are, with each ring's first counted twice.
    pub fn vertices(&self) -> usize {
        self.vertices.len()
    }

    /// Whether there are no polygons.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Gives back what the lists hold beyond their length.
    pub(super) fn shrink(&mut self) {
        self.vertices.shrink_to_fit();
    }

    /// The numbers of a polygon's edges, ring by ring.
    pub(super) fn edges(&self, part: &Part) -> impl Iterator<Item = Range<u32>> + '_ {
        let ends = &self.ring_ends[part.first_ring as usize..part.end_ring as usize];
        let mut start = match part.first_ring {
            0 => 0,
            ring => self.ring_ends[ring as usize - 1],
        };
        ends.iter().map(move |&end| {
            let ring = start..end - 1;
            start = end;
            ring
        })
    }
}

/// The box around some places.
fn bounds_of(vertices: &[Vertex]) -> [f64; 4] {
    let nothing = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    vertices
        .iter()
        .fold(nothing, |[west, south, east, north], &[x, y]| {
            [west.min(x), south.min(y), east.max(x), north.max(y)]
        })
}

/// Why an outline cannot be added or no index can be built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FencesError {
    /// A coordinate is infinite or not a number.
    NotFinite {
        /// The row of the polygon.
        row: u32,
    },
    /// There are more vertices, or more to remember of them, than an index can number.
    TooMany {
        /// How many there are.
        count: usize,
        /// How many there may be.
        limit: usize,
    },
}

impl fmt::Display for FencesError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFinite { row } => {
                write!(
                    formatter,
                    "the polygon of row {row} has a coordinate that is not finite"
                )
            }
            Self::TooMany { count, limit } => {
                write!(
                    formatter,
                    "{count} vertices are more than an index can hold ({limit})"
                )
            }
        }
    }
}

impl std::error::Error for FencesError {}

#[cfg(test)]
#[path = "outlines_tests.rs"]
mod tests;

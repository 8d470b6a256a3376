//! A geometry with what is worth knowing once, however many others it is compared with.

use std::cell::OnceCell;

use geo::{Coord, CoordsIter, Geometry, HasDimensions, Point, PreparedGeometry, Rect};

use super::edges::Edges;
use super::spheroid::on_the_globe;
use super::validity::is_valid;

/// A geometry, its bounds, and on demand its validity and its edges: in an index of `geo` to relate it, in blocks to measure metres.
pub(crate) struct Prepared {
    geometry: Geometry,
    bounds: Option<Rect>,
    valid: OnceCell<bool>,
    indexed: OnceCell<PreparedGeometry<'static, Geometry>>,
    edges: OnceCell<Option<Edges>>,
}

impl Prepared {
    /// Takes a geometry as the decoder makes them.
    pub(crate) fn new(geometry: Geometry) -> Self {
        let bounds = match &geometry {
            geometry if is_empty(geometry) => None,
            Geometry::Point(point) => Some(Rect::new(point.0, point.0)),
            geometry => bounds_of(geometry),
        };
        Self {
            geometry,
            bounds,
            valid: OnceCell::new(),
            indexed: OnceCell::new(),
            edges: OnceCell::new(),
        }
    }

    /// The geometry itself.
    pub(crate) fn geometry(&self) -> &Geometry {
        &self.geometry
    }

    /// The smallest box around it; `None` exactly for an empty geometry.
    pub(crate) fn bounds(&self) -> Option<Rect> {
        self.bounds
    }

    /// The point, if it is one and not empty.
    pub(crate) fn as_point(&self) -> Option<Point> {
        match (&self.geometry, self.bounds) {
            (Geometry::Point(point), Some(_)) => Some(*point),
            _ => None,
        }
    }

    /// Whether it is valid by the OGC's rules; an empty geometry is.
    pub(crate) fn is_valid(&self) -> bool {
        self.bounds.is_none() || *self.valid.get_or_init(|| is_valid(&self.geometry))
    }

    /// Whether all of it has a longitude in ±180 and a latitude in ±90 degrees; true of an empty geometry.
    pub(super) fn is_on_the_globe(&self) -> bool {
        match self.as_point() {
            Some(point) => on_the_globe(point.0),
            None => self.edges().is_some(),
        }
    }

    /// Its edges in blocks, to measure metres; `None` if it is not on the globe.
    pub(super) fn edges(&self) -> Option<&Edges> {
        self.edges.get_or_init(|| Edges::try_new(&self.geometry)).as_ref()
    }

    /// Whether its validity has been asked before.
    #[cfg(test)]
    pub(super) fn knows_validity(&self) -> bool {
        self.valid.get().is_some()
    }

    /// The geometry with its edges in an index.
    pub(super) fn indexed(&self) -> &PreparedGeometry<'static, Geometry> {
        self.indexed
            .get_or_init(|| PreparedGeometry::from(self.geometry.clone()))
    }
}

/// The smallest box around every position of a geometry; `geo` leaves out holes, which may reach beyond their exterior in a polygon
/// that is not valid.
pub(super) fn bounds_of(geometry: &Geometry) -> Option<Rect> {
    let boxes = geometry.coords_iter().map(|position| (position, position));
    let bounds = boxes.reduce(|(least, most), (position, _)| {
        (
            Coord {
                x: least.x.min(position.x),
                y: least.y.min(position.y),
            },
            Coord {
                x: most.x.max(position.x),
                y: most.y.max(position.y),
            },
        )
    });
    bounds.map(|(least, most)| Rect::new(least, most))
}

/// Whether a geometry has no point at all.
pub(super) fn is_empty(geometry: &Geometry) -> bool {
    match geometry {
        Geometry::Point(point) => point.x().is_nan(),
        geometry => geometry.is_empty(),
    }
}

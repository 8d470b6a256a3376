//! A column of geometries as fences for points: what an index takes of it, and what it cannot take.

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::datatypes::FieldRef;
use datafusion::common::{DataFusionError, Result};
use datafusion::logical_expr::ColumnarValue;
use geo::coordinate_position::CoordPos;
use geo::{Coord, CoordsIter, Geometry, Intersects, Polygon, Rect};
use tieline_index::fences::{Outlines, Rule};

use super::column::GeometryColumn;
use super::prepared::{bounds_of, is_empty};
use super::relation::position;
use crate::function::Arguments;

/// The geometries of a column, each by its row. Rows that are NULL, malformed or empty hold no point and are left out.
#[derive(Debug)]
pub struct FenceColumn {
    /// Polygons, of which an index can be made.
    pub outlines: Outlines,
    /// Geometries with lines or points in them, which hold the points that lie on them.
    pub others: Vec<OtherFence>,
}

/// A geometry that is not made of polygons alone.
#[derive(Debug)]
pub struct OtherFence {
    row: u32,
    bounds: Rect,
    geometry: Geometry,
}

impl OtherFence {
    /// Its row in the column.
    pub fn row(&self) -> u32 {
        self.row
    }

    /// Memory that it holds, about.
    pub fn bytes(&self) -> usize {
        size_of::<Self>() + self.geometry.coords_count() * size_of::<Coord>()
    }

    /// West, south, east and north.
    pub fn bounds(&self) -> [f64; 4] {
        let (least, most) = (self.bounds.min(), self.bounds.max());
        [least.x, least.y, most.x, most.y]
    }

    /// Whether it holds a point, as `st_contains` or `st_covers` says; never a point that is not finite.
    pub fn holds(&self, x: f64, y: f64, rule: Rule) -> bool {
        let place = Coord { x, y };
        if !self.bounds.intersects(&place) {
            return false;
        }
        match (position(&self.geometry, place), rule) {
            (CoordPos::Inside, _) | (CoordPos::OnBoundary, Rule::Covered) => true,
            (CoordPos::OnBoundary, Rule::Interior) | (CoordPos::Outside, _) => false,
        }
    }
}

/// Reads a column of geometries, whatever their encoding; the field says which.
///
/// # Errors
/// Where the field holds no geometries, or there are more vertices than an index can number.
pub fn fence_column(geometries: &ArrayRef, field: &FieldRef) -> Result<FenceColumn> {
    let mut fences = FenceColumn {
        outlines: Outlines::new(),
        others: Vec::new(),
    };
    for_each_geometry_of(geometries, field, |row, geometry| fences.push(row, geometry))?;
    Ok(fences)
}

/// Hands on every geometry of a column that is not NULL or malformed, with its row.
pub(super) fn for_each_geometry_of(
    geometries: &ArrayRef,
    field: &FieldRef,
    mut take: impl FnMut(u32, &Geometry) -> Result<()>,
) -> Result<()> {
    let rows = geometries.len();
    let arguments = Arguments {
        values: vec![ColumnarValue::Array(ArrayRef::clone(geometries))],
        fields: vec![FieldRef::clone(field)],
        rows,
    };
    let mut column = GeometryColumn::try_new(&arguments, 0)?;
    for row in 0..rows {
        if let Some(geometry) = column.get(row) {
            take(row as u32, geometry.geometry())?;
        }
    }
    Ok(())
}

impl FenceColumn {
    fn push(&mut self, row: u32, geometry: &Geometry) -> Result<()> {
        if is_empty(geometry) {
            return Ok(());
        }
        let mut polygons = Vec::new();
        if polygons_of(geometry, &mut polygons) {
            for polygon in polygons {
                let rings = std::iter::once(polygon.exterior()).chain(polygon.interiors());
                let rings = rings.map(|ring| ring.coords().map(|vertex| (vertex.x, vertex.y)));
                self.outlines
                    .push_polygon(row, rings)
                    .map_err(|error| DataFusionError::ResourcesExhausted(error.to_string()))?;
            }
        } else if let Some(bounds) = bounds_of(geometry) {
            self.others.push(OtherFence {
                row,
                bounds,
                geometry: geometry.clone(),
            });
        }
        Ok(())
    }
}

/// Collects the polygons of a geometry; false if there is anything else in it.
fn polygons_of<'a>(geometry: &'a Geometry, polygons: &mut Vec<&'a Polygon>) -> bool {
    match geometry {
        Geometry::Polygon(polygon) => polygons.push(polygon),
        Geometry::MultiPolygon(several) => polygons.extend(several),
        Geometry::GeometryCollection(members) => {
            return members.iter().all(|member| polygons_of(member, polygons));
        }
        _ => return false,
    }
    true
}

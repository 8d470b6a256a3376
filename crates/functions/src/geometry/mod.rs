//! Geometries: how they are read, written, kept while a batch runs, and related to one another.

mod column;
mod decode;
mod edges;
mod encode;
mod function;
mod metres;
mod near;
mod nearest;
mod outlines;
mod piece;
mod planar;
mod prepared;
mod printed;
mod relation;
mod spheroid;
mod validity;
mod wkb_reader;

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field};
use geoarrow_schema::{CoordType, Crs, Dimension, Metadata, PointType, WkbType};

pub(crate) use column::{GeometryColumn, check_geometry_argument};
pub(crate) use decode::empty_point;
pub(crate) use encode::{to_wkb, to_wkt};
pub(crate) use function::{
    check_distance_argument, field_of, field_of_pair_within, for_each, for_each_geometry, for_each_pair,
    for_each_pair_within, for_each_two, is_distance,
};
pub(crate) use metres::{GeofenceRelation, distance_in_metres, geofence_relation, within_metres};
pub use near::{NearFence, Nearness, PointReach, near_column};
pub use outlines::{FenceColumn, OtherFence, fence_column};
pub(crate) use planar::distance_in_degrees;
pub(crate) use prepared::Prepared;
pub(crate) use printed::PrintedGeometry;
pub(crate) use relation::{contains, covers, intersects};
pub(crate) use spheroid::Place;
pub(crate) use wkb_reader::from_wkb;

/// The extension type of geometries stored as WKB.
pub(crate) const WKB_EXTENSION: &str = "geoarrow.wkb";

/// A field of geometries: WKB in `Binary`, marked `geoarrow.wkb`, longitude first (OGC:CRS84).
pub fn geometry_field(name: impl Into<String>, nullable: bool) -> Field {
    Field::new(name, DataType::Binary, nullable).with_extension_type(WkbType::new(longitude_first()))
}

/// A field of points: a struct of `x` and `y` in `Float64`, marked `geoarrow.point`, longitude first (OGC:CRS84).
pub(crate) fn point_field(name: &str) -> Field {
    PointType::new(Dimension::XY, longitude_first())
        .with_coord_type(CoordType::Separated)
        .to_field(name, true)
}

fn longitude_first() -> Arc<Metadata> {
    Arc::new(Metadata::new(
        Crs::from_authority_code("OGC:CRS84".to_owned()),
        None,
    ))
}

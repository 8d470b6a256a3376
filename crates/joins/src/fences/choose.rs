//! How a join over fences runs: the geometries are indexed, however many they are.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{JoinSide, Result};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::cast;
use tieline_index::fences::FenceStrategy as Strategy;

use super::kind::FenceKind;
use super::recognise::FencePredicate;
use crate::plan::{Choice, PlannedJoin};
use crate::settings::GeofenceStrategy;

impl FencePredicate {
    /// `None` where DataFusion's own join does as well.
    pub(crate) fn choose(&self, join: &PlannedJoin<'_>) -> Result<Option<Choice>> {
        let (geometry_side, point_side) = match self.geometry_left {
            true => (JoinSide::Left, JoinSide::Right),
            false => (JoinSide::Right, JoinSide::Left),
        };
        let [left, right] = join.rows();
        let (fences, points) = if self.geometry_left {
            (left, right)
        } else {
            (right, left)
        };
        let strategy = match join.settings.geofence_strategy {
            GeofenceStrategy::Rtree => Strategy::RTree,
            _ => Strategy::Grid,
        };
        let chosen = match join.settings.geofence_strategy {
            GeofenceStrategy::Auto => "auto",
            _ => "set",
        };
        let geometry = join.physical(&self.geometry, geometry_side)?;
        let geometry_field = geometry.return_field(&join.input(geometry_side).schema())?;
        let point_schema = join.input(point_side).schema();
        let coordinate = |expr| -> Result<Arc<dyn PhysicalExpr>> {
            let coordinate = join.physical(expr, point_side)?;
            // A column stays a column, so that the scan below can be told what to leave out.
            match coordinate.data_type(&point_schema)? {
                DataType::Float64 => Ok(coordinate),
                _ => cast(coordinate, &point_schema, DataType::Float64),
            }
        };
        let [lon, lat] = &self.point;
        let index = FenceKind {
            strategy,
            rule: self.rule,
            geometry: vec![geometry],
            geometry_field,
            point: vec![coordinate(lon)?, coordinate(lat)?],
        };
        Ok(Some(Choice {
            build_side: geometry_side,
            index: Arc::new(index),
            why: format!("{chosen}, {fences} fences, {points} points"),
        }))
    }
}

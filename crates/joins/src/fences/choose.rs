//! How a join over fences runs: the geometries are indexed, however many they are.

use std::sync::Arc;

use datafusion::common::Result;
use tieline_index::fences::FenceStrategy as Strategy;

use super::kind::FenceKind;
use super::recognise::FencePredicate;
use crate::plan::{Choice, PlannedJoin, side_and_other};
use crate::settings::GeofenceStrategy;

impl FencePredicate {
    /// `None` where DataFusion's own join does as well.
    pub(crate) fn choose(&self, join: &PlannedJoin<'_>) -> Result<Option<Choice>> {
        let (geometry_side, point_side) = side_and_other(self.geometry_left);
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
        let [lon, lat] = &self.point;
        let index = FenceKind {
            strategy,
            rule: self.rule,
            geometry: vec![geometry],
            geometry_field,
            point: vec![
                join.physical_number(lon, point_side)?,
                join.physical_number(lat, point_side)?,
            ],
        };
        Ok(Some(Choice {
            build_side: geometry_side,
            index: Arc::new(index),
            why: format!("{chosen}, {fences} fences, {points} points"),
        }))
    }
}

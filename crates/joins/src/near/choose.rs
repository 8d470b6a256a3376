//! How a join over distances runs: the geometries are indexed, however many they are.

use std::sync::Arc;

use datafusion::common::Result;

use super::kind::NearKind;
use super::recognise::NearPredicate;
use crate::plan::{Choice, PlannedJoin, side_and_other};

impl NearPredicate {
    /// `None` where DataFusion's own join does as well.
    pub(crate) fn choose(&self, join: &PlannedJoin<'_>) -> Result<Option<Choice>> {
        let (geometry_side, point_side) = side_and_other(self.geometry_left);
        let [left, right] = join.rows();
        let (geometries, points) = match self.geometry_left {
            true => (left, right),
            false => (right, left),
        };
        // A single geometry is indexed: a nested loop would copy all of its vertices to each point.
        if !join.has_equal_keys() && points.exact_rows().is_some_and(|rows| rows <= 1) {
            return Ok(None);
        }
        let geometry = join.physical(&self.geometry, geometry_side)?;
        let geometry_field = geometry.return_field(&join.input(geometry_side).schema())?;
        let [lon, lat] = &self.point;
        let mut build = vec![geometry];
        let mut probe = vec![
            join.physical_number(lon, point_side)?,
            join.physical_number(lat, point_side)?,
        ];
        match self.distance_with_point {
            true => probe.push(join.physical_number(&self.distance, point_side)?),
            false => build.push(join.physical_number(&self.distance, geometry_side)?),
        }
        let index = NearKind {
            nearness: self.nearness,
            build,
            geometry_field,
            probe,
        };
        Ok(Some(Choice {
            build_side: geometry_side,
            index: Arc::new(index),
            why: format!("auto, {geometries} geometries, {points} points"),
        }))
    }
}

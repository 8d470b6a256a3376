//! A join over distances before its index is built.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use datafusion::arrow::datatypes::FieldRef;
use datafusion::common::Result;
use datafusion::physical_expr::PhysicalExpr;
use tieline_functions::Nearness;
use tieline_index::fences::Sieve;

use super::index::NearIndex;
use crate::fences::IN_A_FENCE;
use crate::index::{IndexKind, JoinIndex, KeyedRows};

/// A point of one side near a geometry of the other. The geometries are indexed, in an R-tree over their boxes.
#[derive(Debug, Clone)]
pub struct NearKind {
    /// What it takes to match.
    pub nearness: Nearness,
    /// The geometry, and the distance where that is of the same side or one for all.
    pub build: Vec<Arc<dyn PhysicalExpr>>,
    /// The field of the geometries, which says how they are encoded.
    pub geometry_field: FieldRef,
    /// Longitude and latitude in `Float64`, and the distance where that belongs to the point.
    pub probe: Vec<Arc<dyn PhysicalExpr>>,
}

/// Of the tree, of the geometry as it is kept and of its edges in blocks.
const BYTES_A_VERTEX: usize = 124;
/// Of a geometry apart from its vertices.
const BYTES_A_GEOMETRY: usize = 300;
/// Of one that goes around the earth there are so many boxes.
const MOST_BOXES: usize = 3;

impl IndexKind for NearKind {
    fn strategy(&self) -> &'static str {
        "rtree"
    }

    fn build_keys(&self) -> &[Arc<dyn PhysicalExpr>] {
        &self.build
    }

    fn probe_keys(&self) -> &[Arc<dyn PhysicalExpr>] {
        &self.probe
    }

    fn with_keys(
        &self,
        build: Vec<Arc<dyn PhysicalExpr>>,
        probe: Vec<Arc<dyn PhysicalExpr>>,
    ) -> Arc<dyn IndexKind> {
        Arc::new(Self {
            build,
            probe,
            ..self.clone()
        })
    }

    fn build_bytes(&self, rows: &KeyedRows) -> usize {
        let stored: usize = rows.keys.iter().map(|key| key.get_array_memory_size()).sum();
        BYTES_A_VERTEX * (stored / (2 * size_of::<f64>()))
            + BYTES_A_GEOMETRY * rows.rows
            + Sieve::build_bytes(MOST_BOXES * rows.rows)
    }

    fn build(&self, rows: &KeyedRows, _: usize) -> Result<Arc<dyn JoinIndex>> {
        NearIndex::build(self, rows)
    }

    fn matches_a_row(&self) -> f64 {
        IN_A_FENCE
    }

    fn way_out(&self) -> &'static str {
        "tieline.geofence_strategy = 'nested_loop'"
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl fmt::Display for NearKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut texts = self.build.iter().chain(&self.probe).map(ToString::to_string);
        let geometry = texts.next().unwrap_or_default();
        let mut others: Vec<_> = texts.collect();
        if self.build.len() > 1 {
            // The distance comes last, whichever side it is of.
            others.rotate_left(1);
        }
        let (name, among) = match self.nearness {
            Nearness::Degrees => ("st_dwithin", ""),
            Nearness::Metres => ("st_dwithinspheroid", ""),
            Nearness::Relation { inside, possible } => (
                "geofence_relation",
                match (inside, possible) {
                    (true, true) => " is inside or possible",
                    (true, false) => " is inside",
                    _ => " is possible",
                },
            ),
        };
        write!(
            formatter,
            "near strategy={}: {name}({geometry}, {}){among}",
            self.strategy(),
            others.join(", ")
        )
    }
}

//! A join over fences before its index is built.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use datafusion::arrow::array::Array;
use datafusion::arrow::datatypes::FieldRef;
use datafusion::common::Result;
use datafusion::physical_expr::PhysicalExpr;
use tieline_index::fences::{FenceStrategy as Strategy, Rule};

use super::index::FenceIndex;
use crate::index::{IndexKind, JoinIndex, KeyedRows};

/// A point of one side in a geometry of the other. The geometries are indexed.
#[derive(Debug, Clone)]
pub struct FenceKind {
    /// How geometries are indexed.
    pub strategy: Strategy,
    /// Whether the boundary counts.
    pub rule: Rule,
    /// The geometry, one expression.
    pub geometry: Vec<Arc<dyn PhysicalExpr>>,
    /// The field of its values, which says how they are encoded.
    pub geometry_field: FieldRef,
    /// Longitude and latitude, in `Float64`.
    pub point: Vec<Arc<dyn PhysicalExpr>>,
}

/// How many fences a point lies in, about, where nothing is known: fences are far apart.
pub(crate) const IN_A_FENCE: f64 = 0.1;

/// What the grid takes however few fences there are.
const SMALLEST: usize = 4 << 20;
/// Of the grid and of what it is made from; 25 to 45 are usual in the end, and as much again while it is made.
const BYTES_A_VERTEX: usize = 150;
/// Of the R-tree: the vertex, and its edge in four slabs, for which there may be room twice while they are listed.
const TREE_BYTES_A_VERTEX: usize = 56;
/// The box of a polygon in the tree and beside it, and what is known of its slabs.
const TREE_BYTES_A_POLYGON: usize = 256;

impl IndexKind for FenceKind {
    fn strategy(&self) -> &'static str {
        self.strategy.name()
    }

    fn build_keys(&self) -> &[Arc<dyn PhysicalExpr>] {
        &self.geometry
    }

    fn probe_keys(&self) -> &[Arc<dyn PhysicalExpr>] {
        &self.point
    }

    fn way_out(&self) -> &'static str {
        match self.strategy {
            Strategy::Grid => "tieline.geofence_strategy = 'rtree', which takes less, or 'nested_loop'",
            Strategy::RTree => "tieline.geofence_strategy = 'nested_loop'",
        }
    }

    fn with_keys(
        &self,
        build: Vec<Arc<dyn PhysicalExpr>>,
        probe: Vec<Arc<dyn PhysicalExpr>>,
    ) -> Arc<dyn IndexKind> {
        Arc::new(Self {
            geometry: build,
            point: probe,
            ..self.clone()
        })
    }

    fn build_bytes(&self, rows: &KeyedRows) -> usize {
        // Two numbers a vertex as they are stored.
        let stored: usize = rows.keys.iter().map(|key| key.get_array_memory_size()).sum();
        let vertices = stored / (2 * size_of::<f64>());
        match self.strategy {
            Strategy::Grid => SMALLEST + BYTES_A_VERTEX * (vertices + rows.rows),
            Strategy::RTree => TREE_BYTES_A_VERTEX * vertices + TREE_BYTES_A_POLYGON * rows.rows,
        }
    }

    fn build(&self, rows: &KeyedRows, threads: usize) -> Result<Arc<dyn JoinIndex>> {
        FenceIndex::build(self, rows, threads)
    }

    fn matches_a_row(&self) -> f64 {
        IN_A_FENCE
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl fmt::Display for FenceKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |exprs: &[Arc<dyn PhysicalExpr>]| {
            let texts: Vec<_> = exprs.iter().map(ToString::to_string).collect();
            texts.join(", ")
        };
        let relation = match self.rule {
            Rule::Interior => "contains",
            Rule::Covered => "covers",
        };
        write!(
            formatter,
            "fence strategy={}: {} {relation} ({})",
            self.strategy,
            text(&self.geometry),
            text(&self.point)
        )
    }
}

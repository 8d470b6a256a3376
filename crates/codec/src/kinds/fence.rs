//! Joins over fences.

use std::sync::Arc;

use datafusion::common::Result;
use tieline_index::fences::{FenceStrategy, Rule};
use tieline_joins::{FenceKind, IndexKind};

use super::KeySchemas;
use crate::error::malformed;
use crate::expressions::{Reader, Writer};
use crate::wire;

pub(super) fn write(kind: &FenceKind, writer: Writer<'_>) -> Result<wire::Fence> {
    let strategy = match kind.strategy {
        FenceStrategy::Grid => wire::FenceStrategy::Grid,
        FenceStrategy::RTree => wire::FenceStrategy::RTree,
    };
    let coordinate = |position: usize| {
        kind.point
            .get(position)
            .map(|expr| writer.write(expr))
            .transpose()
    };
    Ok(wire::Fence {
        strategy: strategy.into(),
        covered: kind.rule == Rule::Covered,
        geometry: kind.geometry.first().map(|expr| writer.write(expr)).transpose()?,
        lon: coordinate(0)?,
        lat: coordinate(1)?,
    })
}

pub(super) fn read(
    message: &wire::Fence,
    schemas: KeySchemas<'_>,
    reader: Reader<'_>,
) -> Result<Arc<dyn IndexKind>> {
    let strategy = match wire::FenceStrategy::try_from(message.strategy) {
        Ok(wire::FenceStrategy::Grid) => FenceStrategy::Grid,
        Ok(wire::FenceStrategy::RTree) => FenceStrategy::RTree,
        _ => return Err(malformed("a fence join is without a strategy")),
    };
    let geometry = reader.read(message.geometry.as_ref(), schemas.build)?;
    Ok(Arc::new(FenceKind {
        strategy,
        rule: if message.covered {
            Rule::Covered
        } else {
            Rule::Interior
        },
        // How the geometries are encoded is a matter of the column, which has travelled with its metadata.
        geometry_field: geometry.return_field(schemas.build)?,
        geometry: vec![geometry],
        point: vec![
            reader.read(message.lon.as_ref(), schemas.probe)?,
            reader.read(message.lat.as_ref(), schemas.probe)?,
        ],
    }))
}

//! Joins over distances.

use std::sync::Arc;

use datafusion::common::Result;
use tieline_functions::Nearness;
use tieline_joins::{IndexKind, NearKind};

use super::KeySchemas;
use crate::error::{malformed, unwritable};
use crate::expressions::{Reader, Writer};
use crate::wire;

pub(super) fn write(kind: &NearKind, writer: Writer<'_>) -> Result<wire::Near> {
    let nearness = match kind.nearness {
        Nearness::Degrees => wire::Nearness::Degrees,
        Nearness::Metres => wire::Nearness::Metres,
        Nearness::Relation { inside, possible } => match (inside, possible) {
            (true, true) => wire::Nearness::InsideOrPossible,
            (true, false) => wire::Nearness::Inside,
            (false, true) => wire::Nearness::Possible,
            (false, false) => return Err(unwritable("a join over distances that nothing can match")),
        },
    };
    let all = |exprs: &[_]| exprs.iter().map(|expr| writer.write(expr)).collect::<Result<_>>();
    Ok(wire::Near {
        nearness: nearness.into(),
        build: all(&kind.build)?,
        probe: all(&kind.probe)?,
    })
}

pub(super) fn read(
    message: &wire::Near,
    schemas: KeySchemas<'_>,
    reader: Reader<'_>,
) -> Result<Arc<dyn IndexKind>> {
    let relation = |inside, possible| Nearness::Relation { inside, possible };
    let nearness = match wire::Nearness::try_from(message.nearness) {
        Ok(wire::Nearness::Degrees) => Nearness::Degrees,
        Ok(wire::Nearness::Metres) => Nearness::Metres,
        Ok(wire::Nearness::Inside) => relation(true, false),
        Ok(wire::Nearness::Possible) => relation(false, true),
        Ok(wire::Nearness::InsideOrPossible) => relation(true, true),
        _ => return Err(malformed("a join over distances does not say which")),
    };
    // A geometry and a point, and the distance on one side.
    if !matches!((message.build.len(), message.probe.len()), (1, 3) | (2, 2)) {
        return Err(malformed("a join over distances has not the keys that it needs"));
    }
    let all = |exprs: &[_], schema| {
        let read = exprs.iter().map(|expr| reader.read(Some(expr), schema));
        read.collect::<Result<Vec<_>>>()
    };
    let build = all(&message.build, schemas.build)?;
    Ok(Arc::new(NearKind {
        nearness,
        // How the geometries are encoded is a matter of the column, which has travelled with its metadata.
        geometry_field: build[0].return_field(schemas.build)?,
        build,
        probe: all(&message.probe, schemas.probe)?,
    }))
}

//! Joins over bands of times.

use std::sync::Arc;

use datafusion::arrow::datatypes::TimeUnit;
use datafusion::common::Result;
use tieline_joins::{BandKind, IndexKind};

use super::KeySchemas;
use crate::error::malformed;
use crate::expressions::{Reader, Writer};
use crate::wire;

pub(crate) fn write(kind: &BandKind, writer: Writer<'_>) -> Result<wire::Band> {
    let build = kind.build.iter().map(|key| writer.write(key));
    let probe = kind.probe.iter().map(|key| writer.write(key));
    Ok(wire::Band {
        build: build.collect::<Result<_>>()?,
        probe: probe.collect::<Result<_>>()?,
        keyed: kind.keyed,
        in_order: kind.in_order,
        builds_point: kind.builds_point,
        low: kind.low,
        high: kind.high,
        safe: kind.safe,
        unit: write_unit(kind.unit),
        check: kind.check.as_ref().map(|check| writer.write(check)).transpose()?,
    })
}

pub(super) fn read(
    message: &wire::Band,
    schemas: KeySchemas<'_>,
    reader: Reader<'_>,
) -> Result<Arc<dyn IndexKind>> {
    Ok(Arc::new(read_kind(message, schemas, reader)?))
}

pub(crate) fn read_kind(
    message: &wire::Band,
    schemas: KeySchemas<'_>,
    reader: Reader<'_>,
) -> Result<BandKind> {
    let build = message
        .build
        .iter()
        .map(|key| reader.read(Some(key), schemas.build));
    let probe = message
        .probe
        .iter()
        .map(|key| reader.read(Some(key), schemas.probe));
    let probe = probe.collect::<Result<Vec<_>>>()?;
    let mut probe_times = BandKind::types(&probe, schemas.probe)
        .map_err(|_| malformed("a band has other keys than it needs"))?;
    probe_times.drain(..probe_times.len().min(usize::from(message.keyed)));
    let mut kind = BandKind {
        build: build.collect::<Result<_>>()?,
        probe,
        probe_times,
        keyed: message.keyed,
        in_order: message.in_order,
        builds_point: message.builds_point,
        low: message.low,
        high: message.high,
        safe: message.safe,
        unit: read_unit(message.unit)?,
        check: None,
    };
    let times = kind
        .check_schema(schemas.build, schemas.probe)
        .map_err(|_| malformed("a band has other keys than it needs"))?;
    let check = message
        .check
        .as_ref()
        .map(|check| reader.read(Some(check), &times));
    kind.check = check.transpose()?;
    Ok(kind)
}

pub(crate) fn write_unit(unit: Option<TimeUnit>) -> i32 {
    let unit = match unit {
        None => wire::Unit::Own,
        Some(TimeUnit::Second) => wire::Unit::Second,
        Some(TimeUnit::Millisecond) => wire::Unit::Millisecond,
        Some(TimeUnit::Microsecond) => wire::Unit::Microsecond,
        Some(TimeUnit::Nanosecond) => wire::Unit::Nanosecond,
    };
    unit.into()
}

pub(crate) fn read_unit(unit: i32) -> Result<Option<TimeUnit>> {
    Ok(match wire::Unit::try_from(unit) {
        Ok(wire::Unit::Own) => None,
        Ok(wire::Unit::Second) => Some(TimeUnit::Second),
        Ok(wire::Unit::Millisecond) => Some(TimeUnit::Millisecond),
        Ok(wire::Unit::Microsecond) => Some(TimeUnit::Microsecond),
        Ok(wire::Unit::Nanosecond) => Some(TimeUnit::Nanosecond),
        Err(_) => return Err(malformed("a unit of time that is not known")),
    })
}

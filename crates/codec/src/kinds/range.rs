//! Joins over ranges.

use std::sync::Arc;

use datafusion::common::Result;
use tieline_index::ranges::RangeStrategy;
use tieline_joins::{IndexKind, RangeKind, RangeSource};

use super::KeySchemas;
use crate::error::malformed;
use crate::expressions::{Reader, Writer};
use crate::wire;

pub(super) fn write(kind: &RangeKind, writer: Writer<'_>) -> Result<wire::Range> {
    let strategy = match kind.strategy {
        RangeStrategy::Segments => wire::RangeStrategy::Segments,
        RangeStrategy::Sorted => wire::RangeStrategy::Sorted,
    };
    let source = match kind.source {
        RangeSource::Bounds {
            low_included,
            high_included,
        } => wire::RangeSource::Bounds(wire::RangeBounds {
            low_included,
            high_included,
        }),
        RangeSource::Cidr => wire::RangeSource::Cidr(wire::Cidr {}),
    };
    let interval = kind.interval.iter().map(|bound| writer.write(bound));
    Ok(wire::Range {
        strategy: strategy.into(),
        builds_intervals: kind.builds_intervals,
        point: kind.point.first().map(|point| writer.write(point)).transpose()?,
        interval: interval.collect::<Result<_>>()?,
        source: Some(source),
    })
}

pub(super) fn read(
    message: &wire::Range,
    schemas: KeySchemas<'_>,
    reader: Reader<'_>,
) -> Result<Arc<dyn IndexKind>> {
    let strategy = match wire::RangeStrategy::try_from(message.strategy) {
        Ok(wire::RangeStrategy::Segments) => RangeStrategy::Segments,
        Ok(wire::RangeStrategy::Sorted) => RangeStrategy::Sorted,
        _ => return Err(malformed("a range join is without a strategy")),
    };
    let (source, keys) = match message.source {
        Some(wire::RangeSource::Bounds(bounds)) => {
            let source = RangeSource::Bounds {
                low_included: bounds.low_included,
                high_included: bounds.high_included,
            };
            (source, 2)
        }
        // Prefixes have no order in which points could be looked up.
        Some(wire::RangeSource::Cidr(_)) if message.builds_intervals => (RangeSource::Cidr, 1),
        _ => return Err(malformed("a range join is without its intervals")),
    };
    if message.interval.len() != keys {
        return Err(malformed("an interval has another number of keys"));
    }
    let (interval_schema, point_schema) = match message.builds_intervals {
        true => (schemas.build, schemas.probe),
        false => (schemas.probe, schemas.build),
    };
    let bounds = message
        .interval
        .iter()
        .map(|bound| reader.read(Some(bound), interval_schema));
    Ok(Arc::new(RangeKind {
        strategy,
        source,
        builds_intervals: message.builds_intervals,
        point: vec![reader.read(message.point.as_ref(), point_schema)?],
        interval: bounds.collect::<Result<_>>()?,
    }))
}

//! The kinds of index, a module each. A new kind is a message in `wire.rs`, a module here, and a line in both functions below.

pub(crate) mod band;
mod fence;
mod near;
mod range;

use std::sync::Arc;

use datafusion::arrow::datatypes::Schema;
use datafusion::common::Result;
use tieline_joins::{BandKind, FenceKind, IndexKind, NearKind, RangeKind};

use crate::error::unwritable;
use crate::expressions::{Reader, Writer};
use crate::wire::Kind;

/// The columns that the keys of a kind are over.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KeySchemas<'a> {
    pub(crate) build: &'a Schema,
    pub(crate) probe: &'a Schema,
}

pub(crate) fn write(kind: &dyn IndexKind, writer: Writer<'_>) -> Result<Kind> {
    if let Some(band) = kind.as_any().downcast_ref::<BandKind>() {
        return band::write(band, writer).map(Kind::Band);
    }
    if let Some(range) = kind.as_any().downcast_ref::<RangeKind>() {
        return range::write(range, writer).map(Kind::Range);
    }
    if let Some(fence) = kind.as_any().downcast_ref::<FenceKind>() {
        return fence::write(fence, writer).map(|fence| Kind::Fence(Box::new(fence)));
    }
    if let Some(near) = kind.as_any().downcast_ref::<NearKind>() {
        return near::write(near, writer).map(|near| Kind::Near(Box::new(near)));
    }
    Err(unwritable(&format!("an index by {}", kind.strategy())))
}

pub(crate) fn read(kind: &Kind, schemas: KeySchemas<'_>, reader: Reader<'_>) -> Result<Arc<dyn IndexKind>> {
    match kind {
        Kind::Range(range) => range::read(range, schemas, reader),
        Kind::Band(band) => band::read(band, schemas, reader),
        Kind::Fence(fence) => fence::read(fence, schemas, reader),
        Kind::Near(near) => near::read(near, schemas, reader),
    }
}

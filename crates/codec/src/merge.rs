//! The merge of a band, and its buckets.

use std::sync::Arc;

use datafusion::common::{JoinSide, NullEquality, Result};
use datafusion::physical_plan::ExecutionPlan;
use datafusion_proto::protobuf;
use tieline_joins::{BandBucketsExec, BandBucketsParts, BandMergeExec, BandMergeParts};

use crate::error::malformed;
use crate::expressions::{Reader, Writer};
use crate::kinds::{KeySchemas, band};
use crate::operator::{
    positions, read_filter, read_null_equality, read_on, read_type, write_filter, write_on, write_positions,
};
use crate::wire;

pub(crate) fn write(join: &BandMergeExec, writer: Writer<'_>) -> Result<wire::Piece> {
    let parts = join.parts();
    let filter = parts.filter.as_ref().map(|filter| write_filter(filter, writer));
    Ok(wire::Piece::BandMerge(Box::new(wire::BandMerge {
        join_type: protobuf::JoinType::from(parts.join_type).into(),
        holds_left: parts.window_side == JoinSide::Left,
        null_equals_null: parts.null_equality == NullEquality::NullEqualsNull,
        on: write_on(&parts.on, writer)?,
        filter: filter.transpose()?,
        projection: parts.projection.as_deref().map(write_positions),
        why: parts.why.clone(),
        band: Some(band::write(&parts.band, writer)?),
        far_first: parts.far_first,
        single: parts.single,
    })))
}

pub(crate) fn read(
    message: &wire::BandMerge,
    inputs: &[Arc<dyn ExecutionPlan>],
    reader: Reader<'_>,
) -> Result<Arc<dyn ExecutionPlan>> {
    let [left, right] = inputs else {
        return Err(malformed("a join has two inputs"));
    };
    let (window_side, window, stream) = match message.holds_left {
        true => (JoinSide::Left, left, right),
        false => (JoinSide::Right, right, left),
    };
    let schemas = KeySchemas {
        build: &window.schema(),
        probe: &stream.schema(),
    };
    let Some(band) = &message.band else {
        return Err(malformed("a merge is without its band"));
    };
    let sides = (&left.schema(), &right.schema());
    let filter = message.filter.as_ref();
    let parts = BandMergeParts {
        join_type: read_type(message.join_type)?,
        window_side,
        band: band::read_kind(band, schemas, reader)?,
        on: read_on(&message.on, sides, reader)?,
        null_equality: read_null_equality(message.null_equals_null),
        filter: filter
            .map(|filter| read_filter(filter, sides, reader))
            .transpose()?,
        projection: message.projection.as_ref().map(positions),
        far_first: message.far_first,
        single: message.single,
        why: message.why.clone(),
        left: Arc::clone(left),
        right: Arc::clone(right),
    };
    // It refuses columns that are not there, and parts that do not fit each other.
    Ok(Arc::new(BandMergeExec::try_new(parts)?))
}

pub(crate) fn write_buckets(buckets: &BandBucketsExec, writer: Writer<'_>) -> Result<wire::Piece> {
    let parts = buckets.parts();
    Ok(wire::Piece::BandBuckets(Box::new(wire::BandBuckets {
        time: Some(writer.write(&parts.time)?),
        unit: band::write_unit(parts.unit),
        first: parts.first,
        last: parts.last,
        width: parts.width,
        keeps_null: parts.keeps_null,
        safe: parts.safe,
        why: parts.why.clone(),
    })))
}

pub(crate) fn read_buckets(
    message: &wire::BandBuckets,
    inputs: &[Arc<dyn ExecutionPlan>],
    reader: Reader<'_>,
) -> Result<Arc<dyn ExecutionPlan>> {
    let [input] = inputs else {
        return Err(malformed("buckets have one input"));
    };
    let parts = BandBucketsParts {
        time: reader.read(message.time.as_ref(), &input.schema())?,
        unit: band::read_unit(message.unit)?,
        first: message.first,
        last: message.last,
        width: message.width,
        keeps_null: message.keeps_null,
        safe: message.safe,
        why: message.why.clone(),
        input: Arc::clone(input),
    };
    // It refuses a width and a type that are none.
    Ok(Arc::new(BandBucketsExec::try_new(parts)?))
}

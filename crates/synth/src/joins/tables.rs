//! Rows as Arrow: the tables' columns.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use arrow::array::{
    ArrayRef, BinaryBuilder, FixedSizeBinaryBuilder, Float64Array, Int64Array, RecordBatch,
    TimestampMicrosecondArray, UInt32Array,
};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use arrow::error::ArrowError;

use super::addresses::as_v4;
use super::fence::Fence;
use super::observation::Observation;
use super::prefixes::Prefix;
use super::report_address::ReportAddress;

fn field(name: &str, data_type: DataType) -> Field {
    Field::new(name, data_type, false)
}

fn marked(name: &str, data_type: DataType, metadata: &[(&str, &str)]) -> Field {
    let metadata = metadata
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    field(name, data_type).with_metadata(metadata.collect::<HashMap<_, _>>())
}

fn address(name: &str) -> Field {
    marked(
        name,
        DataType::FixedSizeBinary(16),
        &[("ARROW:extension:name", "tieline.ip")],
    )
}

fn v4(name: &str) -> Field {
    Field::new(name, DataType::UInt32, true)
}

fn moment() -> Field {
    field(
        "observed_at",
        DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
    )
}

/// Columns of `observations`.
pub(super) static OBSERVATIONS: LazyLock<SchemaRef> = LazyLock::new(|| {
    Arc::new(Schema::new(vec![
        field("observation_id", DataType::Int64),
        field("device_id", DataType::Int64),
        moment(),
        field("lat", DataType::Float64),
        field("lon", DataType::Float64),
        address("ip"),
        v4("ipv4"),
    ]))
});

/// Columns of `report_addresses`.
pub(super) static REPORT_ADDRESSES: LazyLock<SchemaRef> = LazyLock::new(|| {
    Arc::new(Schema::new(vec![
        field("event_id", DataType::Int64),
        field("report_id", DataType::Int64),
        moment(),
        address("ip"),
        v4("ipv4"),
    ]))
});

/// Columns of `prefixes`.
pub(super) static PREFIXES: LazyLock<SchemaRef> = LazyLock::new(|| {
    Arc::new(Schema::new(vec![
        field("prefix_id", DataType::Int64),
        address("first_ip"),
        address("last_ip"),
        v4("first_ipv4"),
        v4("last_ipv4"),
        field("prefix_length", DataType::Int64),
        field("asn", DataType::Int64),
    ]))
});

/// Columns of the fences.
pub(super) static FENCES: LazyLock<SchemaRef> = LazyLock::new(|| {
    Arc::new(Schema::new(vec![
        field("fence_id", DataType::Int64),
        marked(
            "geometry",
            DataType::Binary,
            &[
                ("ARROW:extension:name", "geoarrow.wkb"),
                (
                    "ARROW:extension:metadata",
                    r#"{"crs":"OGC:CRS84","crs_type":"authority_code"}"#,
                ),
            ],
        ),
    ]))
});

fn integers(values: impl Iterator<Item = i64>) -> ArrayRef {
    Arc::new(Int64Array::from_iter_values(values))
}

fn moments(values_ms: impl Iterator<Item = i64>) -> ArrayRef {
    let moments = TimestampMicrosecondArray::from_iter_values(values_ms.map(|ms| ms * 1_000));
    Arc::new(moments.with_timezone("UTC"))
}

fn addresses(values: impl ExactSizeIterator<Item = u128>) -> Result<ArrayRef, ArrowError> {
    let mut builder = FixedSizeBinaryBuilder::with_capacity(values.len(), 16);
    for value in values {
        builder.append_value(value.to_be_bytes())?;
    }
    Ok(Arc::new(builder.finish()))
}

fn v4s(values: impl Iterator<Item = u128>) -> ArrayRef {
    Arc::new(values.map(as_v4).collect::<UInt32Array>())
}

/// Observations whose ids begin with `first_id`.
pub(super) fn observations(rows: &[Observation], first_id: u64) -> Result<RecordBatch, ArrowError> {
    let ids = first_id as i64..(first_id as i64 + rows.len() as i64);
    let columns = vec![
        integers(ids),
        integers(rows.iter().map(|row| row.device)),
        moments(rows.iter().map(|row| row.at_ms)),
        Arc::new(Float64Array::from_iter_values(rows.iter().map(|row| row.lat))) as ArrayRef,
        Arc::new(Float64Array::from_iter_values(rows.iter().map(|row| row.lon))),
        addresses(rows.iter().map(|row| row.address))?,
        v4s(rows.iter().map(|row| row.address)),
    ];
    RecordBatch::try_new(Arc::clone(&OBSERVATIONS), columns)
}

/// Addresses of reports whose ids begin with `first_id`.
pub(super) fn report_addresses(rows: &[ReportAddress], first_id: u64) -> Result<RecordBatch, ArrowError> {
    let ids = first_id as i64..(first_id as i64 + rows.len() as i64);
    let columns = vec![
        integers(ids),
        integers(rows.iter().map(|row| row.report)),
        moments(rows.iter().map(|row| row.at_ms)),
        addresses(rows.iter().map(|row| row.address))?,
        v4s(rows.iter().map(|row| row.address)),
    ];
    RecordBatch::try_new(Arc::clone(&REPORT_ADDRESSES), columns)
}

/// All prefixes.
pub(super) fn prefixes(rows: &[Prefix]) -> Result<RecordBatch, ArrowError> {
    let columns = vec![
        integers(0..rows.len() as i64),
        addresses(rows.iter().map(|row| row.first))?,
        addresses(rows.iter().map(|row| row.last))?,
        v4s(rows.iter().map(|row| row.first)),
        v4s(rows.iter().map(|row| row.last)),
        integers(rows.iter().map(|row| i64::from(row.length))),
        integers(rows.iter().map(|row| row.asn)),
    ];
    RecordBatch::try_new(Arc::clone(&PREFIXES), columns)
}

/// All fences of a file.
pub(super) fn fences(fences: &[Fence]) -> Result<RecordBatch, ArrowError> {
    let mut geometries = BinaryBuilder::new();
    fences
        .iter()
        .for_each(|fence| geometries.append_value(wkb(fence)));
    let columns = vec![
        integers(0..fences.len() as i64),
        Arc::new(geometries.finish()) as ArrayRef,
    ];
    RecordBatch::try_new(Arc::clone(&FENCES), columns)
}

/// A polygon of one ring, little-endian.
fn wkb(fence: &Fence) -> Vec<u8> {
    let mut bytes = vec![1];
    for word in [3, 1, fence.ring.len() as u32] {
        bytes.extend_from_slice(&word.to_le_bytes());
    }
    for (lon, lat) in &fence.ring {
        bytes.extend_from_slice(&lon.to_le_bytes());
        bytes.extend_from_slice(&lat.to_le_bytes());
    }
    bytes
}

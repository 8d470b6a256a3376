//! Scans that skip pages by areas: DataFusion writes the scan within, and its filters are all that is known of the areas.

use std::sync::Arc;

use datafusion::common::Result;
use datafusion::datasource::source::DataSourceExec;
use datafusion::physical_plan::ExecutionPlan;
use datafusion_proto::physical_plan::PhysicalPlanDecodeContext;
use datafusion_proto::protobuf::PhysicalPlanNode;
use tieline_joins::skipping_pages;

use crate::error::malformed;
use crate::expressions::{Reader, Writer};
use crate::wire;

/// Of the scan within.
pub(crate) fn write(within: &Arc<dyn ExecutionPlan>, writer: Writer<'_>) -> Result<wire::Piece> {
    let scan = writer.converter.execution_plan_to_proto(within, writer.codec)?;
    Ok(wire::Piece::PageSkipping(Box::new(scan)))
}

pub(crate) fn read(
    scan: &PhysicalPlanNode,
    inputs: &[Arc<dyn ExecutionPlan>],
    reader: Reader<'_>,
) -> Result<Arc<dyn ExecutionPlan>> {
    let context = PhysicalPlanDecodeContext::new(reader.context, reader.codec);
    let within = reader.converter.proto_to_execution_plan(scan, &context)?;
    match within.downcast_ref::<DataSourceExec>().and_then(skipping_pages) {
        Some(scan) if inputs.is_empty() => Ok(scan),
        _ => Err(malformed("a scan that skips pages is none of Parquet")),
    }
}

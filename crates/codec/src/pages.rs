//! Scans that skip pages by areas: DataFusion writes the scan within, and its filters are all that is known of the areas.

use std::sync::Arc;

use datafusion::common::Result;
use datafusion::datasource::source::DataSourceExec;
use datafusion::physical_plan::ExecutionPlan;
use datafusion_proto::physical_plan::PhysicalPlanDecodeContext;
use datafusion_proto::protobuf::PhysicalPlanNode;
use tieline_joins::{PageSkippingSource, skipping_pages, with_plain_pages};

use crate::error::malformed;
use crate::expressions::{Reader, Writer};
use crate::wire;

/// Of the scan and of the one within.
pub(crate) fn write(
    scan: &DataSourceExec,
    within: &Arc<dyn ExecutionPlan>,
    writer: Writer<'_>,
) -> Result<wire::Piece> {
    let source = scan.downcast_to_file_source::<PageSkippingSource>();
    let within = Box::new(writer.converter.execution_plan_to_proto(within, writer.codec)?);
    Ok(match source.is_some_and(|(_, source)| source.has_plain_pages()) {
        true => wire::Piece::PlainPages(within),
        false => wire::Piece::PageSkipping(within),
    })
}

/// With what makes it of the one within.
pub(crate) fn read(
    make: impl Fn(&DataSourceExec) -> Option<Arc<dyn ExecutionPlan>>,
    scan: &PhysicalPlanNode,
    inputs: &[Arc<dyn ExecutionPlan>],
    reader: Reader<'_>,
) -> Result<Arc<dyn ExecutionPlan>> {
    let context = PhysicalPlanDecodeContext::new(reader.context, reader.codec);
    let within = reader.converter.proto_to_execution_plan(scan, &context)?;
    match within.downcast_ref::<DataSourceExec>().and_then(make) {
        Some(scan) if inputs.is_empty() => Ok(scan),
        _ => Err(malformed("a scan that skips pages is none of Parquet")),
    }
}

/// What skips pages and may have plain ones.
pub(crate) fn with_plain(scan: &DataSourceExec) -> Option<Arc<dyn ExecutionPlan>> {
    with_plain_pages(skipping_pages(scan)?.downcast_ref()?)
}

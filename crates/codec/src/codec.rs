//! [`TielineCodec`]: what DataFusion asks when it meets a piece that is not its own.

use std::sync::Arc;

use datafusion::common::Result;
use datafusion::datasource::source::DataSourceExec;
use datafusion::execution::TaskContext;
use datafusion::logical_expr::ScalarUDF;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr_common::physical_expr::proto_decode::PhysicalExprDecodeCtx;
use datafusion::physical_expr_common::physical_expr::proto_encode::PhysicalExprEncodeCtx;
use datafusion::physical_plan::ExecutionPlan;
use datafusion_proto::physical_plan::{PhysicalExtensionCodec, PhysicalProtoConverterExtension};
use tieline_joins::{
    BandBucketsExec, BandMergeExec, IndexFilter, IndexJoinExec, scan_within, skipping_pages,
};

use crate::error::{foreign, malformed, unwritable};
use crate::expressions::{Reader, Writer};
use crate::functions::Functions;
use crate::wire::{Function, Piece, open, seal};
use crate::{filter, marks, merge, operator, pages};

/// Writes and reads the joins, their filters and the SQL functions.
///
/// It holds no state that a plan leaves behind: one is enough for a process, and any number may be at work at once.
#[derive(Debug, Clone, Default)]
pub struct TielineCodec {
    functions: Functions,
}

impl PhysicalExtensionCodec for TielineCodec {
    fn try_encode(
        &self,
        node: Arc<dyn ExecutionPlan>,
        bytes: &mut Vec<u8>,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<()> {
        let writer = Writer {
            codec: self,
            converter,
        };
        let piece = if let Some(join) = node.downcast_ref::<IndexJoinExec>() {
            operator::write(join, writer)?
        } else if let Some(join) = node.downcast_ref::<BandMergeExec>() {
            merge::write(join, writer)?
        } else if let Some(buckets) = node.downcast_ref::<BandBucketsExec>() {
            merge::write_buckets(buckets, writer)?
        } else if let Some(scan) = node.downcast_ref::<DataSourceExec>()
            && let Some(within) = scan_within(scan)
        {
            pages::write(scan, &within, writer)?
        } else {
            return Err(unwritable(node.name()));
        };
        seal(piece, bytes)
    }

    fn try_decode(
        &self,
        bytes: &[u8],
        inputs: &[Arc<dyn ExecutionPlan>],
        context: &TaskContext,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let reader = Reader {
            codec: self,
            converter,
            context,
        };
        match open(bytes)? {
            Piece::IndexJoin(join) => operator::read(&join, inputs, reader),
            Piece::BandMerge(join) => merge::read(&join, inputs, reader),
            Piece::BandBuckets(buckets) => merge::read_buckets(&buckets, inputs, reader),
            Piece::PageSkipping(scan) => pages::read(skipping_pages, &scan, inputs, reader),
            Piece::PlainPages(scan) => pages::read(pages::with_plain, &scan, inputs, reader),
            _ => Err(malformed("an operator is none")),
        }
    }

    fn try_encode_expr(
        &self,
        expr: &Arc<dyn PhysicalExpr>,
        bytes: &mut Vec<u8>,
        _context: &PhysicalExprEncodeCtx<'_>,
    ) -> Result<()> {
        match expr.downcast_ref::<IndexFilter>() {
            Some(filter) => seal(filter::write(filter), bytes),
            None => Err(unwritable("an expression")),
        }
    }

    fn try_decode_expr(
        &self,
        bytes: &[u8],
        inputs: &[Arc<dyn PhysicalExpr>],
        _context: &PhysicalExprDecodeCtx<'_>,
    ) -> Result<Arc<dyn PhysicalExpr>> {
        match open(bytes)? {
            Piece::IndexFilter(filter) => filter::read(&filter, inputs),
            Piece::Marks(marks) => marks::read(marks, inputs),
            _ => Err(malformed("an expression is none")),
        }
    }

    /// Ours are marked, so that they are never taken for another function of their name that the other session has. Others are
    /// left to DataFusion, which looks their names up there.
    fn try_encode_udf(&self, function: &ScalarUDF, bytes: &mut Vec<u8>) -> Result<()> {
        if self.functions.holds(function) {
            seal(Piece::Function(Function {}), bytes)?;
        }
        Ok(())
    }

    fn try_decode_udf(&self, name: &str, bytes: &[u8]) -> Result<Arc<ScalarUDF>> {
        // Nothing at all is how DataFusion asks for a function that its session does not have.
        if !bytes.is_empty() && !matches!(open(bytes)?, Piece::Function(_)) {
            return Err(malformed("a function is none"));
        }
        let unknown = || foreign("the plan calls a function that this build does not have");
        self.functions.get(name).ok_or_else(unknown)
    }
}

//! The expressions inside our own messages, written and read as the rest of the plan is.

use std::sync::Arc;

use datafusion::arrow::datatypes::Schema;
use datafusion::common::Result;
use datafusion::execution::TaskContext;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::utils::collect_columns;
use datafusion_proto::physical_plan::{
    PhysicalExtensionCodec, PhysicalPlanDecodeContext, PhysicalProtoConverterExtension,
};
use datafusion_proto::protobuf::PhysicalExprNode;

use crate::error::malformed;

/// Writes expressions.
#[derive(Clone, Copy)]
pub(crate) struct Writer<'a> {
    pub(crate) codec: &'a dyn PhysicalExtensionCodec,
    pub(crate) converter: &'a dyn PhysicalProtoConverterExtension,
}

impl Writer<'_> {
    pub(crate) fn write(&self, expr: &Arc<dyn PhysicalExpr>) -> Result<PhysicalExprNode> {
        self.converter.physical_expr_to_proto(expr, self.codec)
    }
}

/// Reads expressions.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    pub(crate) codec: &'a dyn PhysicalExtensionCodec,
    pub(crate) converter: &'a dyn PhysicalProtoConverterExtension,
    pub(crate) context: &'a TaskContext,
}

impl Reader<'_> {
    /// An expression over the columns of a schema.
    ///
    /// # Errors
    /// Where it is missing, or names a column that is not there: DataFusion would find that out by a panic.
    pub(crate) fn read(
        &self,
        node: Option<&PhysicalExprNode>,
        schema: &Schema,
    ) -> Result<Arc<dyn PhysicalExpr>> {
        let node = node.ok_or_else(|| malformed("an expression is missing"))?;
        let context = PhysicalPlanDecodeContext::new(self.context, self.codec);
        let expr = self.converter.proto_to_physical_expr(node, schema, &context)?;
        let columns = schema.fields().len();
        match collect_columns(&expr)
            .iter()
            .all(|column| column.index() < columns)
        {
            true => Ok(expr),
            false => Err(malformed("an expression is over a column that is not there")),
        }
    }
}

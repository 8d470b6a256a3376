//! How a whole plan is written and read.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::datatypes::Schema;
use datafusion::common::{Result, internal_err};
use datafusion::execution::TaskContext;
use datafusion::logical_expr::physical_planning_context::ScalarSubqueryResults;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_plan::ExecutionPlan;
use datafusion_proto::physical_plan::from_proto::parse_physical_expr_with_converter;
use datafusion_proto::physical_plan::to_proto::serialize_physical_expr_with_converter;
use datafusion_proto::physical_plan::{
    PhysicalExtensionCodec, PhysicalPlanDecodeContext, PhysicalPlanNodeExt, PhysicalProtoConverterExtension,
};
use datafusion_proto::protobuf::{PhysicalExprNode, PhysicalPlanNode};
use recursive::recursive;

use crate::codec::TielineCodec;
use crate::error::{malformed, without_values};
use crate::marks;
use crate::wire::{Piece, open, seal};

/// A plan as bytes, for [`plan_from_bytes`].
///
/// # Errors
/// Where an operator or an expression has no message, such as a time limit, which belongs to the process that was asked; or
/// where the plan is nested too deeply to be read again.
pub fn plan_to_bytes(plan: &Arc<dyn ExecutionPlan>) -> Result<Vec<u8>> {
    let node = PlanConverter
        .execution_plan_to_proto(plan, &TielineCodec::default())
        .map_err(without_values)?;
    let mut bytes = Vec::new();
    seal(Piece::Plan(Box::new(node)), &mut bytes)?;
    Ok(bytes)
}

/// The plan of [`plan_to_bytes`], with the functions and the settings of `context` where it refers to some.
///
/// # Errors
/// Where the bytes are no plan, or one of another build.
pub fn plan_from_bytes(bytes: &[u8], context: &TaskContext) -> Result<Arc<dyn ExecutionPlan>> {
    let Piece::Plan(node) = open(bytes)? else {
        return Err(malformed("it is a part of a plan"));
    };
    let codec = TielineCodec::default();
    let context = PhysicalPlanDecodeContext::new(context, &codec);
    PlanConverter.proto_to_execution_plan(&node, &context)
}

/// Keeps what DataFusion's converters lose: the metadata of computed values, expressions that several operators share, and
/// subqueries within our operator.
///
/// Every step of the recursion over a plan goes through here, and takes more stack where it needs it.
///
/// For code that writes plans itself, with [`TielineCodec`]. What it writes can be read with any converter.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlanConverter;

impl PhysicalProtoConverterExtension for PlanConverter {
    fn proto_to_execution_plan(
        &self,
        node: &PhysicalPlanNode,
        context: &PhysicalPlanDecodeContext<'_>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Reading::default().proto_to_execution_plan(node, context)
    }

    #[recursive]
    fn execution_plan_to_proto(
        &self,
        plan: &Arc<dyn ExecutionPlan>,
        codec: &dyn PhysicalExtensionCodec,
    ) -> Result<PhysicalPlanNode> {
        PhysicalPlanNode::try_from_physical_plan_with_converter(Arc::clone(plan), codec, self)
    }

    fn proto_to_physical_expr(
        &self,
        node: &PhysicalExprNode,
        schema: &Schema,
        context: &PhysicalPlanDecodeContext<'_>,
    ) -> Result<Arc<dyn PhysicalExpr>> {
        Reading::default().proto_to_physical_expr(node, schema, context)
    }

    #[recursive]
    fn physical_expr_to_proto(
        &self,
        expr: &Arc<dyn PhysicalExpr>,
        codec: &dyn PhysicalExtensionCodec,
    ) -> Result<PhysicalExprNode> {
        let node = serialize_physical_expr_with_converter(expr, codec, self)?;
        marks::write(expr, node)
    }
}

/// The reading of one plan.
#[derive(Default)]
struct Reading {
    /// Expressions that know themselves by a number, such as DataFusion's own dynamic filters.
    shared: RefCell<HashMap<u64, Arc<dyn PhysicalExpr>>>,
    /// The subqueries around the operator that is being read. An extension's codec is not told of them.
    subqueries: RefCell<Option<ScalarSubqueryResults>>,
}

impl PhysicalProtoConverterExtension for Reading {
    #[recursive]
    fn proto_to_execution_plan(
        &self,
        node: &PhysicalPlanNode,
        context: &PhysicalPlanDecodeContext<'_>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let outer = self
            .subqueries
            .replace(context.scalar_subquery_results().cloned());
        let plan = node.try_into_physical_plan_with_context(context, self);
        self.subqueries.replace(outer);
        plan
    }

    #[recursive]
    fn proto_to_physical_expr(
        &self,
        node: &PhysicalExprNode,
        schema: &Schema,
        context: &PhysicalPlanDecodeContext<'_>,
    ) -> Result<Arc<dyn PhysicalExpr>> {
        let around = self.subqueries.borrow().clone();
        let expr = match (context.scalar_subquery_results(), around) {
            (None, Some(subqueries)) => {
                let context = context.with_scalar_subquery_results(subqueries);
                parse_physical_expr_with_converter(node, schema, &context, self)?
            }
            _ => parse_physical_expr_with_converter(node, schema, context, self)?,
        };
        let Some(id) = node.expr_id else {
            return Ok(expr);
        };
        let known = self.shared.borrow().get(&id).cloned();
        match known {
            // Over its own columns, with the state of the first.
            Some(known) => {
                let children = expr.children().into_iter().cloned().collect();
                known.with_new_children(children)
            }
            None => {
                self.shared.borrow_mut().insert(id, Arc::clone(&expr));
                Ok(expr)
            }
        }
    }

    fn execution_plan_to_proto(
        &self,
        _plan: &Arc<dyn ExecutionPlan>,
        _codec: &dyn PhysicalExtensionCodec,
    ) -> Result<PhysicalPlanNode> {
        internal_err!("a plan is written by PlanConverter")
    }

    fn physical_expr_to_proto(
        &self,
        _expr: &Arc<dyn PhysicalExpr>,
        _codec: &dyn PhysicalExtensionCodec,
    ) -> Result<PhysicalExprNode> {
        internal_err!("an expression is written by PlanConverter")
    }
}

//! The metadata of computed values: that sixteen bytes are an address, that others are a geometry.
//!
//! DataFusion writes the type of a literal, of a function's result and of a cast's without the field's metadata. The rows would
//! be the same, but printed as bytes and written to Parquet unmarked. Such an expression is written as the input of one of
//! ours that holds the metadata, and is made one with it again when it is read.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::datatypes::{Field, Schema};
use datafusion::common::Result;
use datafusion::common::metadata::FieldMetadata;
use datafusion::physical_expr::expressions::{CastExpr, Literal};
use datafusion::physical_expr::{PhysicalExpr, ScalarFunctionExpr};
use datafusion_proto::protobuf::physical_expr_node::ExprType;
use datafusion_proto::protobuf::{PhysicalExprNode, PhysicalExtensionExprNode};

use crate::error::malformed;
use crate::wire;

/// The node with the metadata that DataFusion leaves out, if there is any.
pub(crate) fn write(expr: &Arc<dyn PhysicalExpr>, node: PhysicalExprNode) -> Result<PhysicalExprNode> {
    let Some(marks) = marks(expr)? else {
        return Ok(node);
    };
    let mut bytes = Vec::new();
    wire::seal(wire::Piece::Marks(marks), &mut bytes)?;
    Ok(PhysicalExprNode {
        expr_id: None,
        expr_type: Some(ExprType::Extension(PhysicalExtensionExprNode {
            expr: bytes,
            inputs: vec![node],
        })),
    })
}

fn marks(expr: &Arc<dyn PhysicalExpr>) -> Result<Option<wire::Marks>> {
    if let Some(cast) = expr.downcast_ref::<CastExpr>() {
        let field = cast.target_field();
        return Ok(cast.has_explicit_metadata().then(|| wire::Marks {
            metadata: field.metadata().clone().into_iter().collect(),
            target: Some(wire::CastTarget {
                name: field.name().clone(),
                nullable: field.is_nullable(),
            }),
        }));
    }
    if !(expr.is::<Literal>() || expr.is::<ScalarFunctionExpr>()) {
        return Ok(None);
    }
    // Neither of the two looks at the schema.
    let field = expr.return_field(&Schema::empty())?;
    Ok((!field.metadata().is_empty()).then(|| wire::Marks {
        metadata: field.metadata().clone().into_iter().collect(),
        target: None,
    }))
}

/// The expression with its metadata.
pub(crate) fn read(marks: wire::Marks, inputs: &[Arc<dyn PhysicalExpr>]) -> Result<Arc<dyn PhysicalExpr>> {
    let [expr] = inputs else {
        return Err(malformed("metadata is of one expression"));
    };
    let metadata: HashMap<String, String> = marks.metadata.into_iter().collect();
    if let (Some(cast), Some(target)) = (expr.downcast_ref::<CastExpr>(), marks.target) {
        let field = Field::new(target.name, cast.cast_type().clone(), target.nullable);
        return Ok(Arc::new(CastExpr::new_with_target_field(
            Arc::clone(cast.expr()),
            Arc::new(field.with_metadata(metadata)),
            Some(cast.cast_options().clone()),
        )));
    }
    if let Some(literal) = expr.downcast_ref::<Literal>() {
        let metadata = FieldMetadata::from(metadata);
        return Ok(Arc::new(Literal::new_with_metadata(
            literal.value().clone(),
            Some(metadata),
        )));
    }
    let Some(call) = expr.downcast_ref::<ScalarFunctionExpr>() else {
        return Err(malformed("metadata is of another expression"));
    };
    let field = call.return_field(&Schema::empty())?.as_ref().clone();
    Ok(Arc::new(ScalarFunctionExpr::new(
        call.name(),
        Arc::new(call.fun().clone()),
        call.args().to_vec(),
        Arc::new(field.with_metadata(metadata)),
        Arc::new(call.config_options().clone()),
    )))
}

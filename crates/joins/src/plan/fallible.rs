//! Expressions that SQL may not ask of every row.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::DFSchema;
use datafusion::common::tree_node::TreeNode;
use datafusion::logical_expr::{Expr, ExprSchemable, Operator};

/// Whether an expression fails for some values: a text that is no number, a division by zero.
pub(crate) fn can_fail(expr: &Expr, schema: &DFSchema) -> bool {
    let of_some = expr.exists(|expr| {
        let type_of = |expr: &Expr| expr.get_type(schema);
        Ok(match expr {
            Expr::Cast(cast) => {
                let from = type_of(&cast.expr)?;
                let is_text = |data_type: &DataType| data_type.is_string() || data_type.is_binary();
                is_text(&from) && !is_text(cast.field.data_type())
            }
            Expr::BinaryExpr(binary) if matches!(binary.op, Operator::Divide | Operator::Modulo) => {
                !type_of(expr)?.is_floating() && !matches!(*binary.right, Expr::Literal(..))
            }
            _ => false,
        })
    });
    of_some.unwrap_or(true)
}

//! The conditions of a join as DataFusion's operators take them.

use std::sync::Arc;

use datafusion::arrow::datatypes::Schema;
use datafusion::common::{Column, DFSchema, JoinSide, Result};
use datafusion::logical_expr::Expr;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_plan::joins::utils::{ColumnIndex, JoinFilter};

use super::Sides;

/// A condition over both sides: its columns, and itself over these alone.
pub(super) fn join_filter(
    condition: &Expr,
    sides: &Sides<'_>,
    physical: impl Fn(&Expr, &DFSchema) -> Result<Arc<dyn PhysicalExpr>>,
) -> Result<JoinFilter> {
    let mut columns: Vec<Column> = condition.column_refs().into_iter().cloned().collect();
    // A set has no order; plans must have one.
    columns.sort();
    let mut indices = Vec::new();
    let mut fields = Vec::new();
    for column in &columns {
        let (schema, side) = match sides.left.has_column(column) {
            true => (sides.left, JoinSide::Left),
            false => (sides.right, JoinSide::Right),
        };
        let index = schema.index_of_column(column)?;
        let (qualifier, field) = schema.qualified_field(index);
        fields.push((qualifier.cloned(), Arc::clone(field)));
        indices.push(ColumnIndex { index, side });
    }
    let plain: Vec<_> = fields.iter().map(|(_, field)| Arc::clone(field)).collect();
    let schema = DFSchema::new_with_metadata(fields, Default::default())?;
    let expression = physical(condition, &schema)?;
    Ok(JoinFilter::new(expression, indices, Arc::new(Schema::new(plain))))
}

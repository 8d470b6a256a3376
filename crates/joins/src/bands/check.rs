//! The conditions as they were written, over the two times alone: what decides where arithmetic may overflow.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, RecordBatch, UInt32Array};
use datafusion::arrow::compute::take;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::common::cast::as_boolean_array;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{Column, DFSchema, JoinSide, Result};
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{Expr, ExprSchemable};
use datafusion::physical_expr::{PhysicalExpr, split_conjunction};

use super::recognise::BandPredicate;
use crate::index::Pairs;
use crate::plan::PlannedJoin;

/// The columns that the conditions are over: the times of the build side, then those of the probe side.
pub(super) fn schema(types: impl Iterator<Item = DataType>) -> SchemaRef {
    let field = |(position, data_type)| Field::new(format!("time_{position}"), data_type, true);
    Arc::new(Schema::new(types.enumerate().map(field).collect::<Vec<_>>()))
}

/// The conditions over these columns; `None` where they are over anything else.
pub(super) fn expression(
    band: &BandPredicate,
    builds_point: bool,
    join: &PlannedJoin<'_>,
) -> Result<Option<Arc<dyn PhysicalExpr>>> {
    let Some(conditions) = conjunction(band.conditions.iter().cloned()) else {
        return Ok(None);
    };
    let (build, probe): (Vec<&Expr>, Vec<&Expr>) = match builds_point {
        true => (vec![&band.point], band.bounds.iter().collect()),
        false => (band.bounds.iter().collect(), vec![&band.point]),
    };
    let sides = join.sides();
    let mut fields = Vec::new();
    let times: Vec<&Expr> = build.into_iter().chain(probe).collect();
    for (position, time) in times.iter().enumerate() {
        let schema = match sides.of(time) {
            Some(JoinSide::Left) => sides.left,
            _ => sides.right,
        };
        let data_type = time.get_type(schema)?;
        fields.push((
            None,
            Arc::new(Field::new(format!("time_{position}"), data_type, true)),
        ));
    }
    let schema = DFSchema::new_with_metadata(fields, Default::default())?;
    let over_times = conditions.transform_down(|expr| {
        let position = times.iter().position(|time| **time == expr);
        Ok(match position {
            Some(position) => {
                let column = Expr::Column(Column::new_unqualified(format!("time_{position}")));
                Transformed::new(column, true, TreeNodeRecursion::Jump)
            }
            None => Transformed::no(expr),
        })
    })?;
    let over_times = over_times.data;
    let known = over_times
        .column_refs()
        .iter()
        .all(|column| schema.has_column(column));
    match known {
        true => join.physical_over(&over_times, &schema).map(Some),
        false => Ok(None),
    }
}

/// Keeps of some pairs, from `begun` on, those that satisfy the conditions, or are not `in_doubt`: build row, probe row.
///
/// One condition after the other, for the pairs that are left: it fails only where SQL does, however that batches the pairs.
pub(super) fn keep(
    check: &Arc<dyn PhysicalExpr>,
    build: &[ArrayRef],
    probe: &[ArrayRef],
    begun: usize,
    pairs: &mut Pairs,
    in_doubt: impl Fn(u32, u32) -> bool,
) -> Result<()> {
    let types = build.iter().chain(probe).map(|array| array.data_type().clone());
    let schema = schema(types);
    let doubtful = |position: &usize| in_doubt(pairs.build[*position], pairs.probe[*position]);
    let mut left: Vec<usize> = (begun..pairs.len()).filter(doubtful).collect();
    if left.is_empty() {
        return Ok(());
    }
    let mut kept = vec![true; pairs.len() - begun];
    for condition in split_conjunction(check) {
        let rows = |rows: &[u32]| UInt32Array::from_iter_values(left.iter().map(|position| rows[*position]));
        let (build_rows, probe_rows) = (rows(&pairs.build), rows(&pairs.probe));
        let of_build = build.iter().map(|array| take(array, &build_rows, None));
        let of_probe = probe.iter().map(|array| take(array, &probe_rows, None));
        let columns = of_build.chain(of_probe).collect::<Result<Vec<_>, _>>()?;
        let batch = RecordBatch::try_new(Arc::clone(&schema), columns)?;
        let holds = condition.evaluate(&batch)?.into_array(batch.num_rows())?;
        let holds = as_boolean_array(&holds)?;
        for (at, position) in left.iter().enumerate() {
            kept[position - begun] = holds.is_valid(at) && holds.value(at);
        }
        left.retain(|position| kept[position - begun]);
        if left.is_empty() {
            break;
        }
    }
    retain(begun, pairs, |position| kept[position - begun]);
    Ok(())
}

/// Keeps of the pairs from `begun` on those for whose position `keeps` says so.
fn retain(begun: usize, pairs: &mut Pairs, keeps: impl Fn(usize) -> bool) {
    let mut kept = begun;
    for position in begun..pairs.len() {
        let (build, probe) = (pairs.build[position], pairs.probe[position]);
        pairs.build[kept] = build;
        pairs.probe[kept] = probe;
        kept += usize::from(keeps(position));
    }
    pairs.build.truncate(kept);
    pairs.probe.truncate(kept);
}

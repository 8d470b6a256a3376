//! The index join.

use std::sync::Arc;

use datafusion::arrow::datatypes::Schema;
use datafusion::common::{JoinSide, JoinType, NullEquality, Result};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::joins::utils::{ColumnIndex, JoinFilter};
use datafusion_proto::protobuf;
use tieline_joins::{IndexJoinExec, IndexJoinParts};

use crate::error::{foreign, malformed};
use crate::expressions::{Reader, Writer};
use crate::filter::link;
use crate::kinds::{self, KeySchemas};
use crate::wire;

pub(crate) fn write(join: &IndexJoinExec, writer: Writer<'_>) -> Result<wire::Piece> {
    let parts = join.parts();
    let filter = parts.filter.as_ref().map(|filter| write_filter(filter, writer));
    Ok(wire::Piece::IndexJoin(Box::new(wire::IndexJoin {
        join_type: protobuf::JoinType::from(parts.join_type).into(),
        builds_left: parts.build_side == JoinSide::Left,
        null_equals_null: parts.null_equality == NullEquality::NullEqualsNull,
        on: write_on(&parts.on, writer)?,
        filter: filter.transpose()?,
        projection: parts.projection.as_deref().map(write_positions),
        why: parts.why.clone(),
        share: parts.share,
        shared: parts.shared.id(),
        kind: Some(kinds::write(parts.index.as_ref(), writer)?),
    })))
}

pub(crate) fn read(
    message: &wire::IndexJoin,
    inputs: &[Arc<dyn ExecutionPlan>],
    reader: Reader<'_>,
) -> Result<Arc<dyn ExecutionPlan>> {
    let [left, right] = inputs else {
        return Err(malformed("a join has two inputs"));
    };
    let join_type = read_type(message.join_type)?;
    let (build_side, build, probe) = match message.builds_left {
        true => (JoinSide::Left, left, right),
        false => (JoinSide::Right, right, left),
    };
    let Some(kind) = &message.kind else {
        return Err(foreign(
            "the plan has a kind of index that this build does not know",
        ));
    };
    let schemas = KeySchemas {
        build: &build.schema(),
        probe: &probe.schema(),
    };
    let index = kinds::read(kind, schemas, reader)?;
    let sides = (&left.schema(), &right.schema());
    let on = read_on(&message.on, sides, reader)?;
    let filter = message.filter.as_ref();
    let shared = link(message.shared, probe, index.probe_keys().len(), !on.is_empty())?;
    let parts = IndexJoinParts {
        join_type,
        build_side,
        index,
        on,
        null_equality: read_null_equality(message.null_equals_null),
        filter: filter
            .map(|filter| read_filter(filter, sides, reader))
            .transpose()?,
        projection: message.projection.as_ref().map(positions),
        why: message.why.clone(),
        share: message.share,
        // It has been decided by.
        matching: None,
        shared,
        left: Arc::clone(left),
        right: Arc::clone(right),
    };
    // It refuses columns that are not there.
    Ok(Arc::new(IndexJoinExec::try_new(parts)?))
}

/// Pairs of equal keys, left and right.
type EqualKeys = Vec<(Arc<dyn PhysicalExpr>, Arc<dyn PhysicalExpr>)>;

pub(crate) fn write_on(on: &EqualKeys, writer: Writer<'_>) -> Result<Vec<wire::EqualKeys>> {
    let on = on.iter().map(|(left, right)| {
        Ok(wire::EqualKeys {
            left: Some(writer.write(left)?),
            right: Some(writer.write(right)?),
        })
    });
    on.collect()
}

pub(crate) fn read_on(
    on: &[wire::EqualKeys],
    (left_side, right_side): (&Arc<Schema>, &Arc<Schema>),
    reader: Reader<'_>,
) -> Result<EqualKeys> {
    let on = on.iter().map(|keys| {
        let left = reader.read(keys.left.as_ref(), left_side)?;
        let right = reader.read(keys.right.as_ref(), right_side)?;
        if left.data_type(left_side)? != right.data_type(right_side)? {
            return Err(malformed("equal keys are of different types"));
        }
        Ok((left, right))
    });
    on.collect()
}

pub(crate) fn read_type(join_type: i32) -> Result<JoinType> {
    protobuf::JoinType::try_from(join_type)
        .map(JoinType::from)
        .map_err(|_| malformed("a join is of no type"))
}

pub(crate) fn read_null_equality(null_equals_null: bool) -> NullEquality {
    match null_equals_null {
        true => NullEquality::NullEqualsNull,
        false => NullEquality::NullEqualsNothing,
    }
}

pub(crate) fn write_positions(columns: &[usize]) -> wire::Projection {
    wire::Projection {
        columns: columns.iter().map(|column| *column as u64).collect(),
    }
}

pub(crate) fn positions(projection: &wire::Projection) -> Vec<usize> {
    let position = |column: &u64| usize::try_from(*column).unwrap_or(usize::MAX);
    projection.columns.iter().map(position).collect()
}

pub(crate) fn write_filter(filter: &JoinFilter, writer: Writer<'_>) -> Result<protobuf::JoinFilter> {
    let columns = filter
        .column_indices()
        .iter()
        .map(|column| protobuf::ColumnIndex {
            index: column.index as u32,
            side: protobuf::JoinSide::from(column.side).into(),
        });
    Ok(protobuf::JoinFilter {
        expression: Some(writer.write(filter.expression())?),
        column_indices: columns.collect(),
        schema: Some(filter.schema().as_ref().try_into()?),
    })
}

pub(crate) fn read_filter(
    message: &protobuf::JoinFilter,
    (left, right): (&Arc<Schema>, &Arc<Schema>),
    reader: Reader<'_>,
) -> Result<JoinFilter> {
    let schema: Schema = match &message.schema {
        Some(schema) => schema.try_into()?,
        None => return Err(malformed("a condition is without its columns")),
    };
    let column = |column: &protobuf::ColumnIndex| {
        let index = column.index as usize;
        let side = match protobuf::JoinSide::try_from(column.side).map(JoinSide::from) {
            Ok(JoinSide::Left) if index < left.fields().len() => JoinSide::Left,
            Ok(JoinSide::Right) if index < right.fields().len() => JoinSide::Right,
            _ => return Err(malformed("a condition is over a column that is not there")),
        };
        Ok(ColumnIndex { index, side })
    };
    let columns: Vec<_> = message.column_indices.iter().map(column).collect::<Result<_>>()?;
    if columns.len() != schema.fields().len() {
        return Err(malformed("a condition has other columns than its schema"));
    }
    let expression = reader.read(message.expression.as_ref(), &schema)?;
    Ok(JoinFilter::new(expression, columns, Arc::new(schema)))
}

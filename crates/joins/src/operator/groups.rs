//! Equal keys beside the indexed predicate: every combination of them is a group, and rows match within a group.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::datatypes::{DataType, Float32Type, Float64Type};
use datafusion::arrow::row::{RowConverter, SortField};
use datafusion::common::{NullEquality, Result};
use datafusion::physical_expr::PhysicalExpr;

use crate::index::NO_GROUP;

/// The equal keys of a join: what is equal on both sides.
#[derive(Debug, Clone)]
pub(crate) struct EqualKeys {
    /// Over the build side.
    pub(crate) build: Vec<Arc<dyn PhysicalExpr>>,
    /// Over the probe side, of the same types.
    pub(crate) probe: Vec<Arc<dyn PhysicalExpr>>,
    /// Whether NULL equals NULL.
    pub(crate) nulls: NullEquality,
}

/// The combinations that the build side has.
///
/// Rows are compared in arrow's row format, where floating-point numbers are equal as in total order; the two zeros, which SQL
/// holds for equal, are made one first.
#[derive(Debug)]
pub(crate) struct GroupTable {
    converter: RowConverter,
    numbers: HashMap<Box<[u8]>, u32>,
    nulls: NullEquality,
    bytes: usize,
}

impl GroupTable {
    /// Numbers the combinations of the build side; returns the number of each row.
    pub(crate) fn build(keys: &[ArrayRef], nulls: NullEquality) -> Result<(Self, Vec<u32>)> {
        let fields = keys.iter().map(|key| SortField::new(key.data_type().clone()));
        let mut table = Self {
            converter: RowConverter::new(fields.collect())?,
            numbers: HashMap::new(),
            nulls,
            bytes: 0,
        };
        let keys = &zeros_alike(keys);
        let rows = table.converter.convert_columns(keys)?;
        let nulls = table.nulls_of(keys);
        let mut numbers = Vec::with_capacity(rows.num_rows());
        for row in 0..rows.num_rows() {
            if is_null(&nulls, row) {
                numbers.push(NO_GROUP);
                continue;
            }
            let bytes = rows.row(row);
            let next = table.numbers.len() as u32;
            let number = match table.numbers.get(bytes.as_ref()) {
                Some(number) => *number,
                None => {
                    table.bytes += bytes.as_ref().len() + 3 * size_of::<usize>();
                    table.numbers.insert(bytes.as_ref().into(), next);
                    next
                }
            };
            numbers.push(number);
        }
        Ok((table, numbers))
    }

    /// The numbers of probe rows; [`NO_GROUP`] where the build side has no such combination.
    pub(crate) fn look_up(&self, keys: &[ArrayRef]) -> Result<Vec<u32>> {
        let keys = &zeros_alike(keys);
        let rows = self.converter.convert_columns(keys)?;
        let nulls = self.nulls_of(keys);
        let number = |row: usize| match is_null(&nulls, row) {
            true => NO_GROUP,
            false => *self.numbers.get(rows.row(row).as_ref()).unwrap_or(&NO_GROUP),
        };
        Ok((0..rows.num_rows()).map(number).collect())
    }

    /// Bytes held, about.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes + self.converter.size()
    }

    /// The rows that match nothing, as NULLs. A dictionary may have its NULLs among its values, and an array of NULLs has no bits.
    fn nulls_of(&self, keys: &[ArrayRef]) -> Option<NullBuffer> {
        let nulls = keys.iter().map(|key| key.logical_nulls());
        match self.nulls {
            NullEquality::NullEqualsNull => None,
            NullEquality::NullEqualsNothing => {
                nulls.reduce(|one, other| NullBuffer::union(one.as_ref(), other.as_ref()))?
            }
        }
    }
}

fn is_null(nulls: &Option<NullBuffer>, row: usize) -> bool {
    nulls.as_ref().is_some_and(|nulls| nulls.is_null(row))
}

/// The keys with -0.0 as 0.0.
fn zeros_alike(keys: &[ArrayRef]) -> Vec<ArrayRef> {
    let alike = |key: &ArrayRef| -> ArrayRef {
        match key.data_type() {
            DataType::Float64 => {
                let numbers = key.as_primitive::<Float64Type>();
                Arc::new(numbers.unary::<_, Float64Type>(|number| if number == 0.0 { 0.0 } else { number }))
            }
            DataType::Float32 => {
                let numbers = key.as_primitive::<Float32Type>();
                Arc::new(numbers.unary::<_, Float32Type>(|number| if number == 0.0 { 0.0 } else { number }))
            }
            _ => Arc::clone(key),
        }
    };
    keys.iter().map(alike).collect()
}

/// Whether keys of a type can be equal keys here: what arrow's row format can hold, but for floating-point numbers within other
/// types, whose two zeros would differ.
pub(crate) fn can_group(data_type: &DataType) -> bool {
    let is_plain = matches!(data_type, DataType::Float32 | DataType::Float64);
    (is_plain || !has_floats(data_type))
        && RowConverter::supports_fields(&[SortField::new(data_type.clone())])
}

fn has_floats(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, values) => has_floats(values),
        DataType::Struct(fields) => fields.iter().any(|field| has_floats(field.data_type())),
        DataType::List(item)
        | DataType::LargeList(item)
        | DataType::ListView(item)
        | DataType::LargeListView(item)
        | DataType::FixedSizeList(item, _)
        | DataType::Map(item, _) => has_floats(item.data_type()),
        DataType::RunEndEncoded(_, values) => has_floats(values.data_type()),
        DataType::Union(fields, _) => fields.iter().any(|(_, field)| has_floats(field.data_type())),
        data_type => data_type.is_floating(),
    }
}

#[cfg(test)]
#[path = "groups_tests.rs"]
mod tests;

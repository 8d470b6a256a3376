//! The loops over a batch that all geometry functions share.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BinaryBuilder, BooleanArray};
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::Result;
use datafusion::logical_expr::ReturnFieldArgs;
use geo::Geometry;

use super::{GeometryColumn, Prepared, check_geometry_argument, to_wkb};
use crate::function::Arguments;

/// A nullable field of the given type, after checking that all arguments are geometries.
pub(crate) fn field_of(name: &str, args: &ReturnFieldArgs<'_>, data_type: DataType) -> Result<Field> {
    for index in 0..args.arg_fields.len() {
        check_geometry_argument(name, args, index)?;
    }
    Ok(Field::new(name, data_type, true))
}

/// One value per geometry, NULL where the geometry is NULL or malformed, or `value` says so.
pub(crate) fn for_each<T, A: FromIterator<Option<T>>>(
    arguments: &Arguments,
    value: impl Fn(&Prepared) -> Option<T>,
) -> Result<A> {
    let mut geometries = GeometryColumn::try_new(arguments, 0)?;
    Ok((0..arguments.rows)
        .map(|row| geometries.get(row).and_then(&value))
        .collect())
}

/// One geometry per geometry, as WKB.
pub(crate) fn for_each_geometry(
    arguments: &Arguments,
    value: impl Fn(&Prepared) -> Option<Geometry>,
) -> Result<ArrayRef> {
    let mut geometries = GeometryColumn::try_new(arguments, 0)?;
    let mut results = BinaryBuilder::new();
    for row in 0..arguments.rows {
        let result = geometries.get(row).and_then(&value);
        results.append_option(result.as_ref().and_then(to_wkb));
    }
    Ok(Arc::new(results.finish()))
}

/// One answer per pair of geometries, NULL where one is NULL or malformed, or `relation` says so.
pub(crate) fn for_each_pair(
    arguments: &Arguments,
    relation: fn(&Prepared, &Prepared) -> Option<bool>,
) -> Result<ArrayRef> {
    let mut firsts = GeometryColumn::try_new(arguments, 0)?;
    let mut seconds = GeometryColumn::try_new(arguments, 1)?;
    let answers = (0..arguments.rows).map(|row| relation(firsts.get(row)?, seconds.get(row)?));
    Ok(Arc::new(answers.collect::<BooleanArray>()))
}

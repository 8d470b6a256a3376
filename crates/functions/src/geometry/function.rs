//! The loops over a batch that all geometry functions share.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BinaryBuilder, BooleanArray};
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::{Result, plan_err};
use datafusion::logical_expr::ReturnFieldArgs;
use geo::Geometry;

use super::{GeometryColumn, Prepared, check_geometry_argument, to_wkb};
use crate::column::{NumberColumn, check_number_argument, literal_number};
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

/// One value per pair of geometries, NULL where one is NULL or malformed, or `value` says so.
pub(crate) fn for_each_two<T, A: FromIterator<Option<T>>>(
    arguments: &Arguments,
    value: impl Fn(&Prepared, &Prepared) -> Option<T>,
) -> Result<A> {
    let mut firsts = GeometryColumn::try_new(arguments, 0)?;
    let mut seconds = GeometryColumn::try_new(arguments, 1)?;
    Ok((0..arguments.rows)
        .map(|row| value(firsts.get(row)?, seconds.get(row)?))
        .collect())
}

/// One answer per pair of geometries, NULL where one is NULL or malformed, or `relation` says so.
pub(crate) fn for_each_pair(
    arguments: &Arguments,
    relation: fn(&Prepared, &Prepared) -> Option<bool>,
) -> Result<ArrayRef> {
    Ok(Arc::new(for_each_two::<_, BooleanArray>(arguments, relation)?))
}

/// One answer per pair of geometries and number, the third argument, NULL where one is NULL or malformed, or the number no
/// distance: negative or not a number.
pub(crate) fn for_each_pair_within(
    arguments: &Arguments,
    relation: fn(&Prepared, &Prepared, f64) -> Option<bool>,
) -> Result<ArrayRef> {
    let mut firsts = GeometryColumn::try_new(arguments, 0)?;
    let mut seconds = GeometryColumn::try_new(arguments, 1)?;
    let distances = NumberColumn::try_new(&arguments.values[2])?;
    let answers = (0..arguments.rows).map(|row| {
        let distance = distances.get(row).filter(is_distance)?;
        relation(firsts.get(row)?, seconds.get(row)?, distance)
    });
    Ok(Arc::new(answers.collect::<BooleanArray>()))
}

/// A nullable field of truth values, after checking that the arguments are two geometries and a distance.
pub(crate) fn field_of_pair_within(name: &str, args: &ReturnFieldArgs<'_>) -> Result<Field> {
    check_geometry_argument(name, args, 0)?;
    check_geometry_argument(name, args, 1)?;
    check_distance_argument(name, args, 2)?;
    Ok(Field::new(name, DataType::Boolean, true))
}

/// Refuses an argument that holds no numbers, and a literal that is no distance.
///
/// # Errors
/// Planning errors.
pub(crate) fn check_distance_argument(
    function: &str,
    args: &ReturnFieldArgs<'_>,
    index: usize,
) -> Result<()> {
    check_number_argument(function, args, index)?;
    match literal_number(args, index) {
        Some(distance) if !is_distance(&distance) => {
            plan_err!(
                "{function}: argument {} must not be negative or not a number",
                index + 1
            )
        }
        _ => Ok(()),
    }
}

/// Whether a number can be a distance; an infinite one can.
pub(crate) fn is_distance(number: &f64) -> bool {
    *number >= 0.0
}

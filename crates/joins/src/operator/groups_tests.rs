use datafusion::arrow::array::{Float64Array, Int64Array, StringArray};
use datafusion::arrow::datatypes::Field;

use super::*;

fn columns(numbers: &[Option<i64>], texts: &[Option<&str>]) -> Vec<ArrayRef> {
    vec![
        Arc::new(numbers.iter().copied().collect::<Int64Array>()),
        Arc::new(texts.iter().copied().collect::<StringArray>()),
    ]
}

#[test]
fn combinations_are_numbered_and_found_again() -> Result<()> {
    let build = columns(
        &[Some(1), Some(2), Some(1), None],
        &[Some("a"), Some("a"), Some("a"), Some("a")],
    );
    let (table, numbers) = GroupTable::build(&build, NullEquality::NullEqualsNothing, 2)?;
    assert_eq!(numbers, [0, 1, 0, NO_GROUP]);
    let probe = columns(&[Some(2), Some(2), None], &[Some("a"), Some("b"), Some("a")]);
    assert_eq!(table.look_up(&probe)?, [1, NO_GROUP, NO_GROUP]);
    Ok(())
}

#[test]
fn nulls_can_be_equal() -> Result<()> {
    let build = columns(&[Some(1), None], &[None, None]);
    let (table, numbers) = GroupTable::build(&build, NullEquality::NullEqualsNull, 2)?;
    assert_eq!(numbers, [0, 1]);
    assert_eq!(table.look_up(&columns(&[None, Some(1)], &[None, None]))?, [1, 0]);
    Ok(())
}

#[test]
fn floats_are_equal_as_sql_says() -> Result<()> {
    let build: ArrayRef = Arc::new(Float64Array::from(vec![f64::NAN, 0.0]));
    let (table, _) = GroupTable::build(&[build], NullEquality::NullEqualsNothing, 2)?;
    let probe: ArrayRef = Arc::new(Float64Array::from(vec![f64::NAN, -0.0, 0.0]));
    assert_eq!(table.look_up(&[probe])?, [0, 1, 1]);
    Ok(())
}

#[test]
fn a_null_among_the_values_of_a_dictionary_is_null() {
    use datafusion::arrow::array::{DictionaryArray, Int32Array, NullArray, StringArray};
    let values = Arc::new(StringArray::from(vec![Some("a"), None]));
    let keys: ArrayRef = Arc::new(DictionaryArray::new(Int32Array::from(vec![0, 1]), values));
    let (table, numbers) =
        GroupTable::build(&[Arc::clone(&keys)], NullEquality::NullEqualsNothing, 2).unwrap();
    assert_eq!(numbers, [0, NO_GROUP]);
    assert_eq!(table.look_up(&[keys]).unwrap(), [0, NO_GROUP]);

    let nulls: ArrayRef = Arc::new(NullArray::new(2));
    let (table, numbers) =
        GroupTable::build(&[Arc::clone(&nulls)], NullEquality::NullEqualsNothing, 2).unwrap();
    assert_eq!(numbers, [NO_GROUP; 2]);
    assert_eq!(table.look_up(&[nulls]).unwrap(), [NO_GROUP; 2]);
}

#[test]
fn floating_point_numbers_within_other_types_are_no_equal_keys() {
    let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Float64));
    assert!(can_group(&DataType::Float64));
    assert!(!can_group(&dictionary));
    assert!(!can_group(&DataType::Float16));
}

/// Of two columns one value and one NULL: hashes of columns one after the other may be the same, the keys are not.
#[test]
fn the_column_of_a_null_tells_apart() -> Result<()> {
    let one = |numbers: [Option<i64>; 2]| -> ArrayRef { Arc::new(Int64Array::from(numbers.to_vec())) };
    let keys = [one([Some(5), None]), one([None, Some(5)])];
    let (table, numbers) = GroupTable::build(&keys, NullEquality::NullEqualsNull, 1)?;
    assert_eq!(numbers, [0, 1]);
    assert_eq!(
        table.look_up(&[one([None, Some(5)]), one([Some(5), None])])?,
        [1, 0]
    );
    Ok(())
}

/// Many keys of every kind, against a map of their texts: on several threads, some NULL, some only on one side.
#[test]
fn agrees_with_a_map() -> Result<()> {
    use datafusion::arrow::compute::cast;
    use datafusion::arrow::util::display::array_value_to_string;
    use std::collections::HashMap;

    let numbers = |count: i64, step: i64| -> ArrayRef {
        let number = |row: i64| (row % 13 != 5).then_some(row * step % 20_011 - 7);
        Arc::new((0..count).map(number).collect::<Int64Array>())
    };
    let list = DataType::List(Arc::new(Field::new_list_field(DataType::Int64, true)));
    let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    for data_type in [
        DataType::Utf8,
        DataType::Utf8View,
        DataType::LargeBinary,
        DataType::Float64,
        DataType::Decimal128(20, 2),
        dictionary,
        list,
    ] {
        let column = |keys: ArrayRef| match data_type {
            DataType::LargeBinary => cast(&cast(&keys, &DataType::LargeUtf8)?, &data_type),
            _ => cast(&keys, &data_type),
        };
        for nulls in [NullEquality::NullEqualsNothing, NullEquality::NullEqualsNull] {
            let build = [column(numbers(80_000, 3))?, numbers(80_000, 5)];
            let probe = [column(numbers(9_000, 2))?, numbers(9_000, 5)];
            let (table, found) = GroupTable::build(&build, nulls, 2)?;
            let text = |keys: &[ArrayRef], row: usize| -> Result<Option<String>> {
                if nulls == NullEquality::NullEqualsNothing && keys.iter().any(|key| key.is_null(row)) {
                    return Ok(None);
                }
                let texts = keys.iter().map(|key| array_value_to_string(key, row));
                Ok(Some(texts.collect::<Result<Vec<_>, _>>()?.join("|")))
            };
            let mut first: HashMap<String, u32> = HashMap::new();
            for (row, number) in found.iter().enumerate() {
                let expected = text(&build, row)?;
                let next = first.len() as u32;
                let expected = expected.map_or(NO_GROUP, |text| *first.entry(text).or_insert(next));
                assert_eq!(*number, expected, "{data_type}, row {row}");
            }
            for (row, number) in table.look_up(&probe)?.into_iter().enumerate() {
                let expected = text(&probe, row)?.and_then(|text| first.get(&text).copied());
                assert_eq!(number, expected.unwrap_or(NO_GROUP), "{data_type}, row {row}");
            }
        }
    }
    Ok(())
}

use datafusion::arrow::array::{Float64Array, Int64Array, StringArray};

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
    let (table, numbers) = GroupTable::build(&build, NullEquality::NullEqualsNothing)?;
    assert_eq!(numbers, [0, 1, 0, NO_GROUP]);
    let probe = columns(&[Some(2), Some(2), None], &[Some("a"), Some("b"), Some("a")]);
    assert_eq!(table.look_up(&probe)?, [1, NO_GROUP, NO_GROUP]);
    assert!(table.bytes() > 0);
    Ok(())
}

#[test]
fn nulls_can_be_equal() -> Result<()> {
    let build = columns(&[Some(1), None], &[None, None]);
    let (table, numbers) = GroupTable::build(&build, NullEquality::NullEqualsNull)?;
    assert_eq!(numbers, [0, 1]);
    assert_eq!(table.look_up(&columns(&[None, Some(1)], &[None, None]))?, [1, 0]);
    Ok(())
}

#[test]
fn floats_are_equal_as_sql_says() -> Result<()> {
    let build: ArrayRef = Arc::new(Float64Array::from(vec![f64::NAN, 0.0]));
    let (table, _) = GroupTable::build(&[build], NullEquality::NullEqualsNothing)?;
    let probe: ArrayRef = Arc::new(Float64Array::from(vec![f64::NAN, -0.0, 0.0]));
    assert_eq!(table.look_up(&[probe])?, [0, 1, 1]);
    Ok(())
}

#[test]
fn a_null_among_the_values_of_a_dictionary_is_null() {
    use datafusion::arrow::array::{DictionaryArray, Int32Array, NullArray, StringArray};
    let values = Arc::new(StringArray::from(vec![Some("a"), None]));
    let keys: ArrayRef = Arc::new(DictionaryArray::new(Int32Array::from(vec![0, 1]), values));
    let (table, numbers) = GroupTable::build(&[Arc::clone(&keys)], NullEquality::NullEqualsNothing).unwrap();
    assert_eq!(numbers, [0, NO_GROUP]);
    assert_eq!(table.look_up(&[keys]).unwrap(), [0, NO_GROUP]);

    let nulls: ArrayRef = Arc::new(NullArray::new(2));
    let (table, numbers) = GroupTable::build(&[Arc::clone(&nulls)], NullEquality::NullEqualsNothing).unwrap();
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

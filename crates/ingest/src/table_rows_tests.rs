use arrow::array::Array;
use tieline_index::Address;

use super::{TableRows, Value};
use crate::Table;

#[test]
fn every_table_has_builders_for_its_columns() {
    for table in Table::ALL {
        let batch = TableRows::new(table).take_batch().unwrap();
        assert_eq!(batch.num_rows(), 0);
        assert_eq!(batch.schema(), table.schema());
    }
}

#[test]
fn values_of_another_type_or_number_are_errors() {
    let address = Value::Address(Address::from(1));
    let mut rows = TableRows::new(Table::RoutableRanges);
    rows.push(&[address, address, Value::Text("x")]).unwrap();
    assert_eq!(rows.row_count(), 1);
    let batch = rows.take_batch().unwrap();
    assert_eq!(
        (batch.num_rows(), rows.row_count(), batch.column(0).null_count()),
        (1, 0, 0)
    );
    assert!(rows.push(&[address, address]).is_err());
    assert!(rows.push(&[address, address, Value::Int32(1)]).is_err());
}

#[test]
fn null_in_a_column_that_has_none_is_an_error() {
    let mut rows = TableRows::new(Table::RoutableRanges);
    rows.push(&[Value::Null, Value::Null, Value::Null]).unwrap();
    assert!(rows.take_batch().is_err());
}

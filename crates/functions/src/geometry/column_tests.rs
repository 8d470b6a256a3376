use std::sync::Arc;

use datafusion::arrow::array::StringArray;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::ColumnarValue;

use super::*;

const SQUARE: &str = "POLYGON((0 0,4 0,4 4,0 4,0 0))";

fn column(value: ColumnarValue) -> GeometryColumn {
    let field = Field::new("a", value.data_type(), true);
    let arguments = Arguments {
        values: vec![value],
        fields: vec![Arc::new(field)],
        rows: 4,
    };
    GeometryColumn::try_new(&arguments, 0).unwrap()
}

fn asked_before(column: &mut GeometryColumn, row: usize) -> Option<bool> {
    let geometry = column.get(row)?;
    let known = geometry.knows_validity();
    geometry.is_valid();
    Some(known)
}

#[test]
fn a_run_of_equal_values_is_decoded_once() {
    let array = StringArray::from(vec![SQUARE, SQUARE, "POINT(1 2)", SQUARE]);
    let mut column = column(ColumnarValue::Array(Arc::new(array)));
    let known: Vec<_> = (0..4).map(|row| asked_before(&mut column, row)).collect();
    assert_eq!(known, [Some(false), Some(true), Some(false), Some(false)]);
}

#[test]
fn a_scalar_is_decoded_once() {
    let mut column = column(ColumnarValue::Scalar(ScalarValue::from(SQUARE)));
    let known: Vec<_> = (0..3).map(|row| asked_before(&mut column, row)).collect();
    assert_eq!(known, [Some(false), Some(true), Some(true)]);
}

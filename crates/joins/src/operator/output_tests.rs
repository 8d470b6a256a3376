use datafusion::arrow::array::{BinaryArray, Int64Array, StringViewArray};

use super::*;

fn batch(columns: Vec<ArrayRef>) -> RecordBatch {
    let columns = columns
        .into_iter()
        .enumerate()
        .map(|(position, column)| (position.to_string(), column));
    RecordBatch::try_from_iter(columns).unwrap()
}

#[test]
fn the_widest_value_says_how_often_it_fits() {
    let numbers = Arc::new(Int64Array::from(vec![1, 2])) as ArrayRef;
    let views = Arc::new(StringViewArray::from(vec!["a", "bc"])) as ArrayRef;
    assert!(most_rows(&batch(vec![numbers.clone(), views])) > 1_000_000);
    let bytes = BinaryArray::from_opt_vec(vec![Some(&[0; 1 << 20]), None]);
    let bytes = Arc::new(bytes) as ArrayRef;
    assert_eq!(most_rows(&batch(vec![numbers, bytes])), (1 << 11) - 1);
}

use datafusion::arrow::array::{BinaryArray, Int64Array, StringViewArray};

use super::*;

#[test]
fn the_widest_value_says_how_often_it_fits() {
    let numbers = Arc::new(Int64Array::from(vec![1, 2])) as ArrayRef;
    let views = Arc::new(StringViewArray::from(vec!["a", "bc"])) as ArrayRef;
    let bytes = BinaryArray::from_opt_vec(vec![Some(&[0; 1 << 20]), None]);
    let bytes = Arc::new(bytes) as ArrayRef;
    assert_eq!(most_rows(&numbers), usize::MAX);
    assert_eq!(most_rows(&views), usize::MAX);
    assert_eq!(most_rows(&bytes), (1 << 11) - 1);

    let batch = RecordBatch::try_from_iter([("number", numbers), ("bytes", bytes)]).unwrap();
    let layout = |columns: &[(usize, JoinSide)]| Layout {
        schema: Arc::new(datafusion::arrow::datatypes::Schema::empty()),
        columns: columns
            .iter()
            .map(|&(index, side)| ColumnIndex { index, side })
            .collect(),
        build_side: JoinSide::Right,
    };
    let both = layout(&[(0, JoinSide::Left), (1, JoinSide::Right)]);
    assert_eq!(most_pairs(&batch, true, &both, None), (1 << 11) - 1);
    assert_eq!(most_pairs(&batch, false, &both, None), usize::MAX);
    let key_only = layout(&[(0, JoinSide::Right)]);
    assert_eq!(
        most_pairs(&batch, true, &key_only, None),
        usize::MAX,
        "what does not come out is not repeated"
    );
}

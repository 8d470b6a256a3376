use datafusion::arrow::array::Int64Array;

use super::*;

#[test]
fn pieces_are_apart_and_within_the_table() {
    for rows_a_piece in [256, 512] {
        for rows in [0, 1, 4095, 4097, 8191, 8192, 8193, 20_000, 20_000_000] {
            let pieces: Vec<_> = piece_ranges(rows, rows_a_piece).collect();
            assert!(pieces.iter().all(|piece| piece.end <= rows));
            assert!(pieces.windows(2).all(|pair| pair[0].end <= pair[1].start));
            let sum: usize = pieces.iter().map(Range::len).sum();
            assert_eq!(sum, rows.min(PIECES * rows_a_piece));
        }
    }
}

#[test]
fn values_in_order_may_be_equal_or_null() {
    let of = |values: &[Option<i64>]| in_order(&(Arc::new(Int64Array::from(values.to_vec())) as ArrayRef));
    assert!(of(&[]));
    assert!(of(&[Some(-2), None, Some(-2), Some(5), None]));
    assert!(!of(&[Some(1), None, Some(0)]));
}

use super::*;

#[test]
fn pieces_are_apart_and_within_the_table() {
    for rows in [0, 1, 8191, 8192, 8193, 20_000, 20_000_000] {
        let pieces: Vec<_> = piece_ranges(rows).collect();
        assert!(pieces.iter().all(|piece| piece.end <= rows));
        assert!(pieces.windows(2).all(|pair| pair[0].end <= pair[1].start));
        let sum: usize = pieces.iter().map(Range::len).sum();
        assert_eq!(sum, rows.min(PIECES * ROWS_A_PIECE));
    }
}

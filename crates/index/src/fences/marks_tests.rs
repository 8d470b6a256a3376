use proptest::prelude::*;

use super::*;

/// A frame with coarse cells of one degree each way, but for rounding.
fn frame(bits: u32) -> Frame {
    let width = f64::from((1_u32 << bits) - 2);
    Frame::new([0.0, 0.0, width, width], bits)
}

fn coarse_cell(frame: &Frame, x: f64, y: f64) -> u32 {
    let (column, row) = (frame.x.cell(frame.x.place(x)), frame.y.cell(frame.y.place(y)));
    (row >> DEPTH) << frame.bits | column >> DEPTH
}

proptest! {
    #[test]
    fn cells_and_their_ranks(mut cells in prop::collection::vec(0_u32..1 << (2 * MOST_BITS), 0..300)) {
        let absent = (0..64).filter(|cell| !cells.contains(cell)).collect::<Vec<_>>();
        let marks = Marks::new(cells.iter().copied(), MOST_BITS);
        cells.sort_unstable();
        cells.dedup();
        prop_assert_eq!(marks.cells().collect::<Vec<_>>(), cells.clone());
        let ranks: Vec<u32> = cells.iter().map(|cell| marks.rank(*cell)).collect();
        prop_assert_eq!(ranks, (0..cells.len() as u32).collect::<Vec<_>>());
        prop_assert!(cells.iter().all(|cell| marks.has(*cell)));
        prop_assert!(!absent.iter().any(|cell| marks.has(*cell)));
    }

    /// Blocks of every length, also those that leave words and lanes of a processor unfilled; with an outline, and without.
    #[test]
    fn points_whose_cell_is_marked(
        bits in 2..=MOST_BITS,
        width in prop::sample::select(&[20.0, 1020.0]),
        points in prop::collection::vec((-0.1..1.0, -0.1..1.0), 0..=BLOCK),
        every in 1_usize..9,
    ) {
        let frame = frame(bits);
        let points: Vec<(f64, f64)> = points.iter().map(|(x, y)| (x * width, y * width)).collect();
        let of = |&(x, y): &(f64, f64)| coarse_cell(&frame, x, y);
        let marks = Marks::new(points.iter().step_by(every).map(of), bits);
        let (xs, ys): (Vec<f64>, Vec<f64>) = points.iter().copied().unzip();
        let mut places = Places::default();
        let marked = marks.points(&frame, (&xs, &ys), &mut places);
        // Where there is an outline, its squares are what is asked.
        let square = |cell| if marks.outline.is_some() { square_of(cell, bits) } else { cell };
        let mut cells: Vec<u32> = marks.cells().map(square).collect();
        cells.sort_unstable();
        for at in 0..BLOCK {
            let expected = points.get(at).is_some_and(|point| cells.binary_search(&square(of(point))).is_ok());
            prop_assert_eq!(marked[at / 64] >> (at % 64) & 1 == 1, expected, "point {}", at);
        }
        for (at, &(x, y)) in points.iter().enumerate() {
            let expected = (frame.x.cell(frame.x.place(x)), frame.y.cell(frame.y.place(y)));
            prop_assert_eq!(places.of(at as u16), expected);
        }
    }

    #[test]
    fn bits_of_bytes(bytes in prop::collection::vec(0_u8..2, BLOCK)) {
        let bytes: [u8; BLOCK] = bytes.try_into().unwrap();
        let bits = bits_of(&bytes);
        for (at, byte) in bytes.iter().enumerate() {
            prop_assert_eq!(bits[at / 64] >> (at % 64) & 1, u64::from(*byte));
        }
    }
}

/// Few cells of a large grid have an outline, and many have none: it would be asked in vain.
#[test]
fn an_outline_is_for_few_marks() {
    let has_outline = |cells: u32, bits| {
        Marks::new((0..cells).map(|cell| cell * 97), bits)
            .outline
            .is_some()
    };
    assert!(has_outline(40, MOST_BITS));
    assert!(!has_outline(9000, MOST_BITS));
    assert!(!has_outline(40, OUTLINE_BITS));
}

#[test]
fn what_is_no_number_is_in_an_outer_cell() {
    let frame = frame(4);
    let inner = (1..15).flat_map(|row| (1..15).map(move |column| row << 4 | column));
    let marks = Marks::new(inner, 4);
    let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, -1e300];
    let (xs, ys) = (
        [odd.as_slice(), &[7.0]].concat(),
        [odd.as_slice(), &[7.0]].concat(),
    );
    let marked = marks.points(&frame, (&xs, &ys), &mut Places::default());
    let mut expected = [0; BLOCK / 64];
    expected[0] = 1 << 5;
    assert_eq!(marked, expected);
}

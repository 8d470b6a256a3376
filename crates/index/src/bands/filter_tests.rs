use super::*;

#[test]
fn a_band_of_the_width_lies_in_two_buckets() {
    for (width, bits) in [
        (Some(0), 0),
        (Some(1), 0),
        (Some(2), 1),
        (Some(7200), 13),
        (Some(8192), 13),
        (Some(8193), 14),
        (Some(u64::MAX), 63),
        (None, 63),
    ] {
        assert_eq!(
            Filter::new(FilterSize::of(1), width).bucket_bits,
            bits,
            "{width:?}"
        );
    }
}

#[test]
fn what_was_marked_is_held_and_little_else() {
    let size = FilterSize::of(1000);
    let mut filter = Filter::new(size, Some(100));
    let hash = |row: u64| {
        (row + 1)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .rotate_left(17)
            .wrapping_mul(0xbf58_476d_1ce4_e5b9)
    };
    let time = |row: u64| row as i64 * 1_000_003 - 500_000_000;
    for mut part in filter.parts(size) {
        (0..1000).for_each(|row| part.mark(hash(row), time(row)));
    }
    let may_have = |row: u64| filter.may_have(filter.word(hash(row)) as usize, hash(row));
    let may_hold = |row: u64, lo: i64, hi: i64| filter.may_hold(filter.line(hash(row)), hash(row), (lo, hi));
    let holds = |row: u64, lo: i64, hi: i64| may_have(row) && may_hold(row, lo, hi);
    for row in 0..1000 {
        assert!(holds(row, time(row) - 50, time(row) + 50));
        assert!(holds(row, time(row), time(row)));
        assert!(holds(row, i64::MIN, i64::MAX), "wide bands are not asked");
        assert!(!holds(row, time(row), time(row) - 1), "nothing lies between");
    }
    let strange_keys = (5000..15_000).filter(|&row| may_have(row)).count();
    assert!(strange_keys < 1200, "{strange_keys} of 10000");
    let strangers = (5000..15_000)
        .filter(|&row| holds(row, time(row) - 50, time(row) + 50))
        .count();
    assert!(strangers < 50, "{strangers} of 10000");
    let other_times = (0..1000)
        .filter(|&row| holds(row, time(row) + 99_950, time(row) + 100_050))
        .count();
    assert!(other_times < 60, "{other_times} of 1000");
}

use proptest::prelude::*;

use super::super::{Around, NO_BAND};
use super::*;
use crate::probed::in_calls_of;
use crate::ranges::NO_ROW;

/// A key, a band and a time of its own.
type Probe<K> = (K, i64, i64, i64);

/// Build rows as a test has them: key, time, whether the row is live.
type Rows<K> = Vec<(K, i64, bool)>;

/// The live rows of a key and a band, by time, then row.
fn naive<K: Key>(rows: &Rows<K>, key: K, (lo, hi): (i64, i64)) -> Vec<u32> {
    let numbered = (0..).zip(rows);
    let matching = numbered.filter(|(_, row)| row.2 && row.0 == key && lo <= row.1 && row.1 <= hi);
    let mut matching: Vec<(i64, u32)> = matching.map(|(number, row)| (row.1, number)).collect();
    matching.sort_unstable();
    matching.into_iter().map(|(_, row)| row).collect()
}

/// The closest of those.
fn naive_nearest<K: Key>(rows: &Rows<K>, key: K, band: (i64, i64), own: i64) -> u32 {
    let matching = naive(rows, key, band).into_iter();
    let closest = matching.min_by_key(|&row| {
        let time = rows[row as usize].1;
        (own.abs_diff(time), time, row)
    });
    closest.unwrap_or(NO_ROW)
}

/// The index of the rows for others in any order.
fn built<K: Key>(rows: &Rows<K>, width: Option<u64>, threads: usize) -> Bands<K> {
    built_for(Probes::InAnyOrder { width }, rows, threads)
}

/// The index of the rows, by listing the live ones only where some are not.
fn built_for<K: Key>(probes: Probes, rows: &Rows<K>, threads: usize) -> Bands<K> {
    let keys: Vec<K> = rows.iter().map(|row| row.0).collect();
    let times: Vec<i64> = rows.iter().map(|row| row.1).collect();
    let live: Vec<u32> = (0..)
        .zip(rows)
        .filter_map(|(row, &(.., live))| live.then_some(row))
        .collect();
    let all = BandRows::new(&keys, &times);
    let some = if live.len() == rows.len() {
        all
    } else {
        all.only(&live)
    };
    Bands::build_with_threads(some, probes, threads).unwrap()
}

fn probed<K: Key>(index: &Bands<K>, keys: &[K], bands: impl TimeBands, limit: usize) -> Pairs {
    in_calls_of(limit, |cursor, pairs| {
        index.probe(keys, bands, 1000, cursor, limit, pairs)
    })
}

/// Holds everything that an index says of rows against a scan.
fn check<K: Key>(rows: &Rows<K>, index: &Bands<K>, probes: &[Probe<K>], limit: usize) {
    let keys: Vec<K> = probes.iter().map(|probe| probe.0).collect();
    let los: Vec<i64> = probes.iter().map(|probe| probe.1).collect();
    let his: Vec<i64> = probes.iter().map(|probe| probe.2).collect();
    let own: Vec<i64> = probes.iter().map(|probe| probe.3).collect();
    let bands = (&los[..], &his[..]);
    let expected = probes.iter().map(|&(key, lo, hi, _)| naive(rows, key, (lo, hi)));
    let expected: Vec<Vec<u32>> = expected.collect();

    let pairs = probed(index, &keys, bands, limit);
    assert_eq!(pairs.build, expected.concat());
    let probe_rows = (1000..).zip(&expected);
    let probe_rows: Vec<u32> = probe_rows.flat_map(|(row, rows)| vec![row; rows.len()]).collect();
    assert_eq!(pairs.probe, probe_rows);

    let (mut any, mut nearest, mut contains) = (vec![true], vec![7], vec![true]);
    index.any(&keys, bands, &mut any);
    index.nearest(&keys, bands, &own, &mut nearest);
    index.contains_key(&keys, &mut contains);
    for (position, &(key, lo, hi, own)) in probes.iter().enumerate() {
        assert_eq!(any[position + 1], !expected[position].is_empty());
        assert_eq!(
            nearest[position + 1],
            naive_nearest(rows, key, (lo, hi), own),
            "{own} in {lo}..={hi}"
        );
        assert_eq!(
            contains[position + 1],
            rows.iter().any(|row| row.2 && row.0 == key)
        );
    }
}

/// What an index says of itself.
fn check_summary<K: Key>(rows: &Rows<K>, index: &Bands<K>) {
    let live: Vec<&(K, i64, bool)> = rows.iter().filter(|row| row.2).collect();
    let mut keys: Vec<K> = live.iter().map(|row| row.0).collect();
    keys.sort_unstable();
    keys.dedup();
    let times = live.iter().map(|row| row.1);
    assert_eq!((index.len(), index.is_empty()), (live.len(), live.is_empty()));
    assert_eq!(index.time_bounds(), times.clone().min().zip(times.max()));
    assert_eq!(
        index.key_bounds(),
        keys.first().copied().zip(keys.last().copied())
    );
    assert_eq!(index.distinct_keys(), keys.len());
    assert!(index.bytes() <= Bands::<K>::build_bytes(rows.len()));
    assert_eq!(index.keys(keys.len()), Some(keys.clone()));
    if !keys.is_empty() {
        assert_eq!(index.keys(keys.len() - 1), None);
    }
}

/// Times of every kind from a small number: crowded, spread out, and at both ends of what there is.
fn moment(number: u16) -> i64 {
    let (kind, small) = (number >> 13, i64::from(number & 0x1fff));
    match kind {
        0..=3 => small % 50,
        4 => (small - 0x1000) * 1_000_003,
        5 => i64::MIN + small % 4,
        6 => i64::MAX - small % 4,
        _ => (small - 0x1000) << 50,
    }
}

/// Rows and probes made of small numbers; keys are few, so that most are on both sides.
fn case<K: Key>(
    build: &[(u8, u16, u8)],
    probe: &[(u8, u16, u16, u16)],
    key: impl Fn(u8) -> K,
) -> (Rows<K>, Vec<Probe<K>>) {
    let rows = build
        .iter()
        .map(|&(number, time, live)| (key(number), moment(time), live > 20));
    let probes = probe.iter().map(|&(number, lo, hi, own)| {
        let (lo, hi) = (moment(lo), moment(hi));
        // One in four as it comes, also with the bounds the wrong way round.
        let (lo, hi) = match own % 4 {
            0 => (lo, hi),
            _ => (lo.min(hi), lo.max(hi)),
        };
        (key(number), lo, hi, moment(own))
    });
    (rows.collect(), probes.collect())
}

/// The probes by key and the first time of their band.
fn in_order<K: Key>(probes: &[Probe<K>]) -> Vec<Probe<K>> {
    let mut probes = probes.to_vec();
    probes.sort_by_key(|probe| (probe.0, probe.1));
    probes
}

/// Holds indexes for probes in any order and in order against a scan, for these probes as they come and in order.
fn check_all<K: Key>(
    rows: &Rows<K>,
    probes: &[Probe<K>],
    (width, threads, limit): (Option<u64>, usize, usize),
) {
    for layout in [Probes::InAnyOrder { width }, Probes::InOrder] {
        let index = built_for(layout, rows, threads);
        check(rows, &index, probes, limit);
        check(rows, &index, &in_order(probes), limit);
        check_summary(rows, &index);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn agrees_with_a_scan(
        build in prop::collection::vec((0_u8..12, any::<u16>(), any::<u8>()), 0..150),
        probe in prop::collection::vec((0_u8..14, any::<u16>(), any::<u16>(), any::<u16>()), 0..300),
        limit in prop_oneof![1_usize..9, 1_usize..3000],
        width in prop_oneof![Just(None), (0_u32..64).prop_map(|bits| Some(1 << bits)), Just(Some(u64::MAX))],
        threads in 0_usize..4,
    ) {
        let how = (width, threads, limit);
        let (rows, probes) = case(&build, &probe, u32::from);
        check_all(&rows, &probes, how);
        // Spread out: kept in 64 and in 128 bits, up to the greatest key.
        let (rows, probes) = case(&build, &probe, |number| u64::MAX - (u64::from(number) << 40));
        check_all(&rows, &probes, how);
        let (rows, probes) = case(&build, &probe, |number| u128::MAX / 14 * u128::from(number));
        check_all(&rows, &probes, how);
        // Close together far from zero: kept in 32 bits.
        let (rows, probes) = case(&build, &probe, |number| (1 << 127) + u128::from(number));
        check_all(&rows, &probes, how);
    }

    #[test]
    fn bands_around_a_time_are_the_columns_that_they_stand_for(
        times in prop::collection::vec(any::<u16>(), 0..300),
        before in any::<u16>(),
        after in any::<u16>(),
        keys in any::<u64>(),
    ) {
        let times: Vec<i64> = times.into_iter().map(moment).collect();
        let rows: Rows<u32> = times.iter().map(|&time| ((time & 3) as u32, time, true)).collect();
        let keys: Vec<u32> = (0..times.len()).map(|row| (keys >> (row % 60)) as u32 & 3).collect();
        let (before, after) = (moment(before), moment(after));
        let bound = |time: i128| i64::try_from(time.clamp(i64::MIN.into(), i64::MAX.into())).unwrap();
        let columns = times.iter().map(|&time| {
            let (lo, hi) = (i128::from(time) - i128::from(before), i128::from(time) + i128::from(after));
            let nowhere = lo > i128::from(i64::MAX) || hi < i128::from(i64::MIN);
            if nowhere { NO_BAND } else { (bound(lo), bound(hi)) }
        });
        let (los, his): (Vec<i64>, Vec<i64>) = columns.unzip();
        let index = built(&rows, Some(100), 1);
        prop_assert_eq!(
            probed(&index, &keys, Around::new(&times, before, after), usize::MAX),
            probed(&index, &keys, (&los[..], &his[..]), usize::MAX)
        );
    }
}

/// Numbers that look random.
fn mixed(number: u64) -> u64 {
    let mixed = (number ^ 0x9e37_79b9).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed ^ (mixed >> 29)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 7
}

/// Several parts and threads: 80,000 rows of which a third have one of 3 keys, so that runs are long.
fn crowded() -> Rows<u64> {
    let row = |number: u64| {
        let random = mixed(number);
        let key = match random % 3 {
            0 => random >> 8 & 1 | (number % 1000 / 999) << 1,
            _ => 1000 + random % 50_000 * 1_000_003,
        };
        (key, (random >> 20) as i64 % 100_000, !random.is_multiple_of(97))
    };
    (0..80_000).map(row).collect()
}

#[test]
fn the_index_is_the_same_on_any_number_of_threads() {
    let rows = crowded();
    for probes in [Probes::InAnyOrder { width: Some(500) }, Probes::InOrder] {
        let one = built_for(probes, &rows, 1);
        for threads in [0, 2, 3, 64] {
            let other = built_for(probes, &rows, threads);
            assert_eq!(format!("{one:?}"), format!("{other:?}"), "{threads}");
        }
        check_summary(&rows, &one);
    }
}

/// What threads make of their shares is one table: keys that go over the seams are counted once.
#[test]
fn rows_in_order_are_the_same_index_on_any_number_of_threads() {
    for (count, rows_each) in [(70_000_u64, 1), (70_000, 3), (70_000, 1000), (200_000, 70_000)] {
        let rows: Rows<u64> = (0..count)
            .map(|row| (row / rows_each, row as i64, true))
            .collect();
        let one = built_for(Probes::InOrder, &rows, 1);
        check_summary(&rows, &one);
        for threads in [2, 3, 5, 64] {
            let other = built_for(Probes::InOrder, &rows, threads);
            assert_eq!(format!("{one:?}"), format!("{other:?}"), "{threads}");
        }
    }
}

/// Keys in order with none, a few and thousands of rows between them, and times that ascend within a key and do not.
#[test]
fn rows_in_order_have_the_matches_that_a_scan_finds() {
    let rows: Rows<u32> = (0..6000_u64)
        .map(|row| {
            let key = if row < 2000 { row as u32 / 3 } else { row as u32 };
            (key, mixed(row) as i64 % 100, row % 50 != 0)
        })
        .chain((0..2000).map(|row| (3000, row / 2, true)))
        .collect();
    let index = built_for(Probes::InOrder, &rows, 1);
    let probe = |key: u32, time: i64| (key, time - 10, time + 10, time);
    let dense = (0..6500).map(|key| probe(key, i64::from(key) % 100));
    let sparse = (0..8).map(|key| probe(key * 800, 50));
    let crowded = (0..1200).map(|row| probe(3000, row));
    let shuffled = (0..600).map(|row| probe(3000, mixed(row) as i64 % 1000));
    let some: [Vec<Probe<u32>>; 4] = [
        dense.collect(),
        sparse.collect(),
        crowded.collect(),
        shuffled.collect(),
    ];
    for probes in some {
        check(&rows, &index, &probes, usize::MAX);
        check(&rows, &index, &probes[..probes.len().min(700)], 50);
    }
}

#[test]
fn blocks_in_order_and_not_have_the_matches_that_a_scan_finds() {
    let rows = crowded();
    let index = built_for(Probes::InOrder, &rows, 2);
    let probe = |number: usize| {
        let row = rows[number * 61 % rows.len()];
        (row.0, row.1 - 20, row.1 + 20, row.1)
    };
    // More than a block of each: in order, backwards, and in order again from further back.
    let ordered = in_order(&(0..700).map(probe).collect::<Vec<_>>());
    let backwards: Vec<Probe<u64>> = ordered.iter().rev().copied().collect();
    let probes = [&ordered[..], &backwards, &ordered[100..]].concat();
    for limit in [600, usize::MAX] {
        check(&rows, &index, &probes, limit);
    }
}

#[test]
fn crowded_keys_have_the_matches_that_a_scan_finds() {
    let rows = crowded();
    let index = built(&rows, Some(500), 2);
    let probes: Vec<Probe<u64>> = (0..60)
        .map(|number| {
            let row = rows[number * 1234];
            let half = [0, 3, 250, 50_000][number % 4];
            (row.0, row.1 - half, row.1 + half, row.1 + half / 3)
        })
        .collect();
    for limit in [1000, usize::MAX] {
        check(&rows, &index, &probes, limit);
    }
    // One at a time, a long run of matches takes O(1) or O(log) each.
    check(&rows, &index, &probes[..3], 1);
    check(&rows, &index, &probes[..3], 2);
}

/// In all parts of the filters, whatever the width they were made for.
#[test]
fn every_row_of_many_is_found_by_itself() {
    let rows = crowded();
    let live: Vec<_> = rows.iter().filter(|row| row.2).collect();
    let (keys, times): (Vec<_>, Vec<_>) = live.iter().map(|row| (row.0, row.1)).unzip();
    for width in [None, Some(0), Some(500)] {
        let index = built(&rows, width, 2);
        for half in [0, 250] {
            let mut any = Vec::new();
            index.any(&keys, Around::new(&times, half, half), &mut any);
            assert!(any.len() == keys.len() && any.iter().all(|any| *any), "{width:?}");
        }
    }
}

#[test]
fn rows_of_one_time_come_by_row() {
    // More than a sort by digits begins with, in descending order of time but for the equal ones.
    let rows: Rows<u32> = (0..5000).map(|row| (5, -(row / 100), true)).collect();
    let index = built(&rows, None, 1);
    check(
        &rows,
        &index,
        &[(5, -3, -1, -2), (5, i64::MIN, i64::MAX, 9), (4, 0, 0, 0)],
        7,
    );
    // Not sortable by digits.
    let rows: Rows<u32> = (0..5000)
        .map(|row| (5, (mixed(row) << 7) as i64 | 1, true))
        .collect();
    check(&rows, &built(&rows, None, 1), &[(5, i64::MIN, i64::MAX, 0)], 1000);
}

#[test]
fn no_rows_match_nothing() {
    let index = built::<u128>(&Vec::new(), Some(5), 2);
    check(
        &Vec::new(),
        &index,
        &[(0, i64::MIN, i64::MAX, 0), (9, 0, 0, 0)],
        3,
    );
    check_summary(&Vec::new(), &index);
    let rows: Rows<u32> = vec![(1, 1, false), (2, 2, false)];
    check_summary(&rows, &built(&rows, None, 1));
}

#[test]
fn no_room_is_no_progress_and_no_loss() {
    let rows: Rows<u32> = (0..10).map(|time| (1, time, true)).collect();
    let index = built(&rows, Some(10), 1);
    let (mut cursor, mut pairs) = (Cursor::default(), Pairs::default());
    let bands = Around::new(&[4, 4], 100, 100);
    assert!(!index.probe(&[1, 1], bands, 0, &mut cursor, 0, &mut pairs));
    assert!(!index.probe(&[1, 1], bands, 0, &mut cursor, 3, &mut pairs));
    assert!(!index.probe(&[1, 1], bands, 0, &mut cursor, 0, &mut pairs));
    assert!(!index.probe(&[1, 1], bands, 0, &mut cursor, 7, &mut pairs));
    assert!(!index.probe(&[1, 1], bands, 0, &mut cursor, 0, &mut pairs));
    assert!(index.probe(&[1, 1], bands, 0, &mut cursor, 10, &mut pairs));
    let ten: Vec<u32> = (0..10).collect();
    assert_eq!(pairs.build, [&ten[..], &ten[..]].concat());
}

#[test]
fn addresses_in_bytes_are_the_numbers_they_stand_for() {
    let address = |number: u8| {
        [[0; 10], [0xff; 10]][0]
            .into_iter()
            .chain([0xff, 0xff, 192, 0, 2, number])
            .collect::<Vec<u8>>()
    };
    let keys: Vec<[u8; 16]> = (0..4).map(|number| address(number).try_into().unwrap()).collect();
    let index = Bands::build(
        BandRows::new(&keys, &[10, 20, 30, 40]),
        Probes::InAnyOrder { width: Some(2) },
    )
    .unwrap();
    assert_eq!(index.key_bounds(), Some((0xffff_c000_0200, 0xffff_c000_0203)));
    assert!(index.bytes() < 200);
    let mut any = Vec::new();
    let own = [10, 20, 20, 40];
    index.any(&keys, Around::new(&own, 1, 1), &mut any);
    assert_eq!(any, [true, true, false, true]);
    let numbers: Vec<u128> = keys.iter().map(|&key| key.number()).collect();
    let mut same = Vec::new();
    index.any(&numbers, Around::new(&own, 1, 1), &mut same);
    assert_eq!(same, any);
}

#[test]
fn a_listed_row_has_to_be_there() {
    let rows = BandRows::new(&[1_u32, 2], &[3, 4, 5]);
    assert_eq!(rows.len(), 2);
    assert_eq!(
        Bands::build(rows.only(&[1, 2]), Probes::InOrder).unwrap_err(),
        BandsError::NoSuchRow { row: 2, rows: 2 }
    );
}

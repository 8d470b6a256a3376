use proptest::prelude::*;

use super::super::Around;
use super::*;
use crate::probed::in_calls_of;

/// Build rows: key, first time, last time, whether the row is live.
type Rows<K> = Vec<(K, i64, i64, bool)>;

/// The live rows of a key that last during a band, by when they begin, then row.
fn naive<K: Key>(rows: &Rows<K>, key: K, band: (i64, i64)) -> Vec<u32> {
    if band == NO_BAND {
        return Vec::new();
    }
    let numbered = (0..).zip(rows);
    let matching = numbered.filter(|(_, row)| row.3 && row.0 == key && row.1 <= band.1 && band.0 <= row.2);
    let mut matching: Vec<(i64, u32)> = matching.map(|(number, row)| (row.1, number)).collect();
    matching.sort_unstable();
    matching.into_iter().map(|(_, row)| row).collect()
}

fn built<K: Key>(rows: &Rows<K>, probes: Probes, threads: usize) -> Intervals<K> {
    let keys: Vec<K> = rows.iter().map(|row| row.0).collect();
    let firsts: Vec<i64> = rows.iter().map(|row| row.1).collect();
    let lasts: Vec<i64> = rows.iter().map(|row| row.2).collect();
    let live: Vec<u32> = (0..)
        .zip(rows)
        .filter_map(|(row, &(.., live))| live.then_some(row))
        .collect();
    let all = BandRows::new(&keys, &firsts);
    let some = if live.len() == rows.len() {
        all
    } else {
        all.only(&live)
    };
    let index = Intervals::build_with_threads(some, &lasts, probes, threads).unwrap();
    assert!(index.bytes() <= Intervals::<K>::build_bytes(rows.len()));
    assert_eq!(index.begins().len(), live.len());
    index
}

/// Holds the answers of an index against a scan.
fn check<K: Key>(rows: &Rows<K>, index: &Intervals<K>, probes: &[(K, i64, i64)], limit: usize) {
    let keys: Vec<K> = probes.iter().map(|probe| probe.0).collect();
    let los: Vec<i64> = probes.iter().map(|probe| probe.1).collect();
    let his: Vec<i64> = probes.iter().map(|probe| probe.2).collect();
    let bands = (&los[..], &his[..]);
    let expected: Vec<Vec<u32>> = probes
        .iter()
        .map(|&(key, lo, hi)| naive(rows, key, (lo, hi)))
        .collect();
    let pairs = in_calls_of(limit, |cursor, pairs| {
        index.probe(&keys, bands, 1000, cursor, limit, pairs)
    });
    assert_eq!(pairs.build, expected.concat());
    let probe_rows = (1000..).zip(&expected);
    let probe_rows: Vec<u32> = probe_rows.flat_map(|(row, rows)| vec![row; rows.len()]).collect();
    assert_eq!(pairs.probe, probe_rows);
    let mut any = vec![true];
    index.any(&keys, bands, &mut any);
    let some: Vec<bool> = expected.iter().map(|rows| !rows.is_empty()).collect();
    assert_eq!(any[1..], some);
}

/// Times of every kind from a small number: crowded, spread out, and at both ends of what there is.
fn moment(number: u16) -> i64 {
    let (kind, small) = (number >> 13, i64::from(number & 0x1fff));
    match kind {
        0..=4 => small % 200,
        5 => (small - 0x1000) << 50,
        6 => i64::MIN + small % 2,
        _ => i64::MAX - small % 2,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Short rows and some that last for ever, some that end before they begin, bands of both kinds, and none.
    #[test]
    fn agrees_with_a_scan(
        build in prop::collection::vec((0_u8..6, any::<u16>(), any::<u16>(), any::<u8>()), 0..400),
        probe in prop::collection::vec((0_u8..7, any::<u16>(), any::<u16>(), any::<u8>()), 0..200),
        limit in prop_oneof![1_usize..9, 1_usize..3000],
        width in prop_oneof![Just(None), (0_u32..64).prop_map(|bits| Some(1 << bits)), Just(Some(u64::MAX))],
        threads in 1_usize..4,
    ) {
        let rows = build.iter().map(|&(key, first, last, kind)| {
            let first = moment(first);
            let last = match kind % 8 {
                0 => moment(last),
                1 => i64::MAX,
                2 => first.saturating_sub(i64::from(last % 20)),
                _ => first.saturating_add(i64::from(last % 20)),
            };
            (u32::from(key) << 20, first, last, kind > 20)
        });
        let rows: Rows<u32> = rows.collect();
        let probes = probe.iter().map(|&(key, lo, hi, kind)| {
            let (lo, hi) = match kind % 8 {
                0 => NO_BAND,
                1 => (moment(lo), moment(hi)),
                _ => (moment(lo), moment(lo).saturating_add(i64::from(hi % 30))),
            };
            (u32::from(key) << 20, lo, hi)
        });
        let mut probes: Vec<(u32, i64, i64)> = probes.collect();
        let wide: Rows<u128> = rows.iter().map(|row| (u128::from(row.0) << 64, row.1, row.2, row.3)).collect();
        for _ in 0..2 {
            for layout in [Probes::InAnyOrder { width }, Probes::InOrder] {
                check(&rows, &built(&rows, layout, threads), &probes, limit);
                let probes: Vec<(u128, i64, i64)> =
                    probes.iter().map(|probe| (u128::from(probe.0) << 64, probe.1, probe.2)).collect();
                check(&wide, &built(&wide, layout, threads), &probes, limit);
            }
            probes.sort_unstable();
        }
    }
}

/// One row that lasts for ever, among many of one key: each moment has it and the one row of its own.
#[test]
fn one_that_lasts_for_ever_hides_none() {
    let count = 50_000_i64;
    let mut rows: Rows<u64> = (0..count).map(|row| (3, row * 10, row * 10 + 9, true)).collect();
    rows.push((3, i64::MIN, i64::MAX, true));
    let index = built(&rows, Probes::InAnyOrder { width: Some(0) }, 2);
    let moments: Vec<i64> = (0..count).map(|row| row * 10 + row % 10).collect();
    let keys = vec![3_u64; moments.len()];
    let around = Around::new(&moments, 0, 0);
    let pairs = in_calls_of(777, |cursor, pairs| {
        index.probe(&keys, around, 0, cursor, 777, pairs)
    });
    let expected: Vec<u32> = (0..count as u32).flat_map(|row| [count as u32, row]).collect();
    assert_eq!(pairs.build, expected);
}

#[test]
fn what_cannot_be_numbered_is_an_error() {
    let rows = BandRows::new(&[1_u32, 1], &[0, 0]).only(&[1]);
    let probes = Probes::InAnyOrder { width: None };
    let error = Intervals::build(rows, &[5], probes).unwrap_err();
    assert_eq!(error, BandsError::NoSuchRow { row: 1, rows: 1 });
}

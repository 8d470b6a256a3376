//! Look-ups of rows with an equal key and a time within a band, in 3 million rows.
//!
//! Measured: one thread's time for batches of 8192, over 4 million rows in random order that are in memory: whether a row
//! has a match (`any`), all pairs written to two columns that are emptied after each batch (`pairs`), the same with the bands
//! as two columns (`pairs_of_columns`), and the closest match (`nearest`); and the time to build an index, on one thread
//! and on two. Not measured: reading and decoding of columns, and indexes that fit a cache. Axes: width of the
//! keys (addresses of IPv4 in 32 bits and in the 16 bytes they are stored in; addresses of IPv6), width of the band (an hour
//! and a day before and after), and skew (none; 5 % of the rows of both sides on 20 keys, and on 2,000). Of the
//! rows without skew, a third of the build side has the address of a probed row at a time close to its own, so that
//! about a quarter of the probed rows have an address that is there, and 2 to 4 of 100 a match. And order: both sides by
//! address and time, in an index for rows that come so (`in_order`) and in one for any order (`in_order_by_hash`).
//! And rows that last (`lasting`), probed by moments, with 20 crowded keys: an hour each, and the same but for one in a thousand, which
//! never ends (`open`).
//! Throughput is in probed rows a second, for `build` in build rows a second.

#![expect(clippy::expect_used, reason = "a benchmark that cannot be set up has to stop")]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::collections::HashMap;
use std::hint::black_box;
use tieline_benches::{Sighting, Sightings, v4_bytes, v6_of};
use tieline_index::bands::{Around, BandRows, Bands, EqualKey, Intervals, Probes, TimeBands};
use tieline_index::ranges::{Cursor, NO_ROW, Pairs};

const BUILD: usize = 3_000_000;
const PROBE: usize = 1 << 22;
const BATCH: usize = 8192;
const HOUR: i64 = 3_600_000;
const BANDS: [(&str, i64); 2] = [("hour", HOUR), ("day", 24 * HOUR)];

/// Keys and times as columns.
struct Side<Q> {
    keys: Vec<Q>,
    times: Vec<i64>,
}

impl<Q: EqualKey> Side<Q> {
    fn new(sightings: &[Sighting], key: impl Fn(u32) -> Q) -> Self {
        Self {
            keys: sightings.iter().map(|sighting| key(sighting.address)).collect(),
            times: sightings.iter().map(|sighting| sighting.at_ms).collect(),
        }
    }

    fn rows(&self) -> BandRows<'_, Q> {
        BandRows::new(&self.keys, &self.times)
    }

    fn batches(&self) -> impl Iterator<Item = (usize, &[Q], &[i64])> {
        let batches = self.keys.chunks(BATCH).zip(self.times.chunks(BATCH));
        (0..)
            .step_by(BATCH)
            .zip(batches)
            .map(|(begin, (keys, times))| (begin, keys, times))
    }
}

const fn any_order(around: i64) -> Probes {
    Probes::InAnyOrder {
        width: Some(2 * around as u64),
    }
}

/// The pairs of one batch, counted.
fn pairs_of_batch<Q: EqualKey>(
    index: &Bands<Q::Number>,
    keys: &[Q],
    bands: impl TimeBands,
    begin: usize,
    pairs: &mut Pairs,
) -> u64 {
    let (mut cursor, mut done, mut count) = (Cursor::default(), false, 0);
    while !done {
        pairs.clear();
        done = index.probe(keys, bands, begin as u32, &mut cursor, BATCH, pairs);
        count += black_box(&*pairs).len() as u64;
    }
    count
}

fn pairs_of<Q: EqualKey>(index: &Bands<Q::Number>, probe: &Side<Q>, around: i64, pairs: &mut Pairs) -> u64 {
    let batches = probe.batches();
    let counts = batches.map(|(begin, keys, times)| {
        pairs_of_batch(index, keys, Around::new(times, around, around), begin, pairs)
    });
    counts.sum()
}

/// As [`pairs_of`], with bands that are computed for each batch first.
fn pairs_of_columns<Q: EqualKey>(
    index: &Bands<Q::Number>,
    probe: &Side<Q>,
    around: i64,
    pairs: &mut Pairs,
) -> u64 {
    let (mut los, mut his) = (Vec::new(), Vec::new());
    let counts = probe.batches().map(|(begin, keys, times)| {
        los.clear();
        his.clear();
        los.extend(times.iter().map(|time| time.saturating_sub(around)));
        his.extend(times.iter().map(|time| time.saturating_add(around)));
        pairs_of_batch(index, keys, (&los[..], &his[..]), begin, pairs)
    });
    counts.sum()
}

/// Everything an index says must follow from the times of each address, sorted.
fn assert_answers<Q: EqualKey>(
    index: &Bands<Q::Number>,
    sides: [&[Sighting]; 2],
    probe: &Side<Q>,
    around: i64,
) {
    let mut times_of: HashMap<u32, Vec<i64>> = HashMap::new();
    for sighting in sides[0] {
        times_of.entry(sighting.address).or_default().push(sighting.at_ms);
    }
    times_of.values_mut().for_each(|times| times.sort_unstable());
    let counts = sides[1].iter().map(|row| {
        let times = times_of.get(&row.address).map_or(&[][..], Vec::as_slice);
        let begin = times.partition_point(|&time| time < row.at_ms - around);
        let end = times.partition_point(|&time| time <= row.at_ms + around);
        (end - begin) as u64
    });
    let counts: Vec<u64> = counts.collect();
    let total: u64 = counts.iter().sum();
    assert_eq!(pairs_of(index, probe, around, &mut Pairs::default()), total);
    assert_eq!(
        pairs_of_columns(index, probe, around, &mut Pairs::default()),
        total
    );
    let bands = Around::new(&probe.times, around, around);
    let (mut any, mut nearest) = (Vec::new(), Vec::new());
    index.any(&probe.keys, bands, &mut any);
    index.nearest(&probe.keys, bands, &probe.times, &mut nearest);
    for ((row, &count), (&any, &nearest)) in sides[1].iter().zip(&counts).zip(any.iter().zip(&nearest)) {
        assert_eq!((any, nearest != NO_ROW), (count > 0, count > 0));
        if nearest != NO_ROW {
            let found = sides[0][nearest as usize];
            assert!(found.address == row.address && found.at_ms.abs_diff(row.at_ms) <= around as u64);
        }
    }
}

fn look_ups<Q: EqualKey>(
    criterion: &mut Criterion,
    name: &str,
    sightings: &Sightings,
    key: impl Fn(u32) -> Q + Copy,
    probes: impl Fn(i64) -> Probes,
) {
    let (build, probe) = (Side::new(&sightings.build, key), Side::new(&sightings.probe, key));
    let mut group = criterion.benchmark_group(format!("bands/{name}"));
    for (band, around) in BANDS {
        let index = Bands::build_with_threads(build.rows(), probes(around), 2).expect("few enough");
        assert_answers(&index, [&sightings.build, &sightings.probe], &probe, around);
        group.throughput(Throughput::Elements(PROBE as u64));
        let (mut any, mut nearest, mut pairs) = (Vec::new(), Vec::new(), Pairs::default());
        group.bench_function(BenchmarkId::new("any", band), |bencher| {
            bencher.iter(|| {
                for (_, keys, times) in probe.batches() {
                    any.clear();
                    index.any(keys, Around::new(times, around, around), &mut any);
                    black_box(&any);
                }
            });
        });
        group.bench_function(BenchmarkId::new("pairs", band), |bencher| {
            bencher.iter(|| pairs_of(&index, &probe, around, &mut pairs));
        });
        group.bench_function(BenchmarkId::new("pairs_of_columns", band), |bencher| {
            bencher.iter(|| pairs_of_columns(&index, &probe, around, &mut pairs));
        });
        group.bench_function(BenchmarkId::new("nearest", band), |bencher| {
            bencher.iter(|| {
                for (_, keys, times) in probe.batches() {
                    nearest.clear();
                    index.nearest(keys, Around::new(times, around, around), times, &mut nearest);
                    black_box(&nearest);
                }
            });
        });
    }
    group.throughput(Throughput::Elements(BUILD as u64));
    for threads in [1, 2] {
        group.bench_function(BenchmarkId::new("build", threads), |bencher| {
            bencher.iter(|| Bands::build_with_threads(build.rows(), probes(HOUR), threads));
        });
    }
    group.finish();
}

fn keys(criterion: &mut Criterion) {
    let sightings = Sightings::new(BUILD, PROBE, None);
    look_ups(criterion, "v4", &sightings, |address| address, any_order);
    look_ups(criterion, "v4_bytes", &sightings, v4_bytes, any_order);
    look_ups(criterion, "v6", &sightings, v6_of, any_order);
}

fn order(criterion: &mut Criterion) {
    let mut sightings = Sightings::new(BUILD, PROBE, None);
    for side in [&mut sightings.build, &mut sightings.probe] {
        side.sort_by_key(|sighting| (sighting.address, sighting.at_ms));
    }
    look_ups(criterion, "v4_bytes_in_order", &sightings, v4_bytes, |_| {
        Probes::InOrder
    });
    look_ups(
        criterion,
        "v4_bytes_in_order_by_hash",
        &sightings,
        v4_bytes,
        any_order,
    );
}

fn skew(criterion: &mut Criterion) {
    for crowded in [20, 2_000] {
        let sightings = Sightings::new(BUILD, PROBE, Some(crowded));
        look_ups(
            criterion,
            &format!("v4_skew_{crowded}"),
            &sightings,
            |address| address,
            any_order,
        );
    }
}

/// Pairs of rows of one key of which the second is at a moment of the first: those that have begun, without those that have ended.
fn lasting_pairs(build: &[Sighting], lasts: &[i64], probe: &[Sighting]) -> u64 {
    let mut ends: HashMap<u32, [Vec<i64>; 2]> = HashMap::new();
    for (row, &last) in build.iter().zip(lasts) {
        let [firsts, of_key] = ends.entry(row.address).or_default();
        firsts.push(row.at_ms);
        of_key.push(last);
    }
    ends.values_mut()
        .flatten()
        .for_each(|times| times.sort_unstable());
    let pairs = probe.iter().filter_map(|row| {
        let [firsts, lasts] = ends.get(&row.address)?;
        let begun = firsts.partition_point(|&time| time <= row.at_ms);
        Some((begun - lasts.partition_point(|&time| time < row.at_ms)) as u64)
    });
    pairs.sum()
}

fn lasting(criterion: &mut Criterion) {
    let sightings = Sightings::new(BUILD, PROBE, Some(20));
    let build = Side::new(&sightings.build, |address| address);
    let probe = Side::new(&sightings.probe, |address| address);
    let mut group = criterion.benchmark_group("bands/v4_skew_20_lasting");
    group.throughput(Throughput::Elements(PROBE as u64));
    for (name, open_every) in [("hour", None), ("open", Some(1_000))] {
        let last = |(row, time): (usize, &i64)| match open_every {
            Some(every) if row % every == 0 => i64::MAX,
            _ => time + HOUR,
        };
        let lasts: Vec<i64> = build.times.iter().enumerate().map(last).collect();
        let index = Intervals::build_with_threads(build.rows(), &lasts, any_order(0), 2).expect("few enough");
        let expected = lasting_pairs(&sightings.build, &lasts, &sightings.probe);
        let mut pairs = Pairs::default();
        group.bench_function(BenchmarkId::new("pairs", name), |bencher| {
            bencher.iter(|| {
                let mut count = 0;
                for (begin, keys, times) in probe.batches() {
                    let (mut cursor, mut done) = (Cursor::default(), false);
                    let bands = Around::new(times, 0, 0);
                    while !done {
                        pairs.clear();
                        done = index.probe(keys, bands, begin as u32, &mut cursor, BATCH, &mut pairs);
                        count += black_box(&pairs).len() as u64;
                    }
                }
                assert_eq!(count, expected);
            });
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = keys, order, skew, lasting
}
criterion_main!(benches);

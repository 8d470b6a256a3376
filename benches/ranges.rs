//! Look-ups of keys in a million ranges.
//!
//! Compared: the two strategies, `segments` and `sorted`. Measured: one thread's time for batches of 8192, over 2
//! million keys in random order that are in memory: whether any range holds a key (`any`), and all
//! pairs of range and key written to two columns that are emptied after each batch (`pairs`); and the time to build an
//! index. Not measured: reading and decoding of columns, hashing, more than one thread, and indexes that fit a cache.
//! Axes: kind of ranges (`networks`: disjoint; `prefixes`: nested, 1 to 6 deep) and of keys (IPv4 as 32-bit numbers, as 16
//! bytes, and IPv6 in 128 bits). IPv4 keys lie anywhere; IPv6 keys each in one of the prefixes, for in all of the IPv6
//! address space none would be hit. Throughput is in keys a second, for `build` in ranges a second.

#![expect(clippy::expect_used, reason = "a benchmark that cannot be set up has to stop")]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use tieline_benches::{v4_addresses, v4_bytes, v4_networks, v4_prefixes, v6_addresses_in, v6_prefixes};
use tieline_index::ranges::{AddressRanges, Cursor, Intervals, Key, Pairs, RangeStrategy, Ranges};

const RANGES: u32 = 1_000_000;
const KEYS: usize = 1 << 21;
const BATCH: usize = 8192;
const STRATEGIES: [RangeStrategy; 2] = [RangeStrategy::Segments, RangeStrategy::Sorted];

/// All pairs of all batches, counted and summed so that they can be compared.
fn all_pairs(
    pairs: &mut Pairs,
    batches: &[impl Sized],
    mut probe: impl FnMut(usize, &mut Cursor, &mut Pairs) -> bool,
) -> u64 {
    let mut sum = 0_u64;
    for begin in (0..batches.len()).step_by(BATCH) {
        let mut cursor = Cursor::default();
        let mut done = false;
        while !done {
            pairs.clear();
            done = probe(begin, &mut cursor, pairs);
            black_box(&*pairs);
            sum += pairs.len() as u64;
        }
    }
    sum
}

fn pairs_of<K: Key>(index: &Ranges<K>, keys: &[K], pairs: &mut Pairs) -> u64 {
    all_pairs(pairs, keys, |begin, cursor, pairs| {
        let batch = &keys[begin..keys.len().min(begin + BATCH)];
        index.probe(batch, begin as u32, cursor, 2 * BATCH, pairs)
    })
}

fn any_of<K: Key>(index: &Ranges<K>, keys: &[K], any: &mut Vec<bool>) -> bool {
    let mut last = false;
    for batch in keys.chunks(BATCH) {
        any.clear();
        index.any(batch, any);
        last ^= black_box(&*any).last().copied().unwrap_or(false);
    }
    last
}

/// Both strategies must say the same of every key, and of some keys what a scan of all ranges says.
fn assert_agreement<K: Key>(ranges: &[(K, K)], indexes: &[Ranges<K>], keys: &[K]) {
    let answers = indexes.iter().map(|index| {
        let mut counts = Vec::new();
        index.counts(keys, &mut counts);
        let (mut cursor, mut pairs) = (Cursor::default(), Pairs::default());
        assert!(index.probe(keys, 0, &mut cursor, usize::MAX, &mut pairs));
        assert_eq!(
            counts.iter().map(|&count| count as usize).sum::<usize>(),
            pairs.len()
        );
        (counts, pairs)
    });
    let answers: Vec<_> = answers.collect();
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));
    for position in (0..keys.len()).step_by(keys.len() / 16) {
        let key = keys[position];
        let held = ranges.iter().filter(|&&(lo, hi)| lo <= key && key <= hi).count();
        assert_eq!(answers[0].0[position] as usize, held);
    }
}

fn look_ups<K: Key>(criterion: &mut Criterion, name: &str, intervals: &Intervals<K>, keys: &[K]) {
    let indexes = STRATEGIES.map(|strategy| Ranges::build(intervals.clone(), strategy).expect("few enough"));
    let ranges: Vec<(K, K)> = intervals.iter().map(|(lo, hi, _)| (lo, hi)).collect();
    assert_agreement(&ranges, &indexes, keys);
    let mut group = criterion.benchmark_group(format!("ranges/{name}"));
    group.throughput(Throughput::Elements(keys.len() as u64));
    for index in &indexes {
        let (mut any, mut pairs) = (Vec::new(), Pairs::default());
        group.bench_function(BenchmarkId::new("any", index.strategy()), |bencher| {
            bencher.iter(|| any_of(index, keys, &mut any));
        });
        group.bench_function(BenchmarkId::new("pairs", index.strategy()), |bencher| {
            bencher.iter(|| pairs_of(index, keys, &mut pairs));
        });
    }
    group.throughput(Throughput::Elements(intervals.len() as u64));
    for strategy in STRATEGIES {
        group.bench_function(BenchmarkId::new("build", strategy), |bencher| {
            bencher.iter_batched(
                || intervals.clone(),
                |intervals| Ranges::build(intervals, strategy),
                criterion::BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

fn v4(criterion: &mut Criterion) {
    let keys = v4_addresses(KEYS);
    look_ups(criterion, "v4_networks", &v4_networks(RANGES), &keys);
    look_ups(criterion, "v4_prefixes", &v4_prefixes(RANGES), &keys);
}

fn v6(criterion: &mut Criterion) {
    let intervals = v6_prefixes(RANGES);
    let ranges: Vec<(u128, u128)> = intervals.iter().map(|(lo, hi, _)| (lo, hi)).collect();
    look_ups(
        criterion,
        "v6_prefixes",
        &intervals,
        &v6_addresses_in(&ranges, KEYS),
    );
}

/// IPv4 as it is stored, in 16 bytes, alone and with every second address of IPv6.
fn bytes(criterion: &mut Criterion) {
    let first_v4 = u128::from_be_bytes(v4_bytes(0));
    let v4 = v4_prefixes(RANGES);
    let wide = v4
        .iter()
        .map(|(lo, hi, row)| (first_v4 | u128::from(lo), first_v4 | u128::from(hi), row));
    let v6 = v6_prefixes(RANGES);
    let v6_ranges: Vec<(u128, u128)> = v6.iter().map(|(lo, hi, _)| (lo, hi)).collect();
    let index = AddressRanges::build(wide.chain(v6.iter()), RangeStrategy::Segments).expect("few enough");

    let plain = v4_addresses(KEYS);
    let keys: Vec<[u8; 16]> = plain.iter().map(|&address| v4_bytes(address)).collect();
    let (mut as_bytes, mut as_numbers) = (Vec::new(), Vec::new());
    index.counts(&keys, &mut as_bytes);
    index.v4().counts(&plain, &mut as_numbers);
    assert_eq!(as_bytes, as_numbers);
    let mut mixed = keys.clone();
    for (key, address) in mixed.iter_mut().step_by(2).zip(v6_addresses_in(&v6_ranges, KEYS)) {
        *key = address.to_be_bytes();
    }

    let mut group = criterion.benchmark_group("ranges/bytes");
    group.throughput(Throughput::Elements(KEYS as u64));
    let mut pairs = Pairs::default();
    for (name, keys) in [("v4", &keys), ("mixed", &mixed)] {
        group.bench_function(BenchmarkId::new("pairs", name), |bencher| {
            bencher.iter(|| {
                all_pairs(&mut pairs, keys, |begin, cursor, pairs| {
                    let batch = &keys[begin..keys.len().min(begin + BATCH)];
                    index.probe(batch, begin as u32, cursor, 2 * BATCH, pairs)
                })
            });
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = v4, v6, bytes
}
criterion_main!(benches);

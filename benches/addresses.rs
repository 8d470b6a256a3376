//! Reading addresses and prefixes, and laying ranges over each other.
//!
//! Compared: reading an address with the check of what follows it against the standard library's bare parser. Measured:
//! one thread's time for texts and rows that are in memory. Not measured: reading of files, decoding of columns. Axes:
//! the form of the text (IPv4, IPv4 with a port, IPv6). Throughput is in texts, prefixes and rows a second.

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::net::IpAddr;
use tieline_benches::{v4_addresses, v4_bytes, v4_prefixes, v6_addresses_in, v6_prefixes};
use tieline_index::{Address, Prefix, Row, most_specific, overlay, range_to_prefixes};

const TEXTS: usize = 100_000;
const RANGES: u32 = 100_000;

fn parse(criterion: &mut Criterion) {
    let v4: Vec<Address> = v4_addresses(TEXTS)
        .into_iter()
        .map(|address| Address::from_bytes(v4_bytes(address)))
        .collect();
    let ranges: Vec<(u128, u128)> = v6_prefixes(1000).iter().map(|(lo, hi, _)| (lo, hi)).collect();
    let v6: Vec<Address> = v6_addresses_in(&ranges, TEXTS)
        .into_iter()
        .map(Address::from)
        .collect();
    let mut group = criterion.benchmark_group("addresses/parse");
    group.throughput(Throughput::Elements(TEXTS as u64));
    for (name, addresses, port) in [("v4", &v4, ""), ("v4_port", &v4, ":443"), ("v6", &v6, "")] {
        let texts: Vec<String> = addresses
            .iter()
            .map(|address| format!("{address}{port}"))
            .collect();
        for (text, address) in texts.iter().zip(addresses) {
            assert_eq!(Address::parse(text), Some(*address));
        }
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                texts
                    .iter()
                    .filter_map(|text| Address::parse(black_box(text)))
                    .count()
            });
        });
        if port.is_empty() {
            group.bench_function(format!("{name}_std"), |bencher| {
                bencher.iter(|| {
                    texts
                        .iter()
                        .filter(|text| black_box(text).parse::<IpAddr>().is_ok())
                        .count()
                });
            });
        }
    }
    group.finish();
}

fn prefixes(criterion: &mut Criterion) {
    let mut numbers = tieline_benches::Numbers::new(9);
    let range = |_| {
        let (a, b) = (numbers.next() as u32, numbers.below(1 << 16) as u32);
        (
            Address::from_bytes(v4_bytes(a)),
            Address::from_bytes(v4_bytes(a.saturating_add(b))),
        )
    };
    let ranges: Vec<(Address, Address)> = (0..TEXTS).map(range).collect();
    for &(first, last) in ranges.iter().step_by(100) {
        let mut next = Some(first.to_u128());
        for prefix in range_to_prefixes(first, last) {
            let part: Vec<_> = prefix.ranges().collect();
            assert_eq!(Some(part[0].0.to_u128()), next);
            next = part[0].1.to_u128().checked_add(1);
        }
        assert_eq!(next, last.to_u128().checked_add(1));
    }
    let texts: Vec<String> = ranges
        .iter()
        .flat_map(|&(first, last)| range_to_prefixes(first, last))
        .take(TEXTS)
        .map(|prefix| prefix.to_string())
        .collect();
    assert!(
        texts
            .iter()
            .all(|text| Prefix::parse(text).is_ok_and(|prefix| prefix.to_string() == *text))
    );
    let mut group = criterion.benchmark_group("addresses/prefixes");
    group.throughput(Throughput::Elements(TEXTS as u64));
    group.bench_function("parse", |bencher| {
        bencher.iter(|| {
            texts
                .iter()
                .filter(|text| Prefix::parse(black_box(text)).is_ok())
                .count()
        });
    });
    group.bench_function("from_range", |bencher| {
        bencher.iter(|| {
            ranges
                .iter()
                .map(|&(first, last)| range_to_prefixes(first, last).len())
                .sum::<usize>()
        });
    });
    group.finish();
}

fn disjoint(criterion: &mut Criterion) {
    let ranges: Vec<(u128, u128)> = v4_prefixes(RANGES)
        .iter()
        .map(|(lo, hi, _)| (u128::from(lo), u128::from(hi)))
        .collect();
    let segments = most_specific(&ranges);
    for &key in &v4_addresses(50) {
        let key = u128::from(key);
        let holding = ranges
            .iter()
            .enumerate()
            .filter(|&(_, &(lo, hi))| lo <= key && key <= hi);
        let owner = holding.min_by_key(|&(position, &(lo, hi))| (hi - lo, std::cmp::Reverse(position)));
        let segment = segments
            .iter()
            .find(|segment| segment.first <= key && key <= segment.last);
        assert_eq!(
            segment.map(|segment| segment.source),
            owner.map(|(position, _)| position)
        );
    }
    let rows = |valid: (i64, i64)| -> Vec<Row> {
        let row = |segment: &tieline_index::Segment| Row {
            first: segment.first,
            last: segment.last,
            from: valid.0,
            to: valid.1,
        };
        segments.iter().map(row).collect()
    };
    let layers = [rows((0, 20)), rows((10, 30))];
    let area = |cells: &[(u128, u128, i64, i64)]| -> u128 {
        cells
            .iter()
            .map(|&(first, last, from, to)| (last - first + 1) * (to - from) as u128)
            .sum()
    };
    let cells: Vec<_> = overlay(&layers)
        .iter()
        .map(|cell| (cell.first, cell.last, cell.from, cell.to))
        .collect();
    let one: Vec<_> = segments
        .iter()
        .map(|segment| (segment.first, segment.last, 0, 30))
        .collect();
    assert_eq!(area(&cells), area(&one));
    let mut group = criterion.benchmark_group("addresses/disjoint");
    group.sample_size(20);
    group.throughput(Throughput::Elements(ranges.len() as u64));
    group.bench_function("most_specific", |bencher| bencher.iter(|| most_specific(&ranges)));
    group.throughput(Throughput::Elements(segments.len() as u64 * 2));
    group.bench_function("overlay", |bencher| {
        bencher.iter_batched(|| (), |()| overlay(&layers), BatchSize::LargeInput);
    });
    group.finish();
}

criterion_group!(benches, parse, prefixes, disjoint);
criterion_main!(benches);

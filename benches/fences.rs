//! Look-ups of points in polygons.
//!
//! Compared: the two strategies, `grid` and `rtree`. Measured: one thread's time for batches of 8192, over a million points
//! that are in memory: whether any fence holds a point (`any`), and all pairs of fence and point written to two columns
//! that are emptied after each batch (`pairs`); and the time to build an index from outlines. Not measured: reading and
//! decoding of columns and geometries, and more than one thread.
//! Axes: fences (`few`: 44 of 8 to 24 vertices, 100 to 900 m across, far apart in 14 by 11 degrees; `many`: 10,000 of 60, 500 m
//! to 30 km across, that overlap; `most`: 100,000 of 50, 100 to 900 m across; `large`: one of 100,000 vertices across the
//! region), and the order of the points (`random`, and `by_place`, along a Morton curve). Points lie anywhere in the region,
//! one of 64 beside a fence's vertex. Throughput is in points a second, for `build` in vertices a second.

#![expect(clippy::expect_used, reason = "a benchmark that cannot be set up has to stop")]

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use tieline_benches::{Rings, by_place, few_fences, large_fence, many_fences, most_fences, outlines, points};
use tieline_index::fences::{FenceStrategy, Fences, Rule};
use tieline_index::ranges::{Cursor, Pairs};

const POINTS: usize = 1 << 20;
const BATCH: usize = 8192;
const STRATEGIES: [FenceStrategy; 2] = [FenceStrategy::Grid, FenceStrategy::RTree];

/// Longitudes and latitudes.
type Points = (Vec<f64>, Vec<f64>);

fn batches((xs, ys): &Points) -> impl Iterator<Item = (&[f64], &[f64])> {
    xs.chunks(BATCH).zip(ys.chunks(BATCH))
}

/// How many pairs all batches have.
fn pairs_of(index: &Fences, points: &Points, pairs: &mut Pairs) -> usize {
    let mut sum = 0;
    for (xs, ys) in batches(points) {
        let mut cursor = Cursor::default();
        let mut done = false;
        while !done {
            pairs.clear();
            done = index.probe(xs, ys, 0, &mut cursor, 2 * BATCH, pairs);
            sum += black_box(&*pairs).len();
        }
    }
    sum
}

fn any_of(index: &Fences, points: &Points, any: &mut Vec<bool>) -> bool {
    let mut last = false;
    for (xs, ys) in batches(points) {
        any.clear();
        index.any(xs, ys, any);
        last ^= black_box(&*any).last().copied().unwrap_or(false);
    }
    last
}

/// Whether a ring holds a point that is on no edge, up to rounding.
fn holds(ring: &[(f64, f64)], (x, y): (f64, f64)) -> bool {
    let edges = ring.iter().zip(ring.iter().cycle().skip(1));
    let crossed = edges.filter(|&(&(ax, ay), &(bx, by))| {
        (ay > y) != (by > y) && x < ax + (bx - ax) * ((y - ay) / (by - ay))
    });
    crossed.count() % 2 == 1
}

/// Both strategies must say the same of every point, and of some what a scan of all fences says.
fn assert_agreement(rings: &Rings, indexes: &[Fences], (xs, ys): &Points) {
    let answers: Vec<Pairs> = indexes
        .iter()
        .map(|index| {
            let (mut cursor, mut pairs) = (Cursor::default(), Pairs::default());
            assert!(index.probe(xs, ys, 0, &mut cursor, usize::MAX, &mut pairs));
            pairs
        })
        .collect();
    assert!(answers.windows(2).all(|two| two[0] == two[1]));
    for position in (0..xs.len()).step_by(xs.len() / 64) {
        let point = (xs[position], ys[position]);
        let held = (0_u32..).zip(rings).filter(|(_, ring)| holds(ring, point));
        let held: Vec<u32> = held.map(|(row, _)| row).collect();
        let first = answers[0].probe.partition_point(|&row| (row as usize) < position);
        let count = answers[0].probe[first..]
            .iter()
            .take_while(|&&row| row as usize == position);
        assert_eq!(answers[0].build[first..first + count.count()], held);
    }
}

fn fences(criterion: &mut Criterion, name: &str, rings: &Rings) {
    let indexes = STRATEGIES.map(|strategy| {
        Fences::build(outlines(rings), Rule::Interior, strategy).expect("few enough vertices")
    });
    let random = points(rings, POINTS);
    let ordered = by_place(&random);
    assert_agreement(rings, &indexes, &ordered);
    let mut group = criterion.benchmark_group(format!("fences/{name}"));
    group.throughput(Throughput::Elements(POINTS as u64));
    for (index, (order, points)) in indexes
        .iter()
        .flat_map(|index| [(index, ("random", &random)), (index, ("by_place", &ordered))])
    {
        let (mut any, mut pairs) = (Vec::new(), Pairs::default());
        group.bench_function(
            BenchmarkId::new(format!("any/{order}"), index.strategy()),
            |bencher| {
                bencher.iter(|| any_of(index, points, &mut any));
            },
        );
        group.bench_function(
            BenchmarkId::new(format!("pairs/{order}"), index.strategy()),
            |bencher| {
                bencher.iter(|| pairs_of(index, points, &mut pairs));
            },
        );
    }
    let whole = outlines(rings);
    group.throughput(Throughput::Elements(whole.vertices() as u64));
    let builds = [
        (FenceStrategy::Grid, 1),
        (FenceStrategy::Grid, 2),
        (FenceStrategy::RTree, 1),
    ];
    for (strategy, threads) in builds {
        group.bench_function(
            BenchmarkId::new(format!("build/{threads}"), strategy),
            |bencher| {
                bencher.iter_batched(
                    || whole.clone(),
                    |outlines| Fences::build_with_threads(outlines, Rule::Interior, strategy, threads),
                    BatchSize::PerIteration,
                );
            },
        );
    }
    group.finish();
}

fn few(criterion: &mut Criterion) {
    fences(criterion, "few", &few_fences());
}

fn many(criterion: &mut Criterion) {
    fences(criterion, "many", &many_fences());
}

fn most(criterion: &mut Criterion) {
    fences(criterion, "most", &most_fences());
}

fn large(criterion: &mut Criterion) {
    fences(criterion, "large", &vec![large_fence(100_000)]);
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = few, many, most, large
}
criterion_main!(benches);

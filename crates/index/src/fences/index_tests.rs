use proptest::prelude::*;
use proptest::strategy::Strategy;
use robust::{Coord, orient2d};

use super::super::CellKind;
use super::*;
use crate::probed::in_calls_of;

type Ring = Vec<(f64, f64)>;
type SmallRings = Vec<Vec<(i8, i8)>>;
/// A row and a polygon of it.
type Shape = (u32, Vec<Ring>);

const STRATEGIES: [FenceStrategy; 2] = [FenceStrategy::Grid, FenceStrategy::RTree];
const RULES: [Rule; 2] = [Rule::Interior, Rule::Covered];

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Outside,
    Boundary,
    Inside,
}

/// Where a point is of a polygon, by the exact predicate for every edge.
fn place(rings: &[Ring], (x, y): (f64, f64)) -> Place {
    let mut inside = false;
    for ring in rings {
        for (number, &a) in ring.iter().enumerate() {
            let b = ring[(number + 1) % ring.len()];
            let coordinate = |(x, y)| Coord { x, y };
            let turn = orient2d(coordinate(a), coordinate(b), Coord { x, y });
            let within = |a: f64, b: f64, one: f64| a.min(b) <= one && one <= a.max(b);
            if turn == 0.0 && within(a.0, b.0, x) && within(a.1, b.1, y) {
                return Place::Boundary;
            }
            let upwards = a.1 <= y && b.1 > y && turn > 0.0;
            let downwards = b.1 <= y && a.1 > y && turn < 0.0;
            inside ^= upwards || downwards;
        }
    }
    if inside { Place::Inside } else { Place::Outside }
}

/// The rows that hold a point, ascending.
fn naive(shapes: &[Shape], rule: Rule, point: (f64, f64)) -> Vec<u32> {
    let mut rows: Vec<u32> = shapes
        .iter()
        .filter(|(_, rings)| match (place(rings, point), rule) {
            (Place::Inside, _) => true,
            (Place::Boundary, rule) => rule == Rule::Covered,
            (Place::Outside, _) => false,
        })
        .map(|(row, _)| *row)
        .collect();
    rows.sort_unstable();
    rows.dedup();
    rows
}

fn outlines(shapes: &[Shape]) -> Outlines {
    let mut outlines = Outlines::new();
    for (row, rings) in shapes {
        outlines
            .push_polygon(*row, rings.iter().map(|ring| ring.iter().copied()))
            .unwrap();
    }
    outlines
}

fn probed(index: &Fences, xs: &[f64], ys: &[f64], limit: usize) -> Pairs {
    in_calls_of(limit, |cursor, pairs| {
        index.probe(xs, ys, 1000, cursor, limit, pairs)
    })
}

/// Holds everything that an index says against a scan of all edges.
fn check(shapes: &[Shape], points: &[(f64, f64)], limit: usize) {
    let (xs, ys): (Vec<f64>, Vec<f64>) = points.iter().copied().unzip();
    for rule in RULES {
        let expected: Vec<Vec<u32>> = points.iter().map(|&point| naive(shapes, rule, point)).collect();
        // A grid that is built in shares is another one, with the same answers.
        for (strategy, shares) in [(STRATEGIES[0], 1), (STRATEGIES[0], 3), (STRATEGIES[1], 1)] {
            let index = Fences::build_in_shares(outlines(shapes), rule, strategy, shares).unwrap();
            let pairs = probed(&index, &xs, &ys, limit);
            let rows = (1000..).zip(&expected);
            let flat = rows.flat_map(|(probe, rows)| rows.iter().map(move |&row| (row, probe)));
            let got = pairs.build.iter().copied().zip(pairs.probe.iter().copied());
            for (got, wanted) in got.clone().zip(flat.clone()) {
                let point = points[(wanted.1.min(got.1) - 1000) as usize];
                assert_eq!(got, wanted, "{strategy} {rule:?} {point:?}");
            }
            assert_eq!(got.count(), flat.count(), "{strategy} {rule:?}");

            let (mut any, mut counts) = (vec![true], vec![7]);
            index.any(&xs, &ys, &mut any);
            index.counts(&xs, &ys, &mut counts);
            for (position, rows) in expected.iter().enumerate() {
                assert_eq!(any[position + 1], !rows.is_empty(), "{strategy}");
                assert_eq!(counts[position + 1] as usize, rows.len(), "{strategy}");
            }
            check_boxes(&index, shapes);
            check_memory(&index, shapes);
        }
    }
}

fn check_boxes(index: &Fences, shapes: &[Shape]) {
    let vertices = || {
        shapes
            .iter()
            .flat_map(|(_, rings)| rings.iter().flatten().copied())
    };
    for limit in [0, 1, 2, 5, 100] {
        let (boxes, x, y) = (
            index.merged_boxes(limit),
            index.merged_x(limit),
            index.merged_y(limit),
        );
        for parts in [boxes.len(), x.len(), y.len()] {
            assert!(parts <= limit.max(1));
        }
        for (_, rings) in shapes {
            let held = |rect: &Rect| {
                let holds =
                    |&(x, y): &(f64, f64)| rect[0] <= x && x <= rect[2] && rect[1] <= y && y <= rect[3];
                rings.iter().flatten().all(holds)
            };
            assert!(boxes.iter().any(held), "a box holds all of a polygon");
        }
        for (vx, vy) in vertices() {
            assert!(x.iter().any(|&(low, high)| low <= vx && vx <= high));
            assert!(y.iter().any(|&(low, high)| low <= vy && vy <= high));
        }
        for ascending in [x, y] {
            assert!(ascending.windows(2).all(|two| two[0].1 < two[1].0));
        }
    }
    let bounds = vertices().fold(None, |bounds: Option<Rect>, (x, y)| match bounds {
        Some([a, b, c, d]) => Some([a.min(x), b.min(y), c.max(x), d.max(y)]),
        None => Some([x, y, x, y]),
    });
    assert_eq!(index.bounds(), bounds);
}

fn check_memory(index: &Fences, shapes: &[Shape]) {
    let vertices = shapes
        .iter()
        .flat_map(|(_, rings)| rings)
        .map(|ring| ring.len() + 1)
        .sum::<usize>();
    assert!(index.bytes() <= Fences::most_bytes(vertices, shapes.len()));
}

/// Numbers that look random.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}

/// A ring around a place, its vertices at all distances from half of the radius to all of it.
fn star(numbers: &mut Numbers, (x, y): (f64, f64), radius: f64, vertices: usize) -> Ring {
    (0..vertices)
        .map(|vertex| {
            let angle = std::f64::consts::TAU * (vertex as f64 + 0.8 * numbers.unit()) / vertices as f64;
            let radius = radius * (0.5 + 0.5 * numbers.unit());
            (x + radius * angle.cos(), y + radius * angle.sin())
        })
        .collect()
}

/// A star with a hole and an island in the hole.
fn nested(numbers: &mut Numbers, centre: (f64, f64), radius: f64, vertices: usize) -> Vec<Vec<Ring>> {
    let exterior = star(numbers, centre, radius, vertices);
    let hole = star(numbers, centre, radius * 0.45, vertices / 2 + 3);
    let island = star(numbers, centre, radius * 0.2, vertices / 3 + 3);
    vec![vec![exterior, hole], vec![island]]
}

/// The vertices, middles of edges and places one step from them, and of the boxes' sides.
fn telling_points(shapes: &[Shape], numbers: &mut Numbers, most: usize) -> Vec<(f64, f64)> {
    let mut points = Vec::new();
    for ring in shapes.iter().flat_map(|(_, rings)| rings) {
        for (number, &(ax, ay)) in ring.iter().enumerate() {
            let (bx, by) = ring[(number + 1) % ring.len()];
            let share = numbers.unit();
            let middle = (ax + (bx - ax) * share, ay + (by - ay) * share);
            for (x, y) in [(ax, ay), middle, (ax, by), (middle.0, ay)] {
                points.extend([
                    (x, y),
                    (x.next_up(), y),
                    (x.next_down(), y),
                    (x, y.next_up()),
                    (x, y.next_down()),
                    (x.next_up(), y.next_down()),
                ]);
            }
        }
    }
    let step = (points.len() / most).max(1);
    points.into_iter().step_by(step).collect()
}

fn random_points(numbers: &mut Numbers, rect: Rect, count: usize) -> Vec<(f64, f64)> {
    let point = |_| {
        let x = rect[0] + (rect[2] - rect[0]) * numbers.unit();
        (x, rect[1] + (rect[3] - rect[1]) * numbers.unit())
    };
    (0..count).map(point).collect()
}

#[test]
fn many_fences_of_many_sizes_agree_with_a_scan() {
    let mut numbers = Numbers(1);
    let mut shapes: Vec<Shape> = Vec::new();
    for row in 0..120 {
        let centre = (60.0 + 14.0 * numbers.unit(), -45.0 + 11.0 * numbers.unit());
        let radius = 0.002 * 3000_f64.powf(numbers.unit());
        let vertices = 5 + numbers.below(60) as usize;
        match numbers.below(4) {
            0 => {
                let polygons = nested(&mut numbers, centre, radius, vertices);
                shapes.extend(polygons.into_iter().map(|polygon| (row * 3, polygon)));
            }
            _ => shapes.push((row * 3, vec![star(&mut numbers, centre, radius, vertices)])),
        }
    }
    let mut points = random_points(&mut numbers, [59.0, -46.0, 75.0, -33.0], 1500);
    points.extend(telling_points(&shapes, &mut numbers, 1500));
    check(&shapes, &points, 7);
}

#[test]
fn one_fence_of_many_vertices_agrees_with_a_scan() {
    let mut numbers = Numbers(2);
    let shapes = vec![(5, vec![star(&mut numbers, (10.0, 50.0), 8.0, 3000)])];
    let mut points = random_points(&mut numbers, [1.0, 41.0, 19.0, 59.0], 1500);
    points.extend(telling_points(&shapes, &mut numbers, 1500));
    check(&shapes, &points, 100);
}

#[test]
fn an_empty_index_matches_nothing() {
    check(&[], &[(0.0, 0.0), (f64::NAN, 1.0)], 1);
}

/// Polygons with vertices in a few places, so that edges and vertices coincide, cross themselves and lie along each other.
fn small_shapes() -> impl Strategy<Value = Vec<(u32, SmallRings)>> {
    let ring = prop::collection::vec((0_i8..7, 0_i8..7), 1..9);
    let polygon = prop::collection::vec(ring, 1..3);
    prop::collection::vec((0_u32..6, polygon), 1..8)
}

/// The places of a small grid and those halfway between, and one step to each side of them.
fn small_points(place: &impl Fn(f64) -> f64) -> Vec<(f64, f64)> {
    // Beside zero not the smallest numbers of all: with those, products underflow in the scan's predicate.
    let up = |number: f64| if number == 0.0 { 1e-60 } else { number.next_up() };
    let down = |number: f64| -up(-number);
    let halves = || (-1..=14).map(|half| place(f64::from(half) / 2.0));
    halves()
        .flat_map(|x| halves().map(move |y| (x, y)))
        .enumerate()
        .map(|(number, (x, y))| match number % 5 {
            0 => (up(x), y),
            1 => (x, down(y)),
            2 => (down(x), up(y)),
            _ => (x, y),
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn small_polygons_agree_with_a_scan(
        small in small_shapes(),
        scale in prop::sample::select(vec![1.0, 1e-7, 0.3, 2e-100, 1e9]),
        offset in prop::sample::select(vec![0.0, 60.0, -3.5e6]),
        far in any::<bool>(),
        limit in prop::sample::select(vec![1_usize, 2, 7, 1000]),
    ) {
        let place = |number: f64| number * scale + offset;
        let at = |&(x, y): &(i8, i8)| (place(f64::from(x)), place(f64::from(y)));
        let ring = |ring: &Vec<(i8, i8)>| ring.iter().map(at).collect();
        let mut shapes: Vec<Shape> = small
            .iter()
            .map(|(row, rings)| (*row, rings.iter().map(ring).collect()))
            .collect();
        if far {
            // So that all others share a coarse cell.
            let (low, high) = (place(9000.0), place(9001.0));
            shapes.push((9, vec![vec![(low, low), (high, low), (low, high)]]));
        }
        check(&shapes, &small_points(&place), limit);
    }
}

#[test]
fn coordinates_of_any_size_agree_with_small_ones() {
    let ring = [(0, 0), (6, 1), (5, 6), (3, 2), (1, 6)];
    let at = |scale: f64| move |(x, y): (i32, i32)| (f64::from(x) * scale, f64::from(y) * scale);
    let points: Vec<(i32, i32)> = (-1..8).flat_map(|x| (-1..8).map(move |y| (x, y))).collect();
    for rule in RULES {
        let expected: Vec<bool> = points
            .iter()
            .map(|&point| {
                let shape = (0, vec![ring.map(at(1.0)).to_vec()]);
                !naive(&[shape], rule, at(1.0)(point)).is_empty()
            })
            .collect();
        for exponent in [-1074, -1060, -1022, -700, -300, 300, 700, 1020, 1021] {
            // Twice, for what is below 2^-1023 has no inverse.
            let scale = at(2_f64.powi(exponent / 2) * 2_f64.powi(exponent - exponent / 2));
            for strategy in STRATEGIES {
                let shape = (0, vec![ring.map(scale).to_vec()]);
                let index = Fences::build(outlines(&[shape]), rule, strategy).unwrap();
                let (xs, ys): (Vec<f64>, Vec<f64>) = points.iter().map(|&point| scale(point)).unzip();
                let mut any = Vec::new();
                index.any(&xs, &ys, &mut any);
                assert_eq!(any, expected, "{strategy} {rule:?} 2^{exponent}");
            }
        }
    }
    let whole = vec![
        (-f64::MAX, -f64::MAX),
        (f64::MAX, -f64::MAX),
        (f64::MAX, f64::MAX),
        (-f64::MAX, f64::MAX),
    ];
    let shapes = [(3, vec![whole])];
    for strategy in STRATEGIES {
        let index = Fences::build(outlines(&shapes), Rule::Interior, strategy).unwrap();
        let mut any = Vec::new();
        index.any(
            &[0.0, f64::MAX, f64::MIN_POSITIVE, -1e300],
            &[-0.0, 0.0, 1e308, 1e300],
            &mut any,
        );
        assert_eq!(any, [true, false, true, true], "{strategy}");
    }
}

#[test]
fn shares_divide_cells_as_one_does_also_where_one_cell_has_nearly_everything() {
    let ring = |x: f64, y: f64, size: f64| vec![(x, y), (x + size, y), (x + size, y + size), (x, y + size)];
    let place = |number: u32| (f64::from(number % 50) * 1.5e-3, f64::from(number / 50) * 1.5e-3);
    let mut shapes: Vec<Shape> = (0..2000)
        .map(|number| {
            let (x, y) = place(number);
            (number, vec![ring(x, y, 3e-3)])
        })
        .collect();
    // Far away, so that all others share a few coarse cells.
    shapes.push((2000, vec![ring(100.0, 80.0, 1.0)]));
    let built = |shares| {
        Fences::build_in_shares(outlines(&shapes), Rule::Interior, FenceStrategy::Grid, shares)
            .unwrap()
            .cells()
    };
    let one = built(1);
    assert!(one.boundary > 4 * shapes.len(), "cells are divided: {one:?}");
    for shares in [2, 4, 16] {
        let cells = built(shares);
        for (got, wanted) in [
            (cells.boundary, one.boundary),
            (cells.inside, one.inside),
            (cells.edges, one.edges),
        ] {
            assert!(
                got.abs_diff(wanted) * 5 <= wanted,
                "{shares}: {cells:?}, not {one:?}"
            );
        }
    }
}

#[test]
fn what_is_no_number_or_infinite_matches_nothing() {
    let square = vec![(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)];
    let line = vec![(0.0, -1.0), (0.0, 1.0)];
    let odd = [f64::NAN, -f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
    let points: Vec<(f64, f64)> = odd
        .iter()
        .flat_map(|&odd| [(odd, 0.0), (0.0, odd), (odd, odd)])
        .chain([(0.0, 0.0), (-0.0, -0.0)])
        .collect();
    for ring in [square, line] {
        let shapes = [(7, vec![ring])];
        let (xs, ys): (Vec<f64>, Vec<f64>) = points.iter().copied().unzip();
        for strategy in STRATEGIES {
            let index = Fences::build(outlines(&shapes), Rule::Covered, strategy).unwrap();
            let pairs = probed(&index, &xs, &ys, 1);
            assert_eq!(
                (pairs.build, pairs.probe),
                (vec![7, 7], vec![1012, 1013]),
                "{strategy}"
            );
        }
    }
}

#[test]
fn the_members_of_a_multipolygon_match_once() {
    let square = |x: f64, y: f64| vec![(x, y), (x + 2.0, y), (x + 2.0, y + 2.0), (x, y + 2.0)];
    // Two that touch in a point, one that overlaps both, and other rows between.
    let shapes = vec![
        (u32::MAX, vec![square(0.0, 0.0)]),
        (4, vec![square(1.0, 1.0)]),
        (u32::MAX, vec![square(2.0, 2.0)]),
        (0, vec![square(0.5, 0.5)]),
        (u32::MAX, vec![square(1.0, 1.0)]),
    ];
    let points: Vec<(f64, f64)> = (0..=16)
        .flat_map(|x| (0..=16).map(move |y| (f64::from(x) / 4.0, f64::from(y) / 4.0)))
        .collect();
    for limit in [1, 2, 3, 5, 100] {
        check(&shapes, &points, limit);
    }
}

#[test]
fn fences_that_all_cover_each_other_stay_within_memory() {
    let mut numbers = Numbers(3);
    let shapes: Vec<Shape> = (0..300)
        .map(|row| {
            let centre = (numbers.unit() * 0.01, numbers.unit() * 0.01);
            (row, vec![star(&mut numbers, centre, 1.0, 6)])
        })
        .collect();
    let points = random_points(&mut numbers, [-1.0, -1.0, 1.0, 1.0], 40);
    check(&shapes, &points, 999);
    // Copies of one fence with hundreds of edges that meet in one vertex.
    let fan: Ring = (0..100)
        .flat_map(|spoke| {
            [
                (0.0, 0.0),
                (1.0, f64::from(spoke) / 100.0),
                (1.0, f64::from(spoke) / 100.0 + 0.005),
            ]
        })
        .collect();
    let shapes: Vec<Shape> = (0..5).map(|row| (row, vec![fan.clone()])).collect();
    let points = random_points(&mut numbers, [0.0, 0.0, 1e-3, 1e-3], 40);
    check(&shapes, &points, 64);
}

#[test]
fn strategies_have_names() {
    let names = STRATEGIES.map(|strategy| strategy.to_string());
    assert_eq!(names, ["grid", "rtree"]);
    let index = Fences::build(Outlines::new(), Rule::Covered, FenceStrategy::RTree).unwrap();
    assert_eq!(
        (index.strategy(), index.rule()),
        (FenceStrategy::RTree, Rule::Covered)
    );
    assert!(index.is_empty());
}

#[test]
fn the_cells_of_a_fence_hold_it_and_say_what_they_are() {
    let mut numbers = Numbers(4);
    let shapes: Vec<Shape> = (0..30)
        .map(|row| {
            let centre = (numbers.unit(), numbers.unit());
            (row, vec![star(&mut numbers, centre, 0.2, 40)])
        })
        .collect();
    let index = Fences::build(outlines(&shapes), Rule::Interior, FenceStrategy::Grid).unwrap();
    let points = random_points(&mut numbers, [-0.2, -0.2, 1.2, 1.2], 3000);
    for (row, rings) in &shapes {
        let cells: Vec<_> = index.cells_of(*row).collect();
        for &(x, y) in &points {
            let cell = cells.iter().find(|cell| {
                let [west, south, east, north] = cell.bounds;
                west < x && x < east && south < y && y < north
            });
            match (place(rings, (x, y)), cell.map(|cell| cell.kind)) {
                (Place::Inside, None) | (Place::Outside, Some(CellKind::Inside)) => panic!("{row}: {x}, {y}"),
                _ => {}
            }
        }
    }
    let cells: Vec<_> = shapes.iter().flat_map(|(row, _)| index.cells_of(*row)).collect();
    let inside = cells.iter().filter(|cell| cell.kind == CellKind::Inside).count();
    assert_eq!(inside, index.cells().inside);
    assert_eq!(cells.len() - inside, index.cells().boundary);
}

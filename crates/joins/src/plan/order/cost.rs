//! What a join costs, about, in nanoseconds of one core. Relations matter, not numbers: they were measured on two million
//! rows and more, on one machine.

use super::estimates::{Edge, EdgeKind, Estimates};
use super::region::Leaves;

/// A row put into a hash table, and one looked up in it.
const HASH: (f64, f64) = (60.0, 20.0);
/// A row put into an index over ranges, and one looked up in it.
const RANGE: (f64, f64) = (100.0, 15.0);
/// A row put into an index over equal keys and times, and one looked up in it.
const BAND: (f64, f64) = (60.0, 12.0);
/// A geometry put into an index over fences, and a point looked up in it.
const FENCE: (f64, f64) = (5_000.0, 6.0);
/// A pair that has equal keys, or lies in an interval, and must satisfy more.
const CANDIDATE: f64 = 10.0;
/// A pair of a nested loop.
const PAIR: f64 = 1.2;
/// A row that comes out.
const OUTPUT: f64 = 10.0;

/// Of joining two sets of inputs, each joined before.
pub(super) fn join_cost(left: Leaves, right: Leaves, estimates: &Estimates) -> f64 {
    let (left_rows, right_rows) = (estimates.rows(left), estimates.rows(right));
    let pairs = left_rows * right_rows;
    let by = |(build, probe): (f64, f64), share: f64| {
        build * left_rows.min(right_rows) + probe * left_rows.max(right_rows) + CANDIDATE * pairs * share
    };
    let edges = || estimates.between(left, right);
    let share = |kind| {
        edges()
            .filter(move |edge| edge.kind == kind)
            .map(|edge| edge.share)
    };
    let between_sides = |edge: &Edge| {
        let apart = |one: Leaves, other: Leaves| edge.one & !one == 0 && edge.other & !other == 0;
        apart(left, right) || apart(right, left)
    };
    let has = |kind| edges().any(|edge| edge.kind == kind && between_sides(edge));
    let mut cost = PAIR * pairs;
    if has(EdgeKind::Equal) {
        cost = cost.min(by(HASH, share(EdgeKind::Equal).product()));
    }
    if has(EdgeKind::Range) {
        cost = cost.min(by(RANGE, share(EdgeKind::Range).fold(1.0, f64::min)));
    }
    if has(EdgeKind::Equal) && has(EdgeKind::Band) {
        let keys: f64 = share(EdgeKind::Equal).product();
        cost = cost.min(by(BAND, keys * share(EdgeKind::Band).fold(1.0, f64::min)));
    }
    // The geometries are indexed, whichever side they are.
    for edge in edges().filter(|edge| edge.kind == EdgeKind::Fence && between_sides(edge)) {
        let points_left = edge.one & !left == 0;
        let (points, fences) = if points_left {
            (left_rows, right_rows)
        } else {
            (right_rows, left_rows)
        };
        cost = cost.min(FENCE.0 * fences + FENCE.1 * points + CANDIDATE * pairs * edge.share);
    }
    cost + OUTPUT * estimates.rows(left | right)
}

//! Where a point lies of an edge: exactly, and mostly by one floating-point product.

use robust::{Coord, orient2d};

use super::exact::exact_turn;
use super::outlines::Vertex;

/// Bound of the relative error of the determinant below.
///
/// # Source
/// J. R. Shewchuk, "Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric Predicates", 1997, section
/// 4.3, where it is called `ccwerrboundA`.
const RELATIVE_ERROR: f64 = (3.0 + 8.0 * f64::EPSILON) * (f64::EPSILON / 2.0);

/// 2^-400 and 2^400.
const SMALL: f64 = f64::from_bits((1023 - 400) << 52);
const LARGE: f64 = f64::from_bits((1023 + 400) << 52);

/// What an edge says of a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Crossing {
    /// A ray from the point to the east does not cross the edge.
    No,
    /// It does.
    Yes,
    /// The point is on the edge.
    On,
}

/// Whether a ray from (`x`, `y`) to the east crosses the edge from `a` to `b`.
///
/// An edge holds its lower end and not its upper one, so that a ray through a vertex crosses one of the two edges of a
/// boundary that goes on, and both or none where it turns back. Exact for all finite numbers: a point is inside a polygon
/// if an odd number of edges is crossed.
#[inline]
pub fn crossing(a: [f64; 2], b: [f64; 2], x: f64, y: f64) -> Crossing {
    let left = (a[0] - x) * (b[1] - y);
    let right = (a[1] - y) * (b[0] - x);
    let turn = left - right;
    // The smallest normal number is for products that underflow. Where one overflows nothing is certain.
    let error = RELATIVE_ERROR * (left.abs() + right.abs()) + f64::MIN_POSITIVE;
    if turn.abs() > error {
        let (below_a, below_b) = (a[1] > y, b[1] > y);
        match (below_a != below_b) & ((turn > 0.0) == below_b) {
            true => Crossing::Yes,
            false => Crossing::No,
        }
    } else {
        near_crossing(a, b, x, y)
    }
}

/// The same, for points on the line through the edge or very near it.
#[cold]
fn near_crossing(a: Vertex, b: Vertex, x: f64, y: f64) -> Crossing {
    let within_x = a[0].min(b[0]) <= x && x <= a[0].max(b[0]);
    let within_y = a[1].min(b[1]) <= y && y <= a[1].max(b[1]);
    if !within_y {
        return Crossing::No;
    }
    let turn = turn(a, b, [x, y]);
    let (below_a, below_b) = (a[1] > y, b[1] > y);
    if turn == 0.0 && within_x {
        Crossing::On
    } else if below_a != below_b && (turn > 0.0) == below_b {
        Crossing::Yes
    } else {
        Crossing::No
    }
}

/// Positive where `c` lies to the left of the way from `a` to `b`, negative to the right, zero on the line: exactly.
fn turn(a: Vertex, b: Vertex, c: Vertex) -> f64 {
    // Within these bounds no product of differences, nor what it is rounded by, is too large or too small for a number
    // of 64 bits.
    let plain = |number: &f64| *number == 0.0 || (SMALL..=LARGE).contains(&number.abs());
    if ![a, b, c].as_flattened().iter().all(plain) {
        return exact_turn(a, b, c);
    }
    let coordinate = |[x, y]: Vertex| Coord { x, y };
    orient2d(coordinate(a), coordinate(b), coordinate(c))
}

#[cfg(test)]
#[path = "edges_tests.rs"]
mod tests;

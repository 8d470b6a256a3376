//! Rings and parts that are not valid but can mean one thing only: the same area, drawn without what encloses nothing.

use std::collections::HashSet;

use geo::kernels::{Kernel, Orientation, RobustKernel};
use geo::{Coord, Polygon};

/// A closed ring without its spikes, and how many positions that took; `None` where it has none.
///
/// A spike goes out along a line and back along the same line, and so encloses nothing; whether the three positions lie on one
/// line is decided exactly. What is left may be too little to be a ring.
pub(super) fn without_spikes(ring: &[Coord]) -> Option<(Vec<Coord>, usize)> {
    let mut kept: Vec<Coord> = Vec::with_capacity(ring.len());
    let mut removed = 0;
    for &position in ring {
        push(&mut kept, position);
        removed += fold_back(&mut kept, 0);
    }
    removed += fold_back_around(&mut kept);
    (removed > 0).then_some((kept, removed))
}

/// Adds a position unless it repeats the last one.
fn push(kept: &mut Vec<Coord>, position: Coord) {
    if kept.last() != Some(&position) {
        kept.push(position);
    }
}

/// Takes out the spikes at the end of what begins at `start`; returns how many positions.
fn fold_back(kept: &mut Vec<Coord>, start: usize) -> usize {
    let mut removed = 0;
    while let [.., before, tip, after] = kept[start..]
        && is_spike(before, tip, after)
    {
        kept.truncate(kept.len() - 2);
        push(kept, after);
        removed += 1;
    }
    removed
}

/// Takes out the spikes whose tip is the first position, which is also the last; returns how many positions.
fn fold_back_around(kept: &mut Vec<Coord>) -> usize {
    let (mut removed, mut start) = (0, 0);
    while let [_, second, .., last_but_one, last] = kept[start..]
        && is_spike(last_but_one, last, second)
    {
        // The ring now begins where the spike did, unless it came back to the same position.
        start += 1;
        kept.pop();
        removed += 1;
        push(kept, second);
        removed += fold_back(kept, start);
    }
    kept.drain(..start);
    removed
}

/// Whether the way from `before` to `tip` is gone back, in whole or in part or beyond, on the way to `after`.
fn is_spike(before: Coord, tip: Coord, after: Coord) -> bool {
    if RobustKernel::orient2d(before, tip, after) != Orientation::Collinear {
        return false;
    }
    let backwards =
        |before: f64, tip: f64, after: f64| (before < tip && after < tip) || (before > tip && after > tip);
    backwards(before.x, tip.x, after.x) || backwards(before.y, tip.y, after.y)
}

/// Takes out parts that repeat another one position by position; returns how many.
pub(super) fn without_repeated_parts(polygons: &mut Vec<Polygon>) -> usize {
    let before = polygons.len();
    let mut seen = HashSet::new();
    polygons.retain(|polygon| {
        let rings = std::iter::once(polygon.exterior()).chain(polygon.interiors());
        let bits = rings.map(|ring| {
            let positions = ring.0.iter();
            positions
                .map(|position| (position.x.to_bits(), position.y.to_bits()))
                .collect::<Vec<_>>()
        });
        seen.insert(bits.collect::<Vec<_>>())
    });
    before - polygons.len()
}

#[cfg(test)]
#[path = "repair_tests.rs"]
mod tests;

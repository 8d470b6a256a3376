//! The least distance from a place to the edges of a geometry, nearest blocks first.
//!
//! Whatever cannot hold the nearest edge is left alone by bounds that are proven and cost no geodesic (`spheroid.rs`). They are
//! sharp to a fraction of a millimetre up to some 20 km. Farther away, where they would leave many edges, one geodesic to a block
//! bounds all that is in it: the distance is convex, or nearly so, and at least what its slope there says.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::edges::{BlockAt, Contents, Cuboid, Edges};
use super::piece::{Piece, difference, dot};
use super::spheroid::{
    Place, ROUNDING_M, SMOOTH_M, Space, at_least, bent_down, direction, lengths, space, turned_away,
};

/// From here on a geodesic is spent on a block.
const FAR_M: f64 = 20_000.0;

/// The largest block that a geodesic is spent on.
const LARGE_M: f64 = 100_000.0;

/// Something that may hold the nearest edge.
struct Candidate {
    at_least: f64,
    part: Part,
}

enum Part {
    Block(BlockAt),
    Piece(Piece),
}

impl Edges {
    /// Whether the distance from the nearest edge is one that `enough` takes; it takes all below one that it takes, and none
    /// above `limit`.
    pub(super) fn reaches(&self, place: &Place, limit: f64, enough: impl Fn(f64) -> bool) -> bool {
        enough(self.search(place, limit, &enough))
    }

    /// The distance from the nearest edge if it is not above `limit`, and else anything above that; or, as soon as `enough`
    /// takes one, a distance that it is at most.
    pub(super) fn search(&self, place: &Place, limit: f64, enough: impl Fn(f64) -> bool) -> f64 {
        let Some((whole, block)) = self.whole() else {
            return f64::INFINITY;
        };
        let root = bound(block.space(), place);
        if root > limit {
            return f64::INFINITY;
        }
        let mut nearest = f64::INFINITY;
        let mut candidates = BinaryHeap::from([Candidate {
            at_least: root,
            part: Part::Block(whole),
        }]);
        while let Some(candidate) = candidates.pop() {
            if candidate.at_least >= nearest - too_little(nearest) {
                break;
            }
            let mut add = |at_least: f64, part| {
                let at_least = at_least.max(candidate.at_least);
                if at_least <= limit && at_least < nearest {
                    candidates.push(Candidate { at_least, part });
                }
            };
            match candidate.part {
                Part::Block(at) => self.open(at, candidate.at_least, place, &mut add),
                Part::Piece(piece) if piece.is_short() => {
                    if limit.is_finite() && enough(piece.at_most(place)) {
                        return piece.at_most(place);
                    }
                    nearest = nearest.min(piece.least(place));
                    if enough(nearest) {
                        break;
                    }
                }
                Part::Piece(piece) => {
                    for half in piece.halves() {
                        add(half.at_least(place), Part::Piece(half));
                    }
                }
            }
        }
        nearest
    }

    /// Hands on what is in a block, each with a distance that it is at least away.
    fn open(&self, at: BlockAt, known: f64, place: &Place, add: &mut impl FnMut(f64, Part)) {
        let slope = Slope::at(self, at, known, place);
        match self.contents(at) {
            Contents::Blocks(level, range) => {
                for index in range {
                    let (child, block) = self.block(level, index);
                    let by_slope = slope.as_ref().map_or(0.0, |slope| slope.bound(block.space()));
                    add(bound(block.space(), place).max(by_slope), Part::Block(child));
                }
            }
            Contents::Edges(range) => self.for_each_edge(range, |_, edge| {
                let by_slope = slope.as_ref().map_or(0.0, |slope| slope.bound_of_edge(&edge));
                add(edge.at_least(place).max(by_slope), Part::Piece(edge));
            }),
        }
    }
}

/// A gain that is not worth a further look: a ten-thousandth of a millimetre per kilometre, and never above a tenth of one.
fn too_little(nearest: f64) -> f64 {
    (nearest * 1e-10).min(1e-4)
}

fn bound(cuboid: &Cuboid, place: &Place) -> f64 {
    let (chord, unit_chord) = lengths(cuboid.way_from(place.space));
    at_least(chord, unit_chord)
}

/// How the distance from a place changes from one position of a block to the others.
struct Slope {
    from: Space,
    distance: f64,
    direction: Space,
    /// What the distance may be less than the slope says, anywhere in the block.
    error: f64,
}

impl Slope {
    /// `None` where it would say nothing, or no more than the chords.
    fn at(edges: &Edges, at: BlockAt, known: f64, place: &Place) -> Option<Self> {
        let size = edges.bounds(at).space().diagonal();
        if known < FAR_M || known + 2.0 * size > SMOOTH_M || size > LARGE_M {
            return None;
        }
        let coord = edges.position_in(at);
        let arrival = place.arrival(coord);
        let farthest = arrival.distance + 2.0 * size;
        (farthest < SMOOTH_M).then(|| Self {
            from: space(coord),
            distance: arrival.distance,
            direction: direction(coord, &arrival),
            error: turned_away(size) + bent_down(farthest, size) + ROUNDING_M,
        })
    }

    fn bound(&self, cuboid: &Cuboid) -> f64 {
        self.distance + cuboid.least_along(self.direction, self.from) - self.error
    }

    fn bound_of_edge(&self, edge: &Piece) -> f64 {
        let along = |end: Space| dot(self.direction, difference(end, self.from));
        self.distance + along(edge.from.space).min(along(edge.to.space)) - edge.sag() - self.error
    }
}

// The heap gives its greatest, which is to be the nearest.
impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        other.at_least.total_cmp(&self.at_least)
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Candidate {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Candidate {}

#[cfg(test)]
#[path = "nearest_tests.rs"]
mod tests;

//! Whether rings that touch divide the interior of a polygon.

use std::collections::HashSet;

use geo::{Coord, Intersects};

use super::{Edges, box_of};
use crate::fences::Boxes;

/// Whether the interior of a polygon is in several pieces. Its rings are valid, and touch in points only.
///
/// What is not the interior is made of discs, the holes and all that is around the exterior, which touch in points. The interior is in
/// one piece exactly if there is no way from a disc through several points back to it: through each point at most once, as in a graph
/// of discs and points.
///
/// # Source
/// That a union of discs divides the sphere where it goes around: Alexander's duality.
pub(super) fn is_divided(rings: &[&Edges]) -> bool {
    if rings.len() < 2 {
        return false;
    }
    let edges: Vec<_> = (0..rings.len())
        .flat_map(|ring| rings[ring].lines.iter().map(move |line| (ring, line)))
        .collect();
    let boxes = Boxes::build(edges.iter().map(|(_, line)| box_of(line)).zip(0..));
    let (mut connected, mut points) = (Connected::new(rings.len()), HashSet::new());
    let mut touching = Vec::new();
    // Where two rings touch is a corner of one: edges that meet between their ends cross or have a line in common.
    for (ring, line) in &edges {
        let place = line.start;
        touching.clear();
        boxes.overlapping([place.x, place.y, place.x, place.y], |number| {
            let (other, edge) = edges[number as usize];
            if other != *ring && edge.intersects(&place) {
                touching.push(other);
            }
        });
        if touching.is_empty() || !points.insert(bits(place)) {
            continue;
        }
        touching.push(*ring);
        touching.sort_unstable();
        touching.dedup();
        let point = connected.add();
        if !touching.iter().all(|ring| connected.connect(point, *ring)) {
            return true;
        }
    }
    false
}

/// A position as what is equal exactly if the position is: 0 and -0 are.
fn bits(place: Coord) -> [u64; 2] {
    [(place.x + 0.0).to_bits(), (place.y + 0.0).to_bits()]
}

/// The nodes of a graph, and which of them are connected: for each another one that is, up to one that stands for all.
struct Connected(Vec<usize>);

impl Connected {
    fn new(nodes: usize) -> Self {
        Self((0..nodes).collect())
    }

    fn add(&mut self) -> usize {
        self.0.push(self.0.len());
        self.0.len() - 1
    }

    /// Connects two nodes; false if they are already.
    fn connect(&mut self, one: usize, other: usize) -> bool {
        let (one, other) = (self.head(one), self.head(other));
        self.0[one] = other;
        one != other
    }

    fn head(&mut self, mut node: usize) -> usize {
        while self.0[node] != node {
            self.0[node] = self.0[self.0[node]];
            node = self.0[node];
        }
        node
    }
}

#[cfg(test)]
#[path = "divided_tests.rs"]
mod tests;

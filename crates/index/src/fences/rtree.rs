//! The rival of the grid: an R-tree over the polygons' boxes, and each polygon's edges by height.

use super::boxes::Boxes;
use super::edges::{Crossing, crossing};
use super::index::Rule;
use super::outlines::{FencesError, Outlines, Part, Vertex};
use super::probe::{BLOCK, Candidates, Lookup};

/// About how many of a polygon's edges a slab of it has at least.
const EDGES_PER_SLAB: usize = 4;
/// How often an edge is listed, on average over a polygon, before its slabs are made higher.
const LISTED: usize = 4;

/// The edges of a polygon by height.
#[derive(Clone, Copy, Debug)]
struct Slabs {
    south: f64,
    scale: f64,
    /// Where the ends of its slabs begin among the ends of all.
    first: u32,
    count: u32,
}

impl Slabs {
    /// The slab of a height, which is within the polygon's bounds. A higher point is in no lower slab, so that the slabs
    /// of an edge's ends and those between hold the edge for all heights that it has.
    #[inline]
    fn of(&self, y: f64) -> u32 {
        ((y - self.south) * self.scale).min(f64::from(self.count - 1)) as u32
    }
}

/// An R-tree over polygons.
#[derive(Debug)]
pub(super) struct RTree {
    boxes: Boxes,
    rule: Rule,
    slabs: Vec<Slabs>,
    /// Where the edges of each slab end in `edges`, polygon by polygon.
    ends: Vec<u32>,
    edges: Vec<u32>,
    vertices: Vec<Vertex>,
    /// The row of each polygon, ascending.
    rows: Vec<u32>,
}

impl RTree {
    /// Builds the tree of outlines whose polygons are in the order of their rows.
    pub(super) fn build(outlines: Outlines, rule: Rule) -> Result<Self, FencesError> {
        let parts = outlines.parts.iter();
        let mut tree = Self {
            boxes: Boxes::build(parts.clone().zip(0..).map(|(part, number)| (part.bounds, number))),
            rule,
            slabs: Vec::with_capacity(parts.len()),
            ends: Vec::new(),
            edges: Vec::new(),
            rows: parts.map(|part| part.row).collect(),
            vertices: Vec::new(),
        };
        let mut edges = Vec::new();
        for part in &outlines.parts {
            edges.clear();
            edges.extend(outlines.edges(part).flatten());
            tree.add(&outlines.vertices, part, &edges);
            if tree.edges.len() > u32::MAX as usize {
                return Err(FencesError::TooMany {
                    count: tree.edges.len(),
                    limit: u32::MAX as usize,
                });
            }
        }
        tree.vertices = outlines.vertices;
        tree.ends.shrink_to_fit();
        tree.edges.shrink_to_fit();
        Ok(tree)
    }

    /// Adds the slabs of a polygon, as many as its edges pay for.
    fn add(&mut self, vertices: &[Vertex], part: &Part, edges: &[u32]) {
        let [_, south, _, north] = part.bounds;
        let first = self.ends.len() as u32;
        let range = |slabs: &Slabs, edge: u32| {
            let (a, b) = (vertices[edge as usize][1], vertices[edge as usize + 1][1]);
            slabs.of(a.min(b))..=slabs.of(a.max(b))
        };
        let mut count = (edges.len() / EDGES_PER_SLAB).max(1) as u32;
        let slabs = loop {
            let scale = f64::from(count) / (north - south);
            let (scale, south) = match scale > 0.0 && scale < f64::INFINITY {
                true => (scale, south),
                false => (0.0, 0.0),
            };
            let slabs = Slabs {
                south,
                scale,
                first,
                count,
            };
            let listed: usize = edges.iter().map(|&edge| range(&slabs, edge).count()).sum();
            if listed <= LISTED * edges.len() || count == 1 {
                break slabs;
            }
            count /= 2;
        };
        let mut next = vec![0_u32; slabs.count as usize + 1];
        for &edge in edges {
            range(&slabs, edge).for_each(|slab| next[slab as usize + 1] += 1);
        }
        let mut sum = self.edges.len() as u32;
        for start in &mut next {
            sum += *start;
            *start = sum;
        }
        self.ends.extend_from_slice(&next[1..]);
        self.edges.resize(sum as usize, 0);
        for &edge in edges {
            for slab in range(&slabs, edge) {
                self.edges[next[slab as usize] as usize] = edge;
                next[slab as usize] += 1;
            }
        }
        self.slabs.push(slabs);
    }

    pub(super) fn bytes(&self) -> usize {
        self.boxes.bytes()
            + self.slabs.capacity() * size_of::<Slabs>()
            + self.vertices.capacity() * size_of::<Vertex>()
            + (self.ends.capacity() + self.edges.capacity() + self.rows.capacity()) * 4
    }

    /// How many times edges are listed.
    pub(super) const fn edges(&self) -> usize {
        self.edges.len()
    }

    /// Whether a point within the bounds of a polygon matches it.
    fn holds(&self, part: u32, [x, y]: Vertex) -> bool {
        let slabs = &self.slabs[part as usize];
        let slab = (slabs.first + slabs.of(y)) as usize;
        let start = slab.checked_sub(1).map_or(0, |before| self.ends[before]);
        let mut inside = false;
        for &edge in &self.edges[start as usize..self.ends[slab] as usize] {
            let (a, b) = (self.vertices[edge as usize], self.vertices[edge as usize + 1]);
            match crossing(a, b, x, y) {
                Crossing::No => {}
                Crossing::Yes => inside = !inside,
                Crossing::On => return self.rule == Rule::Covered,
            }
        }
        inside
    }
}

impl Lookup for RTree {
    fn locate(&self, xs: &[f64], _ys: &[f64], found: &mut Candidates) {
        found.count = xs.len().min(BLOCK);
        found.each_one = false;
        for (position, place) in (0..).zip(&mut found.positions[..found.count]) {
            *place = position;
        }
    }

    fn rows(&self) -> &[u32] {
        &self.rows
    }

    fn matches(&self, [x, y]: Vertex, _word: u32, mark: u32, room: usize, rows: &mut Vec<u32>) -> u32 {
        let mut parts = Vec::new();
        self.boxes.overlapping([x, y, x, y], |part| {
            if part >= mark {
                parts.push(part);
            }
        });
        parts.sort_unstable();
        let end = rows.len().saturating_add(room);
        let mut last = mark.checked_sub(1).map(|part| self.rows[part as usize]);
        for part in parts {
            let row = self.rows[part as usize];
            if last == Some(row) || !self.holds(part, [x, y]) {
                continue;
            }
            last = Some(row);
            rows.push(row);
            if rows.len() == end {
                return part + 1;
            }
        }
        0
    }

    fn any(&self, [x, y]: Vertex, _word: u32) -> bool {
        let mut any = false;
        self.boxes.overlapping([x, y, x, y], |part| {
            any = any || self.holds(part, [x, y]);
        });
        any
    }
}

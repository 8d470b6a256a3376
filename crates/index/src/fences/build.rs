//! How the grid is built: coarse cells first, and then each is divided. Both are done in shares, on several threads.

use std::ops::Range;

use super::cells::Contents;
use super::divide::{Divider, Fineness};
use super::frame::{DEPTH, Frame};
use super::index::CellCounts;
use super::marks::{MOST_BITS, Marks};
use super::nodes::{MOST_CHILDREN, MOST_PARTS, MOST_WORDS, moved};
use super::outlines::{FencesError, Outlines, Part, Vertex};
use super::raster::{Raster, Window};
use crate::threads::on_threads;

/// The coarse grid has at least four columns, of which the first and the last are empty.
const COARSE_BITS: std::ops::RangeInclusive<u32> = 2..=MOST_BITS;
/// How many entries of coarse cells a vertex may cost, and how many are free.
const ENTRIES_PER_VERTEX: usize = 4;
const FREE_ENTRIES: usize = 1 << 16;
/// How many words the division of cells may cost for each vertex, and how many are free.
const WORDS_PER_VERTEX: usize = 16;
const FREE_WORDS: usize = 1 << 16;

/// A grid that is being built.
#[derive(Debug)]
pub(super) struct Builder<'a> {
    vertices: &'a [Vertex],
    pub(super) frame: Frame,
    pub(super) marks: Marks,
    pub(super) nodes: Vec<u32>,
    pub(super) children: Vec<u32>,
    pub(super) leaves: Vec<u32>,
    pub(super) counts: CellCounts,
}

impl<'a> Builder<'a> {
    /// Builds the grid of outlines with those bounds in that many shares, each the work of a thread.
    pub(super) fn build(
        outlines: &'a Outlines,
        bounds: [f64; 4],
        shares: usize,
    ) -> Result<Self, FencesError> {
        let too_many = || FencesError::TooMany {
            count: outlines.vertices.len(),
            // So many always fit; of fences as they are drawn, ten times as many.
            limit: MOST_WORDS / 64,
        };
        if outlines.parts.len() > MOST_PARTS {
            return Err(too_many());
        }
        let frame = Frame::new(bounds, coarse_bits(outlines, bounds));
        let mut contents = coarse_contents(outlines, &frame, shares).ok_or_else(too_many)?;
        let mut builder = Self {
            vertices: &outlines.vertices,
            frame,
            marks: Marks::new(contents.records.iter().map(|(cell, _)| *cell), frame.bits),
            nodes: Vec::new(),
            children: Vec::new(),
            leaves: Vec::new(),
            counts: CellCounts::default(),
        };
        let places = builder.rank(&mut contents);
        builder.divide(&contents, &places, shares);
        if builder.leaves.len() > MOST_WORDS || builder.children.len() > MOST_CHILDREN {
            return Err(too_many());
        }
        Ok(builder)
    }

    /// Sorts `contents` by the number of each cell that holds something. Says of each its column and row.
    fn rank(&self, contents: &mut Contents) -> Vec<(u32, u32)> {
        for (cell, _) in &mut contents.records {
            *cell = self.marks.rank(*cell);
        }
        let (bits, mask) = (self.frame.bits, (1 << self.frame.bits) - 1);
        let places = self.marks.cells().map(|cell| (cell & mask, cell >> bits));
        let places: Vec<_> = places.collect();
        contents.sort(places.len());
        contents.records = Vec::new();
        places
    }

    /// Divides the coarse cells, which are at those places, in shares that cost about the same.
    fn divide(&mut self, contents: &Contents, places: &[(u32, u32)], shares: usize) {
        let allowance = WORDS_PER_VERTEX * self.vertices.len() + FREE_WORDS;
        let fineness = Fineness::for_vertices(self.vertices.len());
        let (vertices, frame) = (self.vertices, self.frame);
        let weights = (0..places.len()).map(|cell| {
            let records = contents.of(cell);
            records.iter().map(|record| record.edges() + 1).sum()
        });
        let whole: usize = weights.clone().sum();
        let divided = on_threads(shares_of(weights.clone(), shares), |cells| {
            // A share may be one cell that has nearly everything: it gets what it would get alone.
            let weight: usize = weights.clone().skip(cells.start).take(cells.len()).sum();
            let part = |all: usize| (all as u128 * weight as u128 / whole.max(1) as u128) as usize;
            let (allowance, most_words) = (part(allowance), part(MOST_CHILDREN));
            let mut divider = Divider::new(vertices, frame, fineness, allowance, most_words);
            let nodes = cells.map(|cell| {
                let (column, row) = places[cell];
                let records = contents.of(cell);
                divider.node(records, &contents.edges, DEPTH, column, row).word()
            });
            (nodes.collect::<Vec<_>>(), divider)
        });
        // Memory for all at once: what is made anew costs more than what is copied into it.
        let sum =
            |length: fn(&Divider<'_>) -> usize| divided.iter().map(|(_, divider)| length(divider)).sum();
        let (children, leaves): (usize, usize) = (
            sum(|divider| divider.children.len()),
            sum(|divider| divider.leaves.len()),
        );
        for (nodes, divider) in divided {
            if self.nodes.is_empty() {
                (self.nodes, self.counts) = (nodes, divider.counts);
                self.nodes.reserve_exact(places.len() - self.nodes.len());
                (self.children, self.leaves) = (divider.children, divider.leaves);
                self.children.reserve_exact(children - self.children.len());
                self.leaves.reserve_exact(leaves - self.leaves.len());
            } else {
                self.append(&nodes, &divider);
            }
        }
        self.children.shrink_to_fit();
        self.leaves.shrink_to_fit();
    }

    /// Adds the next cells, and what they were divided into.
    fn append(&mut self, nodes: &[u32], divider: &Divider<'_>) {
        let (children, leaves) = (self.children.len() as u32, self.leaves.len() as u32);
        let moved = |word: &u32| moved(*word, children, leaves);
        self.nodes.extend(nodes.iter().map(moved));
        self.children.extend(divider.children.iter().map(moved));
        self.leaves.extend_from_slice(&divider.leaves);
        self.counts.inside += divider.counts.inside;
        self.counts.boundary += divider.counts.boundary;
        self.counts.edges += divider.counts.edges;
    }
}

/// The polygons of each coarse cell; `None` where there is too much to count.
fn coarse_contents(outlines: &Outlines, frame: &Frame, shares: usize) -> Option<Contents> {
    let weights = outlines.parts.iter().map(|part| {
        let edges: usize = outlines.edges(part).map(|ring| ring.len()).sum();
        edges + 1
    });
    let contents = on_threads(shares_of(weights, shares), |parts| {
        contents_of(outlines, frame, parts)
    });
    let (records, edges) = contents.iter().fold((0, 0), |(records, edges), contents| {
        (records + contents.records.len(), edges + contents.edges.len())
    });
    if records.max(edges) > u32::MAX as usize {
        return None;
    }
    contents.into_iter().reduce(|mut all, contents| {
        all.append(contents);
        all
    })
}

/// What those polygons have in the coarse cells.
fn contents_of(outlines: &Outlines, frame: &Frame, parts: Range<usize>) -> Contents {
    let mut contents = Contents::default();
    let mut raster = Raster::default();
    let bits = frame.bits;
    let mut all = Vec::new();
    for number in parts {
        let part = &outlines.parts[number];
        let number = number as u32;
        let window = window_of(frame, part);
        let corner = window.row << bits | window.column;
        if window.columns == 1 && window.rows == 1 {
            all.clear();
            all.extend(outlines.edges(part).flatten());
            contents.add(corner, number, false, &all);
            continue;
        }
        let edges = outlines.edges(part).flatten();
        let take = |cell, parity, edges: &[u32]| {
            let cell = corner + ((cell / window.columns) << bits) + cell % window.columns;
            contents.add(cell, number, parity, edges);
        };
        raster.run(frame, &outlines.vertices, &window, edges, false, take);
    }
    contents
}

/// At most `count` ranges, at least one, of what has those weights, that weigh about the same.
fn shares_of(weights: impl Iterator<Item = usize> + Clone, count: usize) -> Vec<Range<usize>> {
    let each = weights.clone().sum::<usize>().div_ceil(count.max(1)).max(1);
    let (mut shares, mut begin, mut end, mut sum) = (Vec::with_capacity(count), 0, 0, 0);
    for weight in weights {
        end += 1;
        sum += weight;
        if sum >= each {
            shares.push(begin..end);
            (begin, sum) = (end, 0);
        }
    }
    if begin < end || shares.is_empty() {
        shares.push(begin..end);
    }
    shares
}

/// The coarse cells of a polygon's box.
fn window_of(frame: &Frame, part: &Part) -> Window {
    let [west, south, east, north] = part.bounds;
    let column = |x| frame.x.cell(frame.x.place(x)) >> DEPTH;
    let row = |y| frame.y.cell(frame.y.place(y)) >> DEPTH;
    Window {
        shift: DEPTH,
        column: column(west),
        row: row(south),
        columns: column(east) - column(west) + 1,
        rows: row(north) - row(south) + 1,
    }
}

/// The finest coarse grid of which the polygons touch no more cells than their vertices pay for.
fn coarse_bits(outlines: &Outlines, [west, south, east, north]: [f64; 4]) -> u32 {
    // Too wide or too narrow for numbers of 64 bits is one cell for all.
    let per = |whole: f64| match whole < f64::INFINITY && 1.0 / whole < f64::INFINITY {
        true => 1.0 / whole,
        false => 0.0,
    };
    let (per_width, per_height) = (per(east - west), per(north - south));
    let shares = outlines.parts.iter().map(|part| {
        let [west, south, east, north] = part.bounds;
        ((east - west) * per_width, (north - south) * per_height)
    });
    // Of a box, its cells are the area, half the outline, and one; of an edge the outline, twice, and one.
    let (area, outline) = shares.fold((0.0, 0.0), |(area, outline), (x, y)| {
        (area + x * y, outline + x + y)
    });
    let long = outlines
        .parts
        .iter()
        .flat_map(|part| outlines.edges(part).flatten());
    let along: f64 = long
        .map(|edge| {
            let ([ax, ay], [bx, by]) = (
                outlines.vertices[edge as usize],
                outlines.vertices[edge as usize + 1],
            );
            (bx - ax).abs() * per_width + (by - ay).abs() * per_height
        })
        .sum();
    let most = (ENTRIES_PER_VERTEX * (outlines.vertices.len() + outlines.parts.len()) + FREE_ENTRIES) as f64;
    let fits = |bits: &u32| {
        let side = f64::from(1_u32 << bits);
        area * side * side + (outline + along) * side <= most
    };
    let (&coarsest, &finest) = (COARSE_BITS.start(), COARSE_BITS.end());
    (coarsest..=finest).rev().find(fits).unwrap_or(coarsest)
}

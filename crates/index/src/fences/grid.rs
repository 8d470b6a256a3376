//! The grid: a bitmap of coarse cells, cells that are divided where many edges meet, and what each of them holds.

use multiversion::multiversion;

use super::build::Builder;
use super::edges::{Crossing, crossing};
use super::frame::{DEPTH, Frame};
use super::index::{CellCounts, Rule};
use super::marks::Marks;
use super::nodes::{EMPTY, Entries, Entry, Node, is_inner, is_leaf, is_one};
use super::outlines::{FencesError, Outlines, Vertex};
use super::probe::{BLOCK, Candidates, Lookup};
use super::raster::{EDGE, END_RIGHT, START_RIGHT};

/// The shared grid of all polygons.
#[derive(Debug)]
pub(super) struct Grid {
    pub(super) frame: Frame,
    rule: Rule,
    /// The coarse cells that hold something. The outermost ones never do, so that what is beyond the bounds needs no test of its own.
    marks: Marks,
    /// What those hold, in that order.
    pub(super) nodes: Vec<u32>,
    pub(super) children: Vec<u32>,
    pub(super) leaves: Vec<u32>,
    vertices: Vec<Vertex>,
    /// The row of each polygon, ascending.
    pub(super) rows: Vec<u32>,
    pub(super) counts: CellCounts,
}

impl Grid {
    /// Builds the grid of outlines whose polygons are in the order of their rows, in that many shares.
    pub(super) fn build(
        outlines: Outlines,
        bounds: [f64; 4],
        rule: Rule,
        shares: usize,
    ) -> Result<Self, FencesError> {
        let built = Builder::build(&outlines, bounds, shares)?;
        Ok(Self {
            frame: built.frame,
            rule,
            marks: built.marks,
            nodes: built.nodes,
            children: built.children,
            leaves: built.leaves,
            rows: outlines.parts.iter().map(|part| part.row).collect(),
            counts: built.counts,
            vertices: outlines.vertices,
        })
    }

    pub(super) fn bytes(&self) -> usize {
        self.marks.bytes()
            + self.vertices.capacity() * size_of::<Vertex>()
            + [&self.nodes, &self.children, &self.leaves, &self.rows]
                .map(|words| words.capacity() * 4)
                .iter()
                .sum::<usize>()
    }

    /// Calls `take` with the column, row and word of every coarse cell that holds something.
    pub(super) fn coarse(&self, mut take: impl FnMut(u32, u32, u32)) {
        let side = 1_u32 << self.frame.bits;
        for (cell, &word) in self.marks.cells().zip(&self.nodes) {
            take(cell % side, cell / side, word);
        }
    }

    /// What the coarse cell of a place holds.
    #[inline(always)]
    fn node(&self, (column, row): (u32, u32)) -> u32 {
        let cell = (row >> DEPTH) << self.frame.bits | column >> DEPTH;
        match self.marks.has(cell) {
            true => self.nodes[self.marks.rank(cell) as usize],
            false => EMPTY,
        }
    }

    /// What a cell holds: the next smaller one at a place if it is divided, and that is then the lower `shift` bits wide; else itself.
    #[inline(always)]
    fn child(&self, word: u32, shift: u32, (column, row): (u32, u32)) -> (u32, u32) {
        let Node::Inner { split, start } = Node::of(word) else {
            return (word, shift);
        };
        let shift = shift - split;
        let mask = (1 << split) - 1;
        let child = ((row >> shift) & mask) << split | ((column >> shift) & mask);
        (self.children[(start + child) as usize], shift)
    }

    /// What the smallest cell at a place holds.
    fn smallest(&self, place: (u32, u32)) -> u32 {
        let (mut word, mut shift) = (self.node(place), DEPTH);
        while is_inner(word) {
            (word, shift) = self.child(word, shift, place);
        }
        word
    }

    /// Sets what the smallest cells at the places of candidates hold.
    #[inline(always)]
    fn descend(&self, found: &mut Candidates) {
        // One level for all, and then the few that go on: were it known of each before the next whether it does, so would be how long
        // memory takes to say it.
        for (word, &at) in found.words.iter_mut().zip(&found.positions[..found.count]) {
            *word = self.node(found.places.of(at));
        }
        let mut inner = false;
        for (word, &at) in found.words.iter_mut().zip(&found.positions[..found.count]) {
            *word = self.child(*word, DEPTH, found.places.of(at)).0;
            inner |= is_inner(*word);
        }
        if inner {
            found.list(is_inner);
            for &listed in &found.listed[..found.listed_count] {
                let listed = usize::from(listed) & (BLOCK - 1);
                found.words[listed] = self.smallest(found.places.of(found.positions[listed]));
            }
        }
    }

    /// Decides of the candidates that are in a leaf of one polygon: that polygon's word is then theirs, or that of nothing.
    ///
    /// They are listed first: whether a candidate is one of them cannot be guessed, and each wrong guess takes as long as deciding one.
    #[inline(always)]
    fn decide(&self, xs: &[f64], ys: &[f64], found: &mut Candidates) {
        found.list(is_leaf);
        self.touch(found);
        for &listed in &found.listed[..found.listed_count] {
            let listed = usize::from(listed) & (BLOCK - 1);
            let at = usize::from(found.positions[listed]);
            if let Node::Leaf(start) = Node::of(found.words[listed])
                && let Some(entry) = Entries::of(&self.leaves, start).only()
            {
                found.words[listed] = match self.holds(&entry, xs[at], ys[at]) {
                    true => Node::One(entry.part).word(),
                    false => EMPTY,
                };
            }
        }
    }

    /// Loads what the listed leaves begin with, and an edge of each: the waits for memory that pass here side by side would
    /// come one after the other where each point's answer is decided before the next one is looked at.
    #[inline(always)]
    fn touch(&self, found: &Candidates) {
        let mut sum = 0.0;
        for &listed in &found.listed[..found.listed_count] {
            let Node::Leaf(start) = Node::of(found.words[usize::from(listed) & (BLOCK - 1)]) else {
                continue;
            };
            // The first edge of the first entry, if that has edges; else anything.
            let edge = self.leaves.get(start as usize + 3).map_or(0, |edge| edge & EDGE);
            sum += self.vertices.get(edge as usize).map_or(0.0, |vertex| vertex[0]);
        }
        std::hint::black_box(sum);
    }

    /// Whether a point in the cell of an entry matches its polygon.
    #[inline(always)]
    fn holds(&self, entry: &Entry<'_>, x: f64, y: f64) -> bool {
        let mut inside = entry.parity;
        for &edge in entry.edges {
            let number = (edge & EDGE) as usize;
            let &[a, b, ..] = &self.vertices[number..number + 2] else {
                continue;
            };
            match crossing(a, b, x, y) {
                Crossing::No => {}
                Crossing::Yes => inside = !inside,
                Crossing::On => return self.rule == Rule::Covered,
            }
            inside ^= (edge & START_RIGHT != 0) & (a[1] <= y);
            inside ^= (edge & END_RIGHT != 0) & (b[1] <= y);
        }
        inside
    }
}

/// Finds which of the points whose bit is set may match. What it is made of counts bits at every step, which old processors have no
/// instruction for.
#[multiversion(targets("x86_64+avx2+bmi1+bmi2+lzcnt+popcnt"))]
fn narrow(grid: &Grid, marked: &[u64; BLOCK / 64], (xs, ys): (&[f64], &[f64]), found: &mut Candidates) {
    found.count = positions_of(marked, &mut found.positions);
    grid.descend(found);
    grid.decide(xs, ys, found);
    found.keep(|word| word != EMPTY, is_one);
}

/// Lists where bits are set, ascending; returns how many they are.
///
/// Four at a time: how many a word has is mostly a few, and a loop that ends after each of them would be guessed wrong at every word.
#[inline(always)]
fn positions_of(bits: &[u64; BLOCK / 64], positions: &mut [u16; BLOCK]) -> usize {
    let mut count = 0;
    for (first, &word) in (0..).step_by(64).zip(bits) {
        let (mut rest, mut next) = (word, count);
        while rest != 0 {
            for _ in 0..4 {
                // The last of these may be none, and are written over. No word has more than its 64, so that nothing is listed behind
                // the block: the mask spares the check.
                positions[next & (BLOCK - 1)] = first + rest.trailing_zeros() as u16;
                rest &= rest.wrapping_sub(1);
                next += 1;
            }
        }
        count += word.count_ones() as usize;
    }
    count
}

impl Lookup for Grid {
    fn locate(&self, xs: &[f64], ys: &[f64], found: &mut Candidates) {
        let marked = self.marks.points(&self.frame, (xs, ys), &mut found.places);
        narrow(self, &marked, (xs, ys), found);
    }

    fn rows(&self) -> &[u32] {
        &self.rows
    }

    #[inline]
    fn matches(&self, [x, y]: Vertex, word: u32, mark: u32, room: usize, rows: &mut Vec<u32>) -> u32 {
        match Node::of(word) {
            Node::One(part) if mark == 0 => {
                rows.push(self.rows[part as usize]);
                0
            }
            Node::Leaf(start) => {
                let end = rows.len().saturating_add(room);
                let mut last = mark.checked_sub(1).map(|part| self.rows[part as usize]);
                for entry in Entries::of(&self.leaves, start) {
                    let row = self.rows[entry.part as usize];
                    if entry.part < mark || last == Some(row) || !self.holds(&entry, x, y) {
                        continue;
                    }
                    last = Some(row);
                    rows.push(row);
                    if rows.len() == end {
                        return entry.part + 1;
                    }
                }
                0
            }
            _ => 0,
        }
    }

    fn any(&self, [x, y]: Vertex, word: u32) -> bool {
        match Node::of(word) {
            Node::One(_) => true,
            Node::Leaf(start) => Entries::of(&self.leaves, start).any(|entry| self.holds(&entry, x, y)),
            _ => false,
        }
    }
}

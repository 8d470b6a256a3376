//! The grid: a bitmap of coarse cells, cells that are divided where many edges meet, and what each of them holds.

use multiversion::multiversion;

use super::build::Builder;
use super::edges::{Crossing, crossing};
use super::frame::{DEPTH, Frame};
use super::index::{CellCounts, Rule};
use super::nodes::{EMPTY, Entries, Entry, Node, is_inner};
use super::outlines::{FencesError, Outlines, Vertex};
use super::probe::{BLOCK, Candidates, Lookup};
use super::raster::{EDGE, END_RIGHT, START_RIGHT};

/// The shared grid of all polygons.
#[derive(Debug)]
pub(super) struct Grid {
    pub(super) frame: Frame,
    rule: Rule,
    /// A bit for each coarse cell, row by row: whether it holds anything. The outermost ones never do, so that what is
    /// beyond the bounds needs no test of its own.
    bitmap: Vec<u64>,
    /// How many bits are set before each word of the bitmap.
    ranks: Vec<u32>,
    /// The coarse cells that hold something, in that order.
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
            bitmap: built.bitmap,
            ranks: built.ranks,
            nodes: built.nodes,
            children: built.children,
            leaves: built.leaves,
            rows: outlines.parts.iter().map(|part| part.row).collect(),
            counts: built.counts,
            vertices: outlines.vertices,
        })
    }

    pub(super) fn bytes(&self) -> usize {
        self.bitmap.capacity() * 8
            + self.vertices.capacity() * size_of::<Vertex>()
            + [&self.ranks, &self.nodes, &self.children, &self.leaves, &self.rows]
                .map(|words| words.capacity() * 4)
                .iter()
                .sum::<usize>()
    }

    /// Calls `take` with the column, row and word of every coarse cell that holds something.
    pub(super) fn coarse(&self, mut take: impl FnMut(u32, u32, u32)) {
        let side = 1_u32 << self.frame.bits;
        let mut nodes = self.nodes.iter();
        for cell in 0..side * side {
            if self.bitmap[(cell / 64) as usize] >> (cell % 64) & 1 != 0
                && let Some(&word) = nodes.next()
            {
                take(cell % side, cell / side, word);
            }
        }
    }

    /// What the coarse cell with that number holds, which is known not to be nothing.
    #[inline]
    fn node(&self, cell: u32) -> u32 {
        let word = (cell / 64) as usize;
        let before = self.bitmap[word] & ((1 << (cell % 64)) - 1);
        self.nodes[(self.ranks[word] + before.count_ones()) as usize]
    }

    /// What the smallest cell at a fine column and row holds, from that of the coarse cell.
    #[inline]
    fn descend(&self, mut word: u32, column: u32, row: u32) -> u32 {
        let mut shift = DEPTH;
        while let Node::Inner { split, start } = Node::of(word) {
            shift -= split;
            let mask = (1 << split) - 1;
            let child = ((row >> shift) & mask) << split | ((column >> shift) & mask);
            word = self.children[(start + child) as usize];
        }
        word
    }

    /// Loads what the leaves of a block begin with, and an edge of each: the waits for memory that pass here side by side would
    /// come one after the other where each point's answer is decided before the next one is looked at.
    fn touch(&self, words: &[u32]) {
        let mut sum = 0.0;
        for &word in words {
            let start = match Node::of(word) {
                Node::Leaf(start) => start as usize,
                _ => continue,
            };
            // The first edge of the first entry, if that has edges; else anything.
            let edge = self.leaves.get(start + 3).map_or(0, |edge| edge & EDGE);
            sum += self.vertices.get(edge as usize).map_or(0.0, |vertex| vertex[0]);
        }
        std::hint::black_box(sum);
    }

    /// Whether a point in the cell of an entry matches its polygon.
    #[inline]
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

/// Lists the points of a block whose coarse cell holds something, with what that is; returns how many they are.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+bmi1+bmi2+lzcnt+popcnt",
    "x86_64+avx2+bmi1+bmi2+lzcnt+popcnt"
))]
fn in_marked_cells(grid: &Grid, (xs, ys): (&[f64], &[f64]), found: &mut Candidates) -> usize {
    let frame = &grid.frame;
    let mut cells = [0; BLOCK];
    for ((cell, &x), &y) in cells.iter_mut().zip(xs).zip(ys) {
        let (column, row) = (frame.x.cell(frame.x.place(x)), frame.y.cell(frame.y.place(y)));
        *cell = (row >> DEPTH) << frame.bits | column >> DEPTH;
    }
    let mut count = 0;
    for (position, &cell) in cells[..xs.len().min(BLOCK)].iter().enumerate() {
        let set = grid.bitmap[(cell / 64) as usize] >> (cell % 64) & 1;
        // `count` is below the block's size; the mask only spares the check.
        found.positions[count & (BLOCK - 1)] = position as u16;
        found.words[count & (BLOCK - 1)] = cell;
        count += set as usize;
    }
    for word in &mut found.words[..count] {
        *word = grid.node(*word);
    }
    count
}

impl Lookup for Grid {
    fn locate(&self, xs: &[f64], ys: &[f64], found: &mut Candidates) {
        let mut count = in_marked_cells(self, (xs, ys), found);
        let inner = found.words[..count].iter().any(|&word| is_inner(word));
        if inner {
            let mut kept = 0;
            for candidate in 0..count {
                let position = found.positions[candidate];
                let at = usize::from(position);
                let (x, y) = (&self.frame.x, &self.frame.y);
                let (column, row) = (x.cell(x.place(xs[at])), y.cell(y.place(ys[at])));
                let word = self.descend(found.words[candidate], column, row);
                found.positions[kept] = position;
                found.words[kept] = word;
                kept += usize::from(word != EMPTY);
            }
            count = kept;
        }
        found.count = count;
        self.touch(&found.words[..count]);
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

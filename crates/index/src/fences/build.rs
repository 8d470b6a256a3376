//! How the grid is built: coarse cells first, and each divided for as long as it has many edges.

use super::frame::{DEPTH, Frame};
use super::index::CellCounts;
use super::nodes::{Entry, MOST_PARTS, MOST_SPLIT, MOST_WORDS, Node};
use super::outlines::{FencesError, Outlines, Part, Vertex};
use super::raster::{Raster, Window};

/// The coarse grid has at least four columns, of which the first and the last are empty, and at most 1024, so that the
/// bitmap fits a cache.
const COARSE_BITS: std::ops::RangeInclusive<u32> = 2..=10;
/// How many entries of coarse cells a vertex may cost, and how many are free.
const ENTRIES_PER_VERTEX: usize = 4;
const FREE_ENTRIES: usize = 1 << 16;
/// How many words the division of cells may cost for each vertex, and how many are free.
const WORDS_PER_VERTEX: usize = 16;
const FREE_WORDS: usize = 1 << 16;
/// How far cells are divided.
#[derive(Clone, Copy, Debug)]
struct Fineness {
    /// Cells with so many edges are not divided, nor those in which a polygon has fewer than so many on average.
    few_edges: usize,
    few_edges_each: usize,
    /// A cell with `n` edges of a polygon on average is divided into at most that many times `n` cells.
    cells_per_edge: usize,
}

impl Fineness {
    /// Small cells make look-ups a third faster and take twice as long to build, which so few vertices allow.
    const fn for_vertices(count: usize) -> Self {
        if count <= 1 << 16 {
            return Self {
                few_edges: 4,
                few_edges_each: 2,
                cells_per_edge: 8,
            };
        }
        Self {
            few_edges: 12,
            few_edges_each: 3,
            cells_per_edge: 4,
        }
    }
}

/// A polygon in a cell that is yet to be written.
#[derive(Clone, Copy, Debug, Default)]
struct Record {
    part: u32,
    /// The number of edges and the parity, as in an entry.
    word: u32,
    /// Where its edges begin.
    start: u32,
}

impl Record {
    const fn edges(&self) -> usize {
        (self.word >> 1) as usize
    }

    fn entry<'a>(&self, edges: &'a [u32]) -> Entry<'a> {
        let start = self.start as usize;
        Entry {
            part: self.part,
            parity: self.word & 1 != 0,
            edges: &edges[start..start + self.edges()],
        }
    }
}

/// The contents of many cells.
#[derive(Debug, Default)]
struct Contents {
    /// Records and their cells.
    records: Vec<(u32, Record)>,
    edges: Vec<u32>,
    /// The records by cell, and where each cell's begin.
    sorted: Vec<Record>,
    starts: Vec<u32>,
}

impl Contents {
    fn clear(&mut self) {
        self.records.clear();
        self.edges.clear();
    }

    fn add(&mut self, cell: u32, part: u32, parity: bool, edges: &[u32]) {
        let record = Record {
            part,
            word: (edges.len() as u32) << 1 | u32::from(parity),
            start: self.edges.len() as u32,
        };
        self.records.push((cell, record));
        self.edges.extend_from_slice(edges);
    }

    /// Puts the records in the order of their cells, of which there are `count`; within a cell they keep theirs.
    fn sort(&mut self, count: usize) {
        self.starts.clear();
        self.starts.resize(count + 2, 0);
        for &(cell, _) in &self.records {
            self.starts[cell as usize + 2] += 1;
        }
        let mut sum = 0;
        for start in &mut self.starts {
            sum += *start;
            *start = sum;
        }
        self.sorted.clear();
        self.sorted.resize(self.records.len(), Record::default());
        for &(cell, record) in &self.records {
            let next = &mut self.starts[cell as usize + 1];
            self.sorted[*next as usize] = record;
            *next += 1;
        }
    }

    /// The records of a cell, once they are sorted.
    fn of(&self, cell: usize) -> &[Record] {
        &self.sorted[self.starts[cell] as usize..self.starts[cell + 1] as usize]
    }
}

/// A grid that is being built.
#[derive(Debug)]
pub(super) struct Builder<'a> {
    vertices: &'a [Vertex],
    pub(super) frame: Frame,
    pub(super) bitmap: Vec<u64>,
    pub(super) ranks: Vec<u32>,
    pub(super) nodes: Vec<u32>,
    pub(super) children: Vec<u32>,
    pub(super) leaves: Vec<u32>,
    pub(super) counts: CellCounts,
    raster: Raster,
    /// Contents that are not in use, for the depths of division.
    spare: Vec<Contents>,
    /// Leaves without edges that were written lately, by a hash of what they hold.
    written: Vec<u32>,
    /// How many words the division of cells may still cost.
    allowance: usize,
    fineness: Fineness,
}

impl<'a> Builder<'a> {
    /// Builds the grid of outlines with those bounds.
    pub(super) fn build(outlines: &'a Outlines, bounds: [f64; 4]) -> Result<Self, FencesError> {
        let too_many = FencesError::TooMany {
            count: outlines.vertices.len(),
            // So many always fit; of fences as they are drawn, ten times as many.
            limit: MOST_WORDS / 64,
        };
        if outlines.parts.len() > MOST_PARTS {
            return Err(too_many);
        }
        let frame = Frame::new(bounds, coarse_bits(outlines, bounds));
        let mut builder = Self {
            vertices: &outlines.vertices,
            frame,
            bitmap: vec![0; 1 << (2 * frame.bits).saturating_sub(6)],
            ranks: Vec::new(),
            nodes: Vec::new(),
            children: Vec::new(),
            leaves: Vec::new(),
            counts: CellCounts::default(),
            raster: Raster::default(),
            spare: Vec::new(),
            written: vec![0; 1 << 10],
            allowance: WORDS_PER_VERTEX * outlines.vertices.len() + FREE_WORDS,
            fineness: Fineness::for_vertices(outlines.vertices.len()),
        };
        let mut contents = builder.coarse_contents(outlines);
        if contents.edges.len() > u32::MAX as usize || contents.records.len() > u32::MAX as usize {
            return Err(too_many);
        }
        let places = builder.rank(&mut contents);
        for (cell, (column, row)) in places.into_iter().enumerate() {
            let node = builder.node(contents.of(cell), &contents.edges, DEPTH, column, row);
            builder.nodes[cell] = node.word();
        }
        if builder.leaves.len() > MOST_WORDS {
            return Err(too_many);
        }
        builder.children.shrink_to_fit();
        builder.leaves.shrink_to_fit();
        Ok(builder)
    }

    /// The polygons of each coarse cell.
    fn coarse_contents(&mut self, outlines: &Outlines) -> Contents {
        let mut contents = Contents::default();
        let (frame, bits) = (self.frame, self.frame.bits);
        let mut all = Vec::new();
        for (number, part) in (0..).zip(&outlines.parts) {
            let window = window_of(&frame, part);
            let corner = window.row << bits | window.column;
            if window.columns == 1 && window.rows == 1 {
                all.clear();
                all.extend(outlines.edges(part).flatten());
                contents.add(corner, number, false, &all);
                continue;
            }
            let edges = outlines.edges(part).flatten();
            self.raster.run(
                &frame,
                self.vertices,
                &window,
                edges,
                false,
                |cell, parity, edges| {
                    let cell = corner + ((cell / window.columns) << bits) + cell % window.columns;
                    contents.add(cell, number, parity, edges);
                },
            );
        }
        contents
    }

    /// Sets the bitmap and makes a node for each cell that holds something, by which `contents` is then sorted. Says of
    /// each node its column and row.
    fn rank(&mut self, contents: &mut Contents) -> Vec<(u32, u32)> {
        for &(cell, _) in &contents.records {
            self.bitmap[(cell / 64) as usize] |= 1 << (cell % 64);
        }
        let mut sum = 0;
        self.ranks.reserve_exact(self.bitmap.len());
        for word in &self.bitmap {
            self.ranks.push(sum);
            sum += word.count_ones();
        }
        for (cell, _) in &mut contents.records {
            let word = (*cell / 64) as usize;
            let before = self.bitmap[word] & ((1 << (*cell % 64)) - 1);
            *cell = self.ranks[word] + before.count_ones();
        }
        self.nodes = vec![0; sum as usize];
        contents.sort(sum as usize);
        contents.records = Vec::new();
        let (bits, mask) = (self.frame.bits, (1 << self.frame.bits) - 1);
        let mut places = Vec::with_capacity(sum as usize);
        for (number, &word) in (0..).zip(&self.bitmap) {
            let mut rest = word;
            while rest != 0 {
                let cell = number * 64 + rest.trailing_zeros();
                places.push((cell & mask, cell >> bits));
                rest &= rest - 1;
            }
        }
        places
    }

    /// The node of a cell of `1 << shift` finest cells, at that column and row in cells of its size.
    fn node(&mut self, records: &[Record], edges: &[u32], shift: u32, column: u32, row: u32) -> Node {
        let split = self.split_of(records, shift);
        if split == 0 {
            return self.leaf(records, edges);
        }
        let mut contents = self.spare.pop().unwrap_or_default();
        let window = Window {
            shift: shift - split,
            column: column << split,
            row: row << split,
            columns: 1 << split,
            rows: 1 << split,
        };
        self.divide(records, edges, &window, &mut contents);
        let cells = window.columns * window.rows;
        let start = self.children.len();
        self.children.resize(start + cells as usize, 0);
        // The leaves that all these cells may become are paid for before any of them is divided further.
        let most = most_words(records, split);
        self.allowance -= most;
        let mut spent = cells as usize;
        for cell in 0..cells {
            let column = window.column + (cell & (window.columns - 1));
            let row = window.row + (cell >> split);
            let before = self.leaves.len();
            let node = self.node(
                contents.of(cell as usize),
                &contents.edges,
                window.shift,
                column,
                row,
            );
            if let Node::Leaf(_) = node {
                spent += self.leaves.len() - before;
            }
            self.children[start + cell as usize] = node.word();
        }
        self.allowance += most.saturating_sub(spent);
        self.spare.push(contents);
        let start = start as u32;
        Node::Inner { split, start }
    }

    /// Sets `contents` to what the cells of a window hold of what the cell that is the window holds.
    fn divide(&mut self, records: &[Record], edges: &[u32], window: &Window, contents: &mut Contents) {
        contents.clear();
        let cells = window.columns * window.rows;
        for record in records {
            let entry = record.entry(edges);
            if entry.edges.is_empty() {
                (0..cells).for_each(|cell| contents.add(cell, record.part, true, &[]));
                continue;
            }
            let (edges, parity) = (entry.edges.iter().copied(), entry.parity);
            let take = |cell, parity, edges: &[u32]| contents.add(cell, record.part, parity, edges);
            self.raster
                .run(&self.frame, self.vertices, window, edges, parity, take);
        }
        contents.sort(cells as usize);
    }

    /// By which power of two a cell is divided; 0 for a leaf.
    fn split_of(&self, records: &[Record], shift: u32) -> u32 {
        let edges: usize = records.iter().map(Record::edges).sum();
        let bounded = records.iter().filter(|record| record.edges() > 0).count();
        let fineness = self.fineness;
        if edges <= fineness.few_edges || edges < fineness.few_edges_each * bounded {
            return 0;
        }
        // Each polygon may leave an entry in each of the cells; those that cover it all cost less to make.
        let weight = bounded + (records.len() - bounded) / 4;
        let cells = (fineness.cells_per_edge * edges / weight).max(1);
        let wanted = (cells.ilog2() / 2).min(MOST_SPLIT).min(shift);
        let fits = |split: &u32| {
            let words = self.leaves.len().max(self.children.len()) + most_words(records, *split);
            most_words(records, *split) <= self.allowance && words <= MOST_WORDS / 2
        };
        (1..=wanted).rev().find(fits).unwrap_or(0)
    }

    /// Writes a leaf, or finds one that holds the same.
    fn leaf(&mut self, records: &[Record], edges: &[u32]) -> Node {
        self.counts.inside += records.iter().filter(|record| record.word == 1).count();
        if records.iter().any(|record| record.word > 1) {
            let start = self.leaves.len() as u32;
            self.leaves.push(records.len() as u32);
            for record in records {
                record.entry(edges).write(&mut self.leaves);
                self.counts.boundary += usize::from(record.word > 1);
                self.counts.edges += record.edges();
            }
            return Node::Leaf(start);
        }
        match records {
            [] => Node::Empty,
            [record] => Node::One(record.part),
            _ => self.shared_leaf(records),
        }
    }

    /// A leaf of polygons that cover the cell: neighbours often have the same.
    fn shared_leaf(&mut self, records: &[Record]) -> Node {
        let hash = records.iter().fold(0_u32, |hash, record| {
            (hash ^ record.part).wrapping_mul(0x9e37_79b1)
        });
        let slot = (hash >> 22) as usize;
        let earlier = self.written[slot] as usize;
        let same = match self.leaves.get(earlier..earlier + records.len() + 1) {
            Some([count, parts @ ..]) => {
                *count as usize == records.len()
                    && parts
                        .iter()
                        .zip(records)
                        .all(|(part, record)| *part == record.part)
            }
            _ => false,
        };
        if same {
            return Node::Leaf(earlier as u32);
        }
        let start = self.leaves.len() as u32;
        self.written[slot] = start;
        self.leaves.push(records.len() as u32);
        self.leaves.extend(records.iter().map(|record| record.part));
        Node::Leaf(start)
    }
}

/// How many words the cells can take into which a cell is divided, if none of them is divided further.
fn most_words(records: &[Record], split: u32) -> usize {
    let edges: usize = records.iter().map(Record::edges).sum();
    // An edge touches at most as many cells as a row and a column have, and beside each of the row's one more.
    let edges = edges * (3 << split);
    // A child, a leaf's length, and an entry of two words for each polygon.
    edges + ((2 + 2 * records.len()) << (2 * split))
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

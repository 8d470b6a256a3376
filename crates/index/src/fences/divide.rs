//! How coarse cells are divided, each for as long as it has many edges.

use super::cells::{Contents, Record};
use super::frame::Frame;
use super::index::CellCounts;
use super::nodes::{MOST_SPLIT, Node};
use super::outlines::Vertex;
use super::raster::{Raster, Window};

/// How far cells are divided.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fineness {
    /// Cells with so many edges are not divided, nor those in which a polygon has fewer than so many on average.
    few_edges: usize,
    few_edges_each: usize,
    /// A cell with `n` edges of a polygon on average is divided into at most that many times `n` cells.
    cells_per_edge: usize,
}

impl Fineness {
    /// Small cells make look-ups faster, by a third in the middle and a tenth below, and take twice and three times as long to
    /// build, which so few vertices allow. They are so many that they still fit a cache.
    pub(super) const fn for_vertices(count: usize) -> Self {
        let (few_edges, few_edges_each, cells_per_edge) = match count {
            0..=0xfff => (3, 2, 64),
            0x1000..=0xffff => (4, 2, 8),
            _ => (12, 3, 4),
        };
        Self {
            few_edges,
            few_edges_each,
            cells_per_edge,
        }
    }
}

/// What cells are divided by, and the children and leaves that come of it.
#[derive(Debug)]
pub(super) struct Divider<'a> {
    vertices: &'a [Vertex],
    frame: Frame,
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
    /// How many words of leaves, and how many children, there may be.
    most_words: usize,
    fineness: Fineness,
}

impl<'a> Divider<'a> {
    pub(super) fn new(
        vertices: &'a [Vertex],
        frame: Frame,
        fineness: Fineness,
        allowance: usize,
        most_words: usize,
    ) -> Self {
        Self {
            vertices,
            frame,
            children: Vec::new(),
            leaves: Vec::new(),
            counts: CellCounts::default(),
            raster: Raster::default(),
            spare: Vec::new(),
            written: vec![0; 1 << 10],
            allowance,
            most_words,
            fineness,
        }
    }

    /// The node of a cell of `1 << shift` finest cells, at that column and row in cells of its size.
    pub(super) fn node(
        &mut self,
        records: &[Record],
        edges: &[u32],
        shift: u32,
        column: u32,
        row: u32,
    ) -> Node {
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
            most_words(records, *split) <= self.allowance && words <= self.most_words
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

//! What many cells hold while a grid is being built.

use super::nodes::Entry;

/// A polygon in a cell that is yet to be written.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Record {
    pub(super) part: u32,
    /// The number of edges and the parity, as in an entry.
    pub(super) word: u32,
    /// Where its edges begin.
    start: u32,
}

impl Record {
    pub(super) const fn edges(&self) -> usize {
        (self.word >> 1) as usize
    }

    pub(super) fn entry<'a>(&self, edges: &'a [u32]) -> Entry<'a> {
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
pub(super) struct Contents {
    /// Records and their cells.
    pub(super) records: Vec<(u32, Record)>,
    pub(super) edges: Vec<u32>,
    /// The records by cell, and where each cell's begin.
    sorted: Vec<Record>,
    starts: Vec<u32>,
}

impl Contents {
    pub(super) fn clear(&mut self) {
        self.records.clear();
        self.edges.clear();
    }

    pub(super) fn add(&mut self, cell: u32, part: u32, parity: bool, edges: &[u32]) {
        let record = Record {
            part,
            word: (edges.len() as u32) << 1 | u32::from(parity),
            start: self.edges.len() as u32,
        };
        self.records.push((cell, record));
        self.edges.extend_from_slice(edges);
    }

    /// Adds what other parts have in the same cells; the sum of the edges is known to be countable.
    pub(super) fn append(&mut self, other: Self) {
        let edges = self.edges.len() as u32;
        let moved = other.records.into_iter().map(|(cell, record)| {
            let start = record.start + edges;
            (cell, Record { start, ..record })
        });
        self.records.extend(moved);
        self.edges.extend(other.edges);
    }

    /// Puts the records in the order of their cells, of which there are `count`; within a cell they keep theirs.
    pub(super) fn sort(&mut self, count: usize) {
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
    pub(super) fn of(&self, cell: usize) -> &[Record] {
        &self.sorted[self.starts[cell] as usize..self.starts[cell + 1] as usize]
    }
}

//! Probing in blocks: where a batch of look-ups stops and goes on, and the order of what it finds.

use crate::ranges::{Cursor, Pairs};

use super::marks::Places;
use super::nodes::part_of;
use super::outlines::Vertex;

/// How many points are looked up together: first all cells, then what the few that may match hold.
pub(super) const BLOCK: usize = 512;

/// The points of a block that may match, and what the index found for each.
#[derive(Debug)]
pub(super) struct Candidates {
    pub(super) positions: [u16; BLOCK],
    pub(super) words: [u32; BLOCK],
    pub(super) count: usize,
    /// Whether each matches one row, which its word says: [`part_of`] it is the polygon.
    pub(super) each_one: bool,
    /// Those that something is to be done with, and, for a grid, where the points of the block are: memory that is used again.
    pub(super) listed: [u16; BLOCK],
    pub(super) listed_count: usize,
    pub(super) places: Places,
}

impl Default for Candidates {
    fn default() -> Self {
        Self {
            positions: [0; BLOCK],
            words: [0; BLOCK],
            count: 0,
            each_one: false,
            listed: [0; BLOCK],
            listed_count: 0,
            places: Places::default(),
        }
    }
}

impl Candidates {
    fn iter(&self) -> impl Iterator<Item = (usize, u32)> + '_ {
        let positions = self.positions[..self.count]
            .iter()
            .map(|&position| usize::from(position));
        positions.zip(self.words[..self.count].iter().copied())
    }

    /// Lists those whose word is of a kind.
    pub(super) fn list(&mut self, is_listed: impl Fn(u32) -> bool) {
        let mut count = 0;
        for (number, &word) in (0..).zip(&self.words[..self.count]) {
            // The mask spares a check, and the sum a guess.
            self.listed[count & (BLOCK - 1)] = number;
            count += usize::from(is_listed(word));
        }
        self.listed_count = count;
    }

    /// Keeps those whose word is of a kind, and notes whether all of these say one row: they are of a narrower kind.
    pub(super) fn keep(&mut self, is_kept: impl Fn(u32) -> bool, is_one: impl Fn(u32) -> bool) {
        let (mut kept, mut ones) = (0, 0);
        for candidate in 0..self.count.min(BLOCK) {
            let word = self.words[candidate];
            // As above.
            self.positions[kept & (BLOCK - 1)] = self.positions[candidate];
            self.words[kept & (BLOCK - 1)] = word;
            kept += usize::from(is_kept(word));
            ones += usize::from(is_one(word));
        }
        self.count = kept;
        self.each_one = ones == kept;
    }
}

/// What the driver below needs of an index.
pub(super) trait Lookup {
    /// Finds the points of a block, ascending, that may match. The two slices are of one length.
    fn locate(&self, xs: &[f64], ys: &[f64], found: &mut Candidates);

    /// The row of each polygon: that of a candidate which matches one row is at the number that its word says.
    fn rows(&self) -> &[u32];

    /// Appends at most `room` (which is not 0) rows that hold the point, ascending. Begins behind `mark`, or with the
    /// first if it is 0; returns the mark of the last one taken if there may be more, else 0.
    fn matches(&self, point: Vertex, word: u32, mark: u32, room: usize, rows: &mut Vec<u32>) -> u32;

    /// Whether any row holds the point.
    fn any(&self, point: Vertex, word: u32) -> bool;
}

/// Appends matches until all points are done (true) or `limit` pairs have been added.
pub(super) fn probe<L: Lookup>(
    index: &L,
    (xs, ys): (&[f64], &[f64]),
    first_row: u32,
    cursor: &mut Cursor,
    limit: usize,
    pairs: &mut Pairs,
) -> bool {
    let points = xs.len().min(ys.len());
    let full = pairs.len().saturating_add(limit);
    let mut found = Candidates::default();
    while cursor.key < points {
        let room = full - pairs.len();
        if room == 0 {
            return false;
        }
        let begin = cursor.key;
        // With little room a whole block would be located in vain, again and again.
        let end = points.min(begin + BLOCK.min(room.max(8)));
        index.locate(&xs[begin..end], &ys[begin..end], &mut found);
        if found.each_one && found.count <= room {
            let build_row = |&word: &u32| index.rows()[part_of(word) as usize];
            pairs
                .build
                .extend(found.words[..found.count].iter().map(build_row));
            let probe_row = |&position: &u16| first_row + begin as u32 + u32::from(position);
            pairs
                .probe
                .extend(found.positions[..found.count].iter().map(probe_row));
            *cursor = Cursor { key: end, mark: 0 };
            continue;
        }
        for (position, word) in found.iter() {
            let at = begin + position;
            let room = full - pairs.len();
            if at != cursor.key {
                *cursor = Cursor { key: at, mark: 0 };
            }
            if room == 0 {
                return false;
            }
            cursor.mark = index.matches([xs[at], ys[at]], word, cursor.mark, room, &mut pairs.build);
            pairs.probe.resize(pairs.build.len(), first_row + at as u32);
            if cursor.mark != 0 {
                return false;
            }
        }
        *cursor = Cursor { key: end, mark: 0 };
    }
    true
}

/// Appends for every point how many rows hold it.
pub(super) fn counts<L: Lookup>(index: &L, (xs, ys): (&[f64], &[f64]), counts: &mut Vec<u32>) {
    let (mut rows, offset) = (Vec::new(), counts.len());
    each_block(index, (xs, ys), |points, found| {
        let start = counts.len();
        counts.resize(start + points, 0);
        for (position, word) in found.iter() {
            rows.clear();
            let at = start - offset + position;
            index.matches([xs[at], ys[at]], word, 0, usize::MAX, &mut rows);
            counts[start + position] = rows.len() as u32;
        }
    });
}

/// Appends for every point whether any row holds it.
pub(super) fn any<L: Lookup>(index: &L, (xs, ys): (&[f64], &[f64]), any: &mut Vec<bool>) {
    let offset = any.len();
    each_block(index, (xs, ys), |points, found| {
        let start = any.len();
        any.resize(start + points, false);
        for (position, word) in found.iter() {
            let at = start - offset + position;
            any[start + position] = index.any([xs[at], ys[at]], word);
        }
    });
}

fn each_block<L: Lookup>(index: &L, (xs, ys): (&[f64], &[f64]), mut take: impl FnMut(usize, &Candidates)) {
    let mut found = Candidates::default();
    for (xs, ys) in xs.chunks(BLOCK).zip(ys.chunks(BLOCK)) {
        let points = xs.len().min(ys.len());
        index.locate(&xs[..points], &ys[..points], &mut found);
        take(points, &found);
    }
}

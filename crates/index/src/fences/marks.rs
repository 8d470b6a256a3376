//! The coarse cells that hold something: a bitmap, against which blocks of points are held many at once.

use std::iter::successors;

use multiversion::multiversion;

use super::frame::{DEPTH, Frame};
use super::probe::BLOCK;

/// The coarse grid has at most `1 << MOST_BITS` columns and as many rows, so that the bitmap fits a cache.
pub(super) const MOST_BITS: u32 = 10;
/// The words of the largest bitmap.
const WORDS: usize = 1 << (2 * MOST_BITS - 5);

/// An outline of the bitmap has `1 << OUTLINE_BITS` columns and as many rows, so that it fits the nearest cache.
const OUTLINE_BITS: u32 = 8;
const OUTLINE_WORDS: usize = 1 << (2 * OUTLINE_BITS - 5);
/// If one of so many squares holds something, nearly every point would be looked at twice.
const SQUARES_A_MARK: usize = 64;

/// A bit for each coarse cell, row by row: whether it holds anything.
///
/// There are as many words as a bitmap ever has: that a number, once masked, lies among them is then known when this is compiled, and
/// sixteen points can look at their words together.
#[derive(Debug)]
pub(super) struct Marks {
    words: Box<[u32; WORDS]>,
    /// A bit for each square of coarse cells, asked in place of the cells where hardly any of them is set.
    outline: Option<Box<[u32; OUTLINE_WORDS]>>,
    /// How many bits are set before each word.
    ranks: Vec<u32>,
}

/// Where the points of a block are, in the finest cells.
#[derive(Debug)]
pub(super) struct Places {
    columns: [u32; BLOCK],
    rows: [u32; BLOCK],
}

impl Marks {
    /// Of those coarse cells of a grid of `1 << bits` columns.
    pub(super) fn new(cells: impl Iterator<Item = u32>, bits: u32) -> Self {
        let mut words = Box::new([0; WORDS]);
        for cell in cells {
            words[word_of::<WORDS>(cell)] |= 1 << (cell % 32);
        }
        let used = words
            .iter()
            .rposition(|&word| word != 0)
            .map_or(0, |last| last + 1);
        let before = words[..used].iter().scan(0, |sum, word: &u32| {
            let before = *sum;
            *sum += word.count_ones();
            Some(before)
        });
        let ranks = before.collect();
        let mut marks = Self {
            words,
            outline: None,
            ranks,
        };
        if bits > OUTLINE_BITS {
            marks.outline = marks.outline_of(bits);
        }
        marks
    }

    /// `None` where it would settle too little.
    fn outline_of(&self, bits: u32) -> Option<Box<[u32; OUTLINE_WORDS]>> {
        let mut outline = Box::new([0_u32; OUTLINE_WORDS]);
        for square in self.cells().map(|cell| square_of(cell, bits)) {
            outline[word_of::<OUTLINE_WORDS>(square)] |= 1 << (square % 32);
        }
        let squares: u32 = outline.iter().map(|word| word.count_ones()).sum();
        ((squares as usize) < OUTLINE_WORDS * 32 / SQUARES_A_MARK).then_some(outline)
    }

    /// The cells, ascending.
    pub(super) fn cells(&self) -> impl Iterator<Item = u32> {
        let words = (0..).step_by(32).zip(&self.words[..self.ranks.len()]);
        words.flat_map(|(first, &word)| {
            let rests = successors(Some(word), |rest| Some(rest & rest.wrapping_sub(1)));
            let rests = rests.take_while(|rest| *rest != 0);
            rests.map(move |rest| first + rest.trailing_zeros())
        })
    }

    /// Whether a cell is one of them.
    #[inline]
    pub(super) fn has(&self, cell: u32) -> bool {
        self.words[word_of::<WORDS>(cell)] >> (cell % 32) & 1 == 1
    }

    /// How many of the cells come before one of them.
    #[inline]
    pub(super) fn rank(&self, cell: u32) -> u32 {
        let word = word_of::<WORDS>(cell);
        let before = self.words[word] & ((1 << (cell % 32)) - 1);
        self.ranks[word] + before.count_ones()
    }

    /// A bit for each point of a block whose coarse cell may hold something; sets where all of them are. The two slices are of one length, at
    /// most a block.
    pub(super) fn points(
        &self,
        frame: &Frame,
        (xs, ys): (&[f64], &[f64]),
        places: &mut Places,
    ) -> [u64; BLOCK / 64] {
        let mut marked = [0; BLOCK];
        set_places(frame, (xs, ys), places);
        let length = xs.len().min(BLOCK);
        let marked_points = &mut marked[..length];
        match &self.outline {
            Some(outline) => {
                let depth = DEPTH + frame.bits - OUTLINE_BITS;
                set_marked(outline, (OUTLINE_BITS, depth), places, marked_points);
            }
            None => set_marked(&self.words, (frame.bits, DEPTH), places, marked_points),
        }
        bits_of(&marked)
    }

    pub(super) fn bytes(&self) -> usize {
        let outline = self.outline.as_ref().map_or(0, |outline| size_of_val(&**outline));
        size_of::<[u32; WORDS]>() + outline + self.ranks.capacity() * size_of::<u32>()
    }
}

#[inline]
const fn word_of<const COUNT: usize>(cell: u32) -> usize {
    // No cell has a higher number; the mask only spares the check.
    (cell / 32) as usize & (COUNT - 1)
}

/// The square that a cell is in of a grid with more columns than the outline.
fn square_of(cell: u32, bits: u32) -> u32 {
    let by = bits - OUTLINE_BITS;
    let (column, row) = (cell & ((1 << bits) - 1), cell >> bits);
    (row >> by) << OUTLINE_BITS | column >> by
}

/// Sets the places of points.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+bmi1+bmi2+lzcnt+popcnt",
    "x86_64+avx2+bmi1+bmi2+lzcnt+popcnt"
))]
fn set_places(frame: &Frame, (xs, ys): (&[f64], &[f64]), places: &mut Places) {
    let places = places.columns.iter_mut().zip(&mut places.rows);
    for ((column, row), (&x, &y)) in places.zip(xs.iter().zip(ys)) {
        *column = frame.x.cell(frame.x.place(x));
        *row = frame.y.cell(frame.y.place(y));
    }
}

/// Sets whether the cells of places are marked in a bitmap of `1 << bits` columns, of which one is `1 << depth` finest cells wide: 1, or 0.
///
/// Apart from the above, which all processors do for several points at once: this they do only where they can read several words at once.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+bmi1+bmi2+lzcnt+popcnt",
    "x86_64+avx2+bmi1+bmi2+lzcnt+popcnt"
))]
fn set_marked<const COUNT: usize>(
    words: &[u32; COUNT],
    (bits, depth): (u32, u32),
    places: &Places,
    marked: &mut [u8],
) {
    for ((marked, &column), &row) in marked.iter_mut().zip(&places.columns).zip(&places.rows) {
        let cell = (row >> depth) << bits | column >> depth;
        *marked = (words[word_of::<COUNT>(cell)] >> (cell % 32) & 1) as u8;
    }
}

/// A bit for each byte, all of which are 0 or 1.
fn bits_of(bytes: &[u8; BLOCK]) -> [u64; BLOCK / 64] {
    let mut bits = [0; BLOCK / 64];
    let (eights, _) = bytes.as_chunks::<8>();
    for (bits, eights) in bits.iter_mut().zip(eights.chunks(8)) {
        for (shift, &eight) in (0..64).step_by(8).zip(eights) {
            // Puts the byte at place i, of eight, to bit 56 + i, and nothing else above.
            let gathered = u64::from_le_bytes(eight).wrapping_mul(0x0102_0408_1020_4080);
            *bits |= gathered >> 56 << shift;
        }
    }
    bits
}

impl Places {
    /// That of the point at a position in its block.
    #[inline]
    pub(super) fn of(&self, at: u16) -> (u32, u32) {
        let at = usize::from(at) & (BLOCK - 1);
        (self.columns[at], self.rows[at])
    }
}

impl Default for Places {
    fn default() -> Self {
        Self {
            columns: [0; BLOCK],
            rows: [0; BLOCK],
        }
    }
}

#[cfg(test)]
#[path = "marks_tests.rs"]
mod tests;

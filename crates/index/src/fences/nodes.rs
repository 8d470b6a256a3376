//! What a cell of the grid is, in 32 bits.

use super::raster::{EDGE, END_RIGHT, START_RIGHT};

/// The most polygons of one index: they are numbered in 30 bits.
pub(super) const MOST_PARTS: usize = 1 << 30;
/// The most words of leaves.
pub(super) const MOST_WORDS: usize = 1 << 30;
/// The most children: where they begin is counted in fours, in 27 bits.
pub(super) const MOST_CHILDREN: usize = 1 << 29;
/// The largest power of two by which a cell is divided at once.
pub(super) const MOST_SPLIT: u32 = 6;

/// A cell that no polygon touches.
pub(super) const EMPTY: u32 = 0;
const ONE: u32 = 1 << 30;
const LEAF: u32 = 2 << 30;
const INNER: u32 = 3 << 30;
const KIND: u32 = 3 << 30;

/// A cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Node {
    /// Touched by nothing.
    Empty,
    /// Covered by this polygon and touched by no other.
    One(u32),
    /// The entries that begin at this word.
    Leaf(u32),
    /// Divided by `1 << split` both ways; its cells begin at this child, row by row.
    Inner { split: u32, start: u32 },
}

impl Node {
    #[inline]
    pub(super) const fn of(word: u32) -> Self {
        let rest = word & !KIND;
        match word & KIND {
            ONE => Self::One(rest),
            LEAF => Self::Leaf(rest),
            INNER => Self::Inner {
                split: rest >> 27,
                start: (rest & ((1 << 27) - 1)) << 2,
            },
            _ => Self::Empty,
        }
    }

    /// The word that stands for it.
    pub(super) const fn word(self) -> u32 {
        match self {
            Self::Empty => EMPTY,
            Self::One(part) => ONE | part,
            Self::Leaf(start) => LEAF | start,
            // Children come in fours at least.
            Self::Inner { split, start } => INNER | split << 27 | start >> 2,
        }
    }
}

/// Whether a word is that of a cell that is divided.
#[inline]
pub(super) const fn is_inner(word: u32) -> bool {
    word >= INNER
}

/// Whether a word is that of a cell that holds something, and is not divided.
#[inline]
pub(super) const fn is_leaf(word: u32) -> bool {
    word & KIND == LEAF
}

/// Whether a word is that of a cell which one polygon covers and no other touches.
#[inline]
pub(super) const fn is_one(word: u32) -> bool {
    word & KIND == ONE
}

/// The polygon of such a cell.
#[inline]
pub(super) const fn part_of(word: u32) -> u32 {
    word & !KIND
}

/// The word of a cell whose children and leaves now stand behind so many others.
#[inline]
pub(super) const fn moved(word: u32, children: u32, leaves: u32) -> u32 {
    let node = match Node::of(word) {
        Node::Leaf(start) => Node::Leaf(start + leaves),
        Node::Inner { split, start } => Node::Inner {
            split,
            start: start + children,
        },
        node => node,
    };
    node.word()
}

/// Set in an entry's first word where the polygon does not cover the cell but has edges in it.
const HAS_EDGES: u32 = 1 << 31;

/// A polygon in a leaf.
///
/// A leaf is a word that says how many entries it has, and its entries by number of polygon. An entry is one word if the
/// polygon covers the cell; else a second word with the parity and the number of edges follows, and the edges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry<'a> {
    pub(super) part: u32,
    pub(super) parity: bool,
    /// Numbers of edges with the flags of [`super::raster`].
    pub(super) edges: &'a [u32],
}

impl Entry<'_> {
    pub(super) fn write(&self, words: &mut Vec<u32>) {
        if self.edges.is_empty() {
            words.push(self.part);
        } else {
            words.push(self.part | HAS_EDGES);
            words.push((self.edges.len() as u32) << 1 | u32::from(self.parity));
            words.extend_from_slice(self.edges);
        }
    }
}

/// The entries of a leaf.
#[derive(Clone, Debug)]
pub(super) struct Entries<'a> {
    left: u32,
    words: &'a [u32],
}

impl<'a> Entries<'a> {
    #[inline]
    pub(super) fn of(words: &'a [u32], start: u32) -> Self {
        match words.get(start as usize..) {
            Some([left, words @ ..]) => Self { left: *left, words },
            _ => Self { left: 0, words: &[] },
        }
    }

    /// The entry of a leaf that has one.
    #[inline]
    pub(super) fn only(mut self) -> Option<Entry<'a>> {
        (self.left == 1).then(|| self.next())?
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = Entry<'a>;

    #[inline]
    fn next(&mut self) -> Option<Entry<'a>> {
        if self.left == 0 {
            return None;
        }
        self.left -= 1;
        let (&first, words) = self.words.split_first()?;
        if first & HAS_EDGES == 0 {
            self.words = words;
            return Some(Entry {
                part: first,
                parity: true,
                edges: &[],
            });
        }
        let (&second, words) = words.split_first()?;
        let (edges, words) = words.split_at_checked((second >> 1) as usize)?;
        self.words = words;
        Some(Entry {
            part: first & !HAS_EDGES,
            parity: second & 1 != 0,
            edges,
        })
    }
}

const _: () = assert!(START_RIGHT & EDGE == 0 && END_RIGHT & EDGE == 0);

#[cfg(test)]
#[path = "nodes_tests.rs"]
mod tests;

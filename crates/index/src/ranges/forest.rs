//! The intervals that hold a key, one after the other, in O(1) each and O(n) memory, however they overlap.
//!
//! Intervals are numbered in the order of (`lo` ascending, `hi` descending). The *parent* of an interval is the nearest
//! one before it whose `hi` is not below its own, hence the nearest that contains it. Siblings do not contain each
//! other, so their `lo` and their `hi` both ascend. Let x be the highest numbered interval that holds a key. The one
//! before it that also holds the key is either under x's left sibling, if that one still reaches the key (then as far
//! down its last children as these reach it), or else x's parent, which always does. Repeated, this gives all intervals
//! that hold the key in descending order, without a stack: an interval's number is all that a pause must remember.
//!
//! # Source
//! J. M. Schmidt, "Interval Stabbing Problems in Small Integer Ranges", ISAAC 2009; here with the order's numbers in
//! place of distinct bounds, and children before their parents.

use super::intervals::Interval;
use super::key::Key;

/// The number of no interval.
pub(super) const NONE: u32 = u32::MAX;

/// An interval and its neighbours in the forest.
#[derive(Clone, Copy, Debug)]
struct Node<K> {
    hi: K,
    parent: u32,
    left: u32,
    last_child: u32,
    row: u32,
}

/// All intervals, linked.
#[derive(Debug, Default)]
pub(super) struct Forest<K> {
    nodes: Vec<Node<K>>,
}

impl<K: Key> Forest<K> {
    pub(super) const fn empty() -> Self {
        Self { nodes: Vec::new() }
    }

    pub(super) fn bytes(&self) -> usize {
        self.nodes.capacity() * size_of::<Node<K>>()
    }

    /// Takes over the intervals of another forest, and returns what their numbers grow by.
    pub(super) fn append(&mut self, mut other: Self) -> u32 {
        let grown = self.nodes.len() as u32;
        for node in &mut other.nodes {
            for link in [&mut node.parent, &mut node.left, &mut node.last_child] {
                if *link != NONE {
                    *link += grown;
                }
            }
        }
        self.nodes.append(&mut other.nodes);
        grown
    }

    /// The row of an interval.
    #[inline]
    pub(super) fn row(&self, node: u32) -> u32 {
        self.nodes[node as usize].row
    }

    /// The interval before `node` that also holds the key, which `node` holds; [`NONE`] after the last.
    #[inline]
    pub(super) fn next(&self, node: u32, key: K) -> u32 {
        let Some(&Node { parent, left, .. }) = self.nodes.get(node as usize) else {
            return NONE;
        };
        if !self.reaches(left, key) {
            return parent;
        }
        let mut next = left;
        loop {
            let last_child = self.nodes[next as usize].last_child;
            if !self.reaches(last_child, key) {
                return next;
            }
            next = last_child;
        }
    }

    #[inline]
    fn reaches(&self, node: u32, key: K) -> bool {
        self.nodes.get(node as usize).is_some_and(|node| node.hi >= key)
    }
}

/// Where the set of intervals that hold a key changes: one elementary segment per entry, up to the next one's start.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cut<K> {
    /// The first key of the segment.
    pub(super) start: K,
    /// The highest numbered interval that holds the segment, or [`NONE`].
    pub(super) top: u32,
    /// How many intervals hold the segment.
    pub(super) count: u32,
}

/// Links the intervals and cuts the keys into elementary segments.
///
/// `sorted` is in the order of (`lo` ascending, `hi` descending), `ends` are the same intervals' `hi` ascending. There
/// are at most twice as many segments as intervals; what lies before the first segment is held by none.
pub(super) fn sweep<K: Key>(sorted: &[Interval<K>], ends: &[K]) -> (Forest<K>, Vec<Cut<K>>) {
    if sorted.windows(2).all(|pair| pair[0].hi < pair[1].lo) {
        return (Forest::empty(), cuts_of_disjoint(sorted));
    }
    let mut nodes: Vec<Node<K>> = Vec::with_capacity(sorted.len());
    let mut cuts: Vec<Cut<K>> = Vec::with_capacity(sorted.len() * 2);
    // The intervals that no later one contains, `hi` descending. Those that have ended are on top and are of no use as
    // siblings, since they reach no key from here on.
    let mut open: Vec<u32> = Vec::new();
    let mut ended = 0;
    loop {
        let next_start = sorted.get(nodes.len()).map(|interval| interval.lo);
        let next_end = ends.get(ended).and_then(|end| end.successor());
        let start = match (next_start, next_end) {
            (Some(lo), Some(end)) => lo.min(end),
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => break,
        };
        while ends.get(ended).is_some_and(|&end| end < start) {
            ended += 1;
        }
        while open.pop_if(|top| nodes[*top as usize].hi < start).is_some() {}
        while let Some(interval) = sorted.get(nodes.len()).filter(|interval| interval.lo == start) {
            let mut left = NONE;
            while let Some(inside) = open.pop_if(|top| nodes[*top as usize].hi < interval.hi) {
                left = inside;
            }
            let number = nodes.len() as u32;
            let parent = open.last().copied().unwrap_or(NONE);
            if let Some(parent) = nodes.get_mut(parent as usize) {
                parent.last_child = number;
            }
            nodes.push(Node {
                hi: interval.hi,
                parent,
                left,
                last_child: NONE,
                row: interval.row,
            });
            open.push(number);
        }
        cuts.push(Cut {
            start,
            top: open.last().copied().unwrap_or(NONE),
            count: (nodes.len() - ended) as u32,
        });
    }
    (Forest { nodes }, cuts)
}

/// The segments of intervals of which no two share a key; they need no links.
fn cuts_of_disjoint<K: Key>(sorted: &[Interval<K>]) -> Vec<Cut<K>> {
    let mut cuts = Vec::with_capacity(sorted.len() * 2);
    for (number, interval) in (0..).zip(sorted) {
        cuts.push(Cut {
            start: interval.lo,
            top: number,
            count: 1,
        });
        let following = sorted.get(number as usize + 1).map(|next| next.lo);
        if let Some(start) = interval.hi.successor().filter(|&end| Some(end) != following) {
            cuts.push(Cut {
                start,
                top: NONE,
                count: 0,
            });
        }
    }
    cuts
}

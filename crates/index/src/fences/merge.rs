//! A few boxes or intervals that hold many: for the filters that a scan is given.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::boxes::{Rect, hilbert_key, union};

/// The most boxes that are ever asked for.
const MOST: usize = 1024;
/// Among so many boxes every two are compared.
const COMPARED: usize = 512;

/// At most `limit` boxes that together hold all of `boxes`, by merging the two whose union adds the least area.
///
/// Of many boxes only neighbours along a Hilbert curve are merged, until there are few enough to compare them all.
pub(super) fn merged_boxes(mut boxes: Vec<Rect>, limit: usize) -> Vec<Rect> {
    let limit = limit.clamp(1, MOST);
    if boxes.len() > limit {
        let around = union(boxes.iter().copied());
        boxes.sort_by_cached_key(|rect| hilbert_key(rect, &around));
        boxes = merge_neighbours(&mut boxes, limit.max(COMPARED), &around);
        boxes = merge_any(&mut boxes, limit, &around);
        // What was merged with something far away may now be within another.
        let all = boxes.clone();
        let mut place = 0;
        boxes.retain(|rect| {
            let within = |(other, outer): (usize, &Rect)| {
                other != place && holds(outer, rect) && (outer != rect || other < place)
            };
            let keep = !all.iter().enumerate().any(within);
            place += 1;
            keep
        });
    }
    boxes
}

fn holds(outer: &Rect, inner: &Rect) -> bool {
    outer[0] <= inner[0] && outer[1] <= inner[1] && outer[2] >= inner[2] && outer[3] >= inner[3]
}

/// By how much the box around two exceeds them: its area less theirs, as a share of the area of all, and a little for
/// its outline, so that lines and points are merged with what is near them.
fn growth(a: &Rect, b: &Rect, around: &Rect) -> f64 {
    let extent = |rect: &Rect, axis: usize| {
        let whole = around[axis + 2] / 2.0 - around[axis] / 2.0;
        match whole > 0.0 {
            true => (rect[axis + 2] / 2.0 - rect[axis] / 2.0) / whole,
            false => 0.0,
        }
    };
    let size = |rect: &Rect| {
        let (width, height) = (extent(rect, 0), extent(rect, 1));
        width * height + 1e-6 * (width + height)
    };
    size(&union([*a, *b])) - size(a) - size(b)
}

/// A merge that may be made, of the boxes at two places as they were at that time.
#[derive(Debug)]
struct Merge {
    growth: f64,
    left: usize,
    right: usize,
    versions: (u32, u32),
}

impl PartialEq for Merge {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Merge {}

impl PartialOrd for Merge {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Merge {
    /// The smallest growth is the greatest, for a heap gives that first.
    fn cmp(&self, other: &Self) -> Ordering {
        let places = (other.left, other.right, other.versions);
        other
            .growth
            .total_cmp(&self.growth)
            .then(places.cmp(&(self.left, self.right, self.versions)))
    }
}

/// Boxes while they are merged, and the merges that may be made.
struct Merging<'a> {
    boxes: &'a mut [Rect],
    around: &'a Rect,
    /// How often each has grown; [`GONE`] for one that is now part of another.
    versions: Vec<u32>,
    heap: BinaryHeap<Merge>,
    /// How many there are still.
    count: usize,
}

/// The version of a box that is now part of another: none has it again.
const GONE: u32 = u32::MAX;

impl<'a> Merging<'a> {
    fn new(boxes: &'a mut [Rect], around: &'a Rect) -> Self {
        Self {
            versions: vec![0; boxes.len()],
            heap: BinaryHeap::new(),
            count: boxes.len(),
            boxes,
            around,
        }
    }

    fn consider(&mut self, left: usize, right: usize) {
        self.heap.push(Merge {
            growth: growth(&self.boxes[left], &self.boxes[right], self.around),
            left,
            right,
            versions: (self.versions[left], self.versions[right]),
        });
    }

    /// Makes the best merge; returns the place that has grown and the one that is gone. `None` once there are no more than `limit`.
    fn merge_best(&mut self, limit: usize) -> Option<(usize, usize)> {
        while self.count > limit {
            let Merge {
                left,
                right,
                versions,
                ..
            } = self.heap.pop()?;
            // Of boxes that have grown since, there are newer merges.
            if versions != (self.versions[left], self.versions[right]) {
                continue;
            }
            self.boxes[left] = union([self.boxes[left], self.boxes[right]]);
            self.versions[left] += 1;
            self.versions[right] = GONE;
            self.count -= 1;
            return Some((left, right));
        }
        None
    }

    /// The boxes that are left, by their place.
    fn kept(self) -> Vec<Rect> {
        let all = self.boxes.iter().zip(self.versions);
        all.filter(|(_, version)| *version != GONE)
            .map(|(rect, _)| *rect)
            .collect()
    }
}

/// Merges neighbours in the list until it is no longer than `limit`, in O(n log n) time.
fn merge_neighbours(boxes: &mut [Rect], limit: usize, around: &Rect) -> Vec<Rect> {
    let end = boxes.len();
    let mut before: Vec<usize> = (0..end).map(|place| place.wrapping_sub(1)).collect();
    let mut after: Vec<usize> = (1..=end).collect();
    let mut merging = Merging::new(boxes, around);
    for right in 1..end {
        merging.consider(right - 1, right);
    }
    while let Some((grown, gone)) = merging.merge_best(limit) {
        after[grown] = after[gone];
        if let Some(next) = before.get_mut(after[gone]) {
            *next = grown;
            merging.consider(grown, after[grown]);
        }
        if before[grown] < end {
            merging.consider(before[grown], grown);
        }
    }
    merging.kept()
}

/// Merges any two boxes of the list until it is no longer than `limit`, in O(n² log n) time.
fn merge_any(boxes: &mut [Rect], limit: usize, around: &Rect) -> Vec<Rect> {
    let end = boxes.len();
    let mut merging = Merging::new(boxes, around);
    if end > limit {
        for right in 1..end {
            (0..right).for_each(|left| merging.consider(left, right));
        }
    }
    while let Some((grown, _)) = merging.merge_best(limit) {
        for other in 0..end {
            if other != grown && merging.versions[other] != GONE {
                merging.consider(grown.min(other), grown.max(other));
            }
        }
    }
    merging.kept()
}

/// At most `limit` disjoint closed intervals, ascending, that together hold all of `intervals`: their union, with the
/// smallest gaps closed if it has more parts.
pub(super) fn merged_intervals(mut intervals: Vec<(f64, f64)>, limit: usize) -> Vec<(f64, f64)> {
    let limit = limit.clamp(1, MOST);
    intervals.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let mut parts: Vec<(f64, f64)> = Vec::new();
    for (low, high) in intervals {
        match parts.last_mut() {
            Some(part) if low <= part.1 => part.1 = part.1.max(high),
            _ => parts.push((low, high)),
        }
    }
    if parts.len() <= limit {
        return parts;
    }
    let gap = |place: usize| parts[place].0 / 2.0 - parts[place - 1].1 / 2.0;
    let mut gaps: Vec<usize> = (1..parts.len()).collect();
    // The widest are kept open.
    gaps.sort_by(|&a, &b| gap(b).total_cmp(&gap(a)));
    gaps.truncate(limit - 1);
    gaps.sort_unstable();
    let starts = std::iter::once(0).chain(gaps.iter().copied());
    let ends = gaps.iter().copied().chain([parts.len()]);
    starts
        .zip(ends)
        .map(|(start, end)| (parts[start].0, parts[end - 1].1))
        .collect()
}

#[cfg(test)]
#[path = "merge_tests.rs"]
mod tests;

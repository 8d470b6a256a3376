//! Which of many boxes overlap a box: a packed R-tree.

use super::merge::{merged_boxes, merged_intervals};

/// How many boxes have one box around them.
const FANOUT: usize = 16;

/// A box: the least x and y, the greatest x and y. Its sides belong to it.
pub type Rect = [f64; 4];

/// Boxes with row numbers, in an R-tree that is built at once and never changed.
///
/// The boxes are in the order of their centres along a Hilbert curve, and of every sixteen the box around them is kept,
/// and so on. That takes 36 bytes a box and a fifteenth more.
///
/// ```
/// use tieline_index::fences::Boxes;
///
/// let boxes = Boxes::build([([0.0, 0.0, 2.0, 2.0], 7), ([5.0, 5.0, 6.0, 6.0], 8)]);
/// let mut rows = Vec::new();
/// boxes.overlapping([2.0, 1.0, 4.0, 4.0], |row| rows.push(row));
/// assert_eq!(rows, [7]);
/// ```
///
/// # Source
/// I. Kamel, C. Faloutsos, "On Packing R-trees", CIKM 1993.
#[derive(Clone, Debug, Default)]
pub struct Boxes {
    /// The boxes, then those around them, and so on up to one level of at most [`FANOUT`].
    boxes: Vec<Rect>,
    /// Where each level ends.
    ends: Vec<usize>,
    rows: Vec<u32>,
}

impl Boxes {
    /// Builds the tree. Boxes that hold nothing, with a least coordinate above the greatest or not a number, are left out.
    pub fn build(boxes: impl IntoIterator<Item = (Rect, u32)>) -> Self {
        let list: Vec<_> = boxes
            .into_iter()
            .filter(|(rect, _)| holds_something(rect))
            .collect();
        let around = union(list.iter().map(|(rect, _)| *rect));
        let mut order: Vec<_> = (0..list.len() as u32)
            .map(|number| (hilbert_key(&list[number as usize].0, &around), number))
            .collect();
        order.sort_unstable();
        let mut boxes = Vec::with_capacity(list.len() + list.len() / (FANOUT - 1) + FANOUT);
        boxes.extend(order.iter().map(|&(_, number)| list[number as usize].0));
        let rows = order.iter().map(|&(_, number)| list[number as usize].1).collect();
        let (mut start, mut ends) = (0, vec![boxes.len()]);
        while boxes.len() - start > FANOUT {
            let end = boxes.len();
            for group in (start..end).step_by(FANOUT) {
                let group = &boxes[group..end.min(group + FANOUT)];
                boxes.push(union(group.iter().copied()));
            }
            ends.push(boxes.len());
            start = end;
        }
        Self { boxes, ends, rows }
    }

    /// How many boxes there are.
    pub const fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The memory it holds, in bytes.
    pub const fn bytes(&self) -> usize {
        self.boxes.capacity() * size_of::<Rect>()
            + self.ends.capacity() * size_of::<usize>()
            + self.rows.capacity() * size_of::<u32>()
    }

    /// At most `limit` boxes that together hold all boxes; see [`Fences::merged_boxes`](super::Fences::merged_boxes).
    pub fn merged_boxes(&self, limit: usize) -> Vec<Rect> {
        merged_boxes(self.leaves().to_vec(), limit)
    }

    /// At most `limit` intervals that together hold every x of any box; see [`Fences::merged_x`](super::Fences::merged_x).
    pub fn merged_x(&self, limit: usize) -> Vec<(f64, f64)> {
        merged_intervals(
            self.leaves().iter().map(|rect| (rect[0], rect[2])).collect(),
            limit,
        )
    }

    /// The same for y.
    pub fn merged_y(&self, limit: usize) -> Vec<(f64, f64)> {
        merged_intervals(
            self.leaves().iter().map(|rect| (rect[1], rect[3])).collect(),
            limit,
        )
    }

    /// The boxes themselves.
    pub(super) fn leaves(&self) -> &[Rect] {
        &self.boxes[..self.rows.len()]
    }

    /// Calls `visit` with the row of every box that shares at least a point with this one, in no particular order.
    #[inline]
    pub fn overlapping(&self, rect: Rect, mut visit: impl FnMut(u32)) {
        if let Some(top) = self.ends.len().checked_sub(1) {
            let start = top.checked_sub(1).map_or(0, |below| self.ends[below]);
            self.search(&rect, top, start..self.ends[top], &mut visit);
        }
    }

    fn search(&self, rect: &Rect, level: usize, places: std::ops::Range<usize>, visit: &mut impl FnMut(u32)) {
        let start = level.checked_sub(1).map_or(0, |below| self.ends[below]);
        for place in places {
            if !overlap(&self.boxes[place], rect) {
                continue;
            }
            let Some(below) = level.checked_sub(1) else {
                visit(self.rows[place]);
                continue;
            };
            let first = below.checked_sub(1).map_or(0, |level| self.ends[level]);
            let group = first + (place - start) * FANOUT;
            self.search(rect, below, group..start.min(group + FANOUT), visit);
        }
    }
}

/// Whether two boxes share a point.
#[inline]
fn overlap(a: &Rect, b: &Rect) -> bool {
    (a[0] <= b[2]) & (b[0] <= a[2]) & (a[1] <= b[3]) & (b[1] <= a[3])
}

fn holds_something(rect: &Rect) -> bool {
    rect[0] <= rect[2] && rect[1] <= rect[3]
}

/// The box around boxes; around none, one that holds nothing.
pub(super) fn union(boxes: impl IntoIterator<Item = Rect>) -> Rect {
    let nothing = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    boxes.into_iter().fold(nothing, |a, b| {
        [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]
    })
}

/// The place of a box's centre along a Hilbert curve through the box around all.
pub(super) fn hilbert_key(rect: &Rect, around: &Rect) -> u32 {
    let cell = |low: f64, high: f64, least: f64, greatest: f64| {
        // Halved first: what is wide may be wider than any number.
        let place = (low / 2.0 + high / 2.0 - least) / (greatest / 2.0 - least / 2.0) / 2.0;
        (place * 65535.0) as u32
    };
    let x = cell(rect[0], rect[2], around[0], around[2]);
    let y = cell(rect[1], rect[3], around[1], around[3]);
    hilbert(x.min(65535), y.min(65535))
}

/// The place of a cell along a Hilbert curve through 65,536 columns and rows.
fn hilbert(mut x: u32, mut y: u32) -> u32 {
    let mut place = 0;
    for bit in (0..16).rev() {
        let (right, upper) = (x >> bit & 1, y >> bit & 1);
        place = place << 2 | ((3 * right) ^ upper);
        if upper == 0 {
            if right == 1 {
                (x, y) = (65535 - x, 65535 - y);
            }
            (x, y) = (y, x);
        }
    }
    place
}

#[cfg(test)]
#[path = "boxes_tests.rs"]
mod tests;

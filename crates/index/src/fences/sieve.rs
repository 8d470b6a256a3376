//! Where no box is: asked of a point before any box is looked at.

use super::boxes::{Boxes, Rect, union};

/// The cells along either side of the finest level are at most so many: its bits fit the nearest cache.
const MOST: usize = 512;
/// And at least so many, however few boxes there are.
const LEAST: usize = 64;
/// Up to these, for each along a side that boxes would have which lie side by side.
const CELLS_A_BOX: f64 = 32.0;
/// The cells along a side of the coarsest level.
const COARSEST: usize = 8;

/// A point may be so much of a cell away from what its cell or those around it hold. The rest is what cells are rounded by.
const WITHIN: f64 = 0.999;

/// Grids over some boxes, each with half as many cells as the one before: a cell's bit is set where a box meets it or a cell around it.
///
/// ```
/// use tieline_index::fences::{Boxes, Sieve};
///
/// let sieve = Sieve::of(&Boxes::build([([0.0, 0.0, 1.0, 1.0], 7), ([50.0, 50.0, 51.0, 51.0], 8)]));
/// assert!(sieve.may_reach([0.5, 0.5], [0.0, 0.0]));
/// assert!(sieve.may_reach([2.0, 0.5], [1.0, 0.0]));
/// assert!(!sieve.may_reach([25.0, 25.0], [1.0, 1.0]));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Sieve {
    /// None where there is no box, or where cells between boxes would have no size.
    levels: Vec<Level>,
    has_boxes: bool,
}

#[derive(Clone, Debug)]
struct Level {
    side: usize,
    /// The corner of the first cell.
    origin: [f64; 2],
    /// Cells in a unit of either coordinate.
    scale: [f64; 2],
    bits: Vec<u64>,
}

impl Sieve {
    /// Of all boxes of a tree.
    pub fn of(boxes: &Boxes) -> Self {
        let around = union(boxes.leaves().iter().copied());
        let sides = std::iter::successors(Some(finest(boxes.len())), |side| Some(side / 2));
        let sides = sides.take_while(|side| *side >= COARSEST);
        let levels: Option<_> = sides.map(|side| Level::of(boxes, &around, side)).collect();
        Self {
            levels: levels.unwrap_or_default(),
            has_boxes: !boxes.is_empty(),
        }
    }

    /// False only if no box lies within so far of a point along both axes; always where the point is not a number.
    ///
    /// Of distances larger than the coarsest cells it is always true.
    #[inline]
    pub fn may_reach(&self, point: [f64; 2], within: [f64; 2]) -> bool {
        for level in &self.levels {
            if within[0] * level.scale[0] <= WITHIN && within[1] * level.scale[1] <= WITHIN {
                return level.is_set(point);
            }
        }
        self.has_boxes && !(point[0].is_nan() || point[1].is_nan())
    }

    /// How many bytes one of so many boxes takes at most while it is built.
    pub fn build_bytes(boxes: usize) -> usize {
        let cells = (finest(boxes) + 1).pow(2);
        cells * size_of::<i64>() + cells / 4
    }

    /// The memory it holds, in bytes.
    pub fn bytes(&self) -> usize {
        let levels = self.levels.iter();
        levels.map(|level| level.bits.capacity() * size_of::<u64>()).sum()
    }
}

/// The cells along a side of the finest level over so many boxes.
fn finest(boxes: usize) -> usize {
    let side = (boxes as f64).sqrt() * CELLS_A_BOX;
    (side as usize).clamp(LEAST, MOST).next_power_of_two()
}

impl Level {
    /// `None` where the cells would be too large for numbers, or there is nothing to have them around.
    fn of(boxes: &Boxes, around: &Rect, side: usize) -> Option<Self> {
        // A row of cells is left free at each end: what is that near to a box is in the grid.
        let scale = [0, 1].map(|axis| {
            let (least, most) = (around[axis], around[axis + 2]);
            let least_size = (1.0 + least.abs().max(most.abs())) * 1e-9;
            1.0 / ((most - least) / (side - 2) as f64).max(least_size)
        });
        let origin = [0, 1].map(|axis| around[axis] - 1.0 / scale[axis]);
        if !origin.iter().chain(&scale).all(|number| number.is_finite()) || scale.contains(&0.0) {
            return None;
        }
        let mut level = Self {
            side,
            origin,
            scale,
            bits: vec![0; (side * side).div_ceil(64)],
        };
        level.set(boxes.leaves());
        Some(level)
    }

    /// Sets the cells of boxes, and those around them.
    ///
    /// Where a box begins and ends is noted first, and summed up along both axes then: so it takes no longer for large boxes.
    fn set(&mut self, boxes: &[Rect]) {
        let width = self.side + 1;
        let mut changes = vec![0_i64; width * width];
        for rect in boxes {
            let low = self.cell([rect[0], rect[1]]).map(|cell| cell as usize);
            let high = self.cell([rect[2], rect[3]]).map(|cell| cell as usize);
            let [west, south] = low.map(|cell| cell.saturating_sub(1));
            let [east, north] = high.map(|cell| cell.saturating_add(2).min(self.side));
            changes[south * width + west] += 1;
            changes[south * width + east] -= 1;
            changes[north * width + west] -= 1;
            changes[north * width + east] += 1;
        }
        let mut below = vec![0; width];
        for y in 0..self.side {
            let mut sum = 0;
            for x in 0..self.side {
                sum += changes[y * width + x];
                below[x] += sum;
                let at = y * self.side + x;
                self.bits[at / 64] |= u64::from(below[x] > 0) << (at % 64);
            }
        }
    }

    /// Where a point lies along either axis: the whole part of it is the number of the cell.
    #[inline]
    fn cell(&self, point: [f64; 2]) -> [f64; 2] {
        [0, 1].map(|axis| (point[axis] - self.origin[axis]) * self.scale[axis])
    }

    #[inline]
    fn is_set(&self, point: [f64; 2]) -> bool {
        let [x, y] = self.cell(point);
        let side = self.side as f64;
        if !(x >= 0.0 && y >= 0.0 && x < side && y < side) {
            return false;
        }
        let at = y as usize * self.side + x as usize;
        self.bits[at / 64] >> (at % 64) & 1 == 1
    }
}

#[cfg(test)]
#[path = "sieve_tests.rs"]
mod tests;

//! Which cell of a grid a coordinate lies in.

/// Added to a number of this size at most, it leaves the nearest whole number in the low bits.
const WHOLE: f64 = (1_u64 << 52) as f64;

/// How many times, as a power of two, a cell of the coarse grid can be divided.
pub(super) const DEPTH: u32 = 12;

/// One axis: a coordinate's place in units of the finest cells.
///
/// The cell is the place's nearest whole number. Both are computed in the same way for points and for vertices, and
/// neither subtraction, product nor rounding puts two numbers in the wrong order: of two points in different cells, the
/// one in the higher cell has the higher coordinate. Everything that is decided by cells rests on that and is exact.
#[derive(Clone, Copy, Debug)]
pub(super) struct Axis {
    origin: f64,
    scale: f64,
    offset: f64,
    /// The last cell.
    top: f64,
    bounds: (f64, f64),
}

impl Axis {
    /// An axis of `1 << bits` coarse cells, of which the first and the last hold nothing between the bounds.
    fn new(min: f64, max: f64, bits: u32) -> Self {
        let cells = f64::from(((1_u32 << bits) - 2) << DEPTH) - 1.0;
        let scale = cells / (max - min);
        // Too wide or too narrow for numbers of 64 bits: one cell for all of it.
        let (origin, scale) = match max - min < f64::INFINITY && scale < f64::INFINITY {
            true => (min, scale),
            false => (0.0, 0.0),
        };
        Self {
            origin,
            scale,
            offset: f64::from(1_u32 << DEPTH),
            top: f64::from((1_u32 << (bits + DEPTH)) - 1),
            bounds: (min, max),
        }
    }

    /// The place of a coordinate. Wrong by less than 2^-28 cells between the bounds.
    #[inline]
    pub(super) fn place(&self, coordinate: f64) -> f64 {
        (coordinate - self.origin) * self.scale + self.offset
    }

    /// The cell of a place; what is beyond the bounds or not a number is in one that holds nothing.
    #[inline]
    pub(super) fn cell(&self, place: f64) -> u32 {
        // Written so that a place that is not a number becomes 0.
        let place = if place > 0.0 { place } else { 0.0 };
        let place = if place < self.top { place } else { self.top };
        (place + WHOLE).to_bits() as u32
    }

    /// The coordinate between a cell and the one before it, no further out than the bounds; for pictures.
    pub(super) fn border(&self, cell: u32) -> f64 {
        let (min, max) = self.bounds;
        let coordinate = (f64::from(cell) - 0.5 - self.offset) / self.scale + self.origin;
        match self.scale > 0.0 {
            true => coordinate.clamp(min, max),
            false if f64::from(cell) > self.offset => max,
            false => min,
        }
    }
}

/// The axes of a grid.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub(super) x: Axis,
    pub(super) y: Axis,
    /// The coarse grid has `1 << bits` columns and as many rows.
    pub(super) bits: u32,
}

impl Frame {
    pub(super) fn new([west, south, east, north]: [f64; 4], bits: u32) -> Self {
        Self {
            x: Axis::new(west, east, bits),
            y: Axis::new(south, north, bits),
            bits,
        }
    }
}

#[cfg(test)]
#[path = "frame_tests.rs"]
mod tests;

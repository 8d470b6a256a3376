//! Random numbers by position: the n-th number of a row needs no other.

/// What a number is for; numbers of different purposes are independent.
#[derive(Debug, Clone, Copy)]
pub(super) enum Stream {
    Pool = 1,
    Observation = 2,
    ReportAddress = 3,
    Prefix = 4,
    FencesFew = 5,
    FencesMany = 6,
    FencesMost = 7,
    Town = 8,
}

/// The numbers of one row of one stream.
#[derive(Debug, Clone)]
pub(super) struct Draw(u64);

impl Draw {
    pub(super) fn new(seed: u64, stream: Stream, row: u64) -> Self {
        // Far apart for neighbouring seeds, streams and rows.
        let start = mixed(seed ^ mixed((stream as u64) << 56 ^ row));
        Self(start)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed(self.0)
    }

    /// Below `bound`, which is not 0. The bias is at most `bound` in 2^64.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(bound.max(1))) >> 64) as u64
    }

    /// In [0, 1).
    pub(super) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub(super) fn chance(&mut self, share: f64) -> bool {
        self.unit() < share
    }
}

/// The finaliser of splitmix64 (Steele, Lea and Flood 2014).
fn mixed(mut number: u64) -> u64 {
    number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

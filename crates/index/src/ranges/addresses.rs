//! An index of ranges of addresses of both families, each searched in its own width.

use crate::Address;

use super::coverage::Coverage;
use super::index::{RangeStrategy, Ranges};
use super::intervals::{Intervals, RangesError};
use super::probe::{self, BLOCK, Cursor, EMPTY, Lookup, Pairs, Short};

/// Which intervals of addresses hold an address given as its 16 bytes in network byte order.
///
/// IPv4 (the block `::ffff:0:0/96`) is searched as 32-bit keys, everything else as 128-bit keys. An interval that
/// crosses the border of that block is in both parts, with one row; an address lies on one side, so no match is twice.
///
/// Matches come in the order that [`Ranges`] gives; for an IPv4 address what an interval holds beyond IPv4 does not count.
///
/// ```
/// use tieline_index::ranges::{AddressRanges, Cursor, Pairs, RangeStrategy};
/// use tieline_index::Address;
///
/// let bytes = |text| Address::parse(text).unwrap().to_bytes();
/// let number = |text| u128::from_be_bytes(bytes(text));
/// let intervals = [
///     (number("192.0.2.0"), number("192.0.2.255"), 0),
///     (number("2001:db8::"), number("2001:db8::ff"), 1),
/// ];
/// let index = AddressRanges::build(intervals, RangeStrategy::Segments).unwrap();
/// let (mut cursor, mut pairs) = (Cursor::default(), Pairs::default());
/// index.probe(&[bytes("2001:db8::7"), bytes("192.0.2.7")], 0, &mut cursor, 8192, &mut pairs);
/// assert_eq!(pairs.build, [1, 0]);
/// ```
#[derive(Debug)]
pub struct AddressRanges {
    v4: Ranges<u32>,
    v6: Ranges<u128>,
    len: usize,
}

impl AddressRanges {
    /// Builds the index on this thread: see [`AddressRanges::build_with_threads`].
    ///
    /// # Errors
    /// As for [`Ranges::build`].
    pub fn build(
        intervals: impl IntoIterator<Item = (u128, u128, u32)>,
        strategy: RangeStrategy,
    ) -> Result<Self, RangesError> {
        Self::build_with_threads(intervals, strategy, 1)
    }

    /// Builds the index from closed intervals of addresses as numbers ([`Address::to_u128`]), each with its row, on at most
    /// `threads` threads. Intervals whose first address is above the last hold nothing.
    ///
    /// # Errors
    /// As for [`Ranges::build`].
    pub fn build_with_threads(
        intervals: impl IntoIterator<Item = (u128, u128, u32)>,
        strategy: RangeStrategy,
        threads: usize,
    ) -> Result<Self, RangesError> {
        let (first_v4, last_v4) = (Address::FIRST_V4.to_u128(), Address::LAST_V4.to_u128());
        let intervals = intervals.into_iter();
        // Most intervals are of IPv4, and memory that is not written is none.
        let mut v4 = Intervals::with_capacity(intervals.size_hint().1.unwrap_or(0));
        let mut v6 = Intervals::new();
        let mut len = 0;
        for (lo, hi, row) in intervals {
            if lo > hi {
                continue;
            }
            len += 1;
            let (lo_v4, hi_v4) = (lo.max(first_v4), hi.min(last_v4));
            if lo_v4 <= hi_v4 {
                v4.push(lo_v4 as u32, hi_v4 as u32, row);
            }
            if lo < first_v4 || hi > last_v4 {
                v6.push(lo, hi, row);
            }
        }
        Ok(Self {
            v4: Ranges::build_with_threads(v4, strategy, threads)?,
            v6: Ranges::build_with_threads(v6, strategy, threads)?,
            len,
        })
    }

    /// The part that holds IPv4, as the lowest 32 bits of addresses.
    pub const fn v4(&self) -> &Ranges<u32> {
        &self.v4
    }

    /// The part that holds everything else; its intervals may span the block of IPv4.
    pub const fn v6(&self) -> &Ranges<u128> {
        &self.v6
    }

    /// The strategy that it was built for.
    pub const fn strategy(&self) -> RangeStrategy {
        self.v4.strategy()
    }

    /// How many intervals it holds.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether it holds none.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The memory it holds, in bytes.
    pub fn bytes(&self) -> usize {
        self.v4.bytes() + self.v6.bytes()
    }

    /// The lowest and the highest address that any interval holds; `None` without intervals.
    pub fn bounds(&self) -> Option<(u128, u128)> {
        let parts = [self.v4.bounds().map(widened), self.v6.bounds()];
        parts
            .into_iter()
            .flatten()
            .reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }

    /// At most `limit` disjoint closed ranges, ascending, that together hold every address that any interval holds; see
    /// [`Ranges::merged`].
    pub fn merged(&self, limit: usize) -> Vec<(u128, u128)> {
        let mut parts = Intervals::new();
        parts.extend(
            self.v4
                .merged(usize::MAX)
                .into_iter()
                .map(widened)
                .map(|(lo, hi)| (lo, hi, 0)),
        );
        parts.extend(self.v6.merged(usize::MAX).into_iter().map(|(lo, hi)| (lo, hi, 0)));
        super::coverage::merged(parts, limit)
    }

    /// How much the intervals cover of IPv4 and of everything else: probes of one family say nothing of the other.
    pub const fn coverage(&self) -> [Coverage; 2] {
        [self.v4.coverage(), self.v6.coverage()]
    }

    /// Appends the matches of a batch of addresses; see [`Ranges::probe`].
    pub fn probe(
        &self,
        addresses: &[[u8; 16]],
        first_row: u32,
        cursor: &mut Cursor,
        limit: usize,
        pairs: &mut Pairs,
    ) -> bool {
        probe::probe(self, addresses, first_row, cursor, limit, pairs)
    }

    /// Appends for every address the number of intervals that hold it.
    pub fn counts(&self, addresses: &[[u8; 16]], counts: &mut Vec<u32>) {
        probe::counts(self, addresses, counts);
    }

    /// Appends for every address whether an interval holds it.
    pub fn any(&self, addresses: &[[u8; 16]], any: &mut Vec<bool>) {
        probe::any(self, addresses, any);
    }

    /// Appends for every address the row of its first match, or [`NO_ROW`](super::NO_ROW).
    pub fn first(&self, addresses: &[[u8; 16]], rows: &mut Vec<u32>) {
        probe::first(self, addresses, rows);
    }
}

impl Lookup for AddressRanges {
    type Key = [u8; 16];

    fn locate(&self, keys: &[[u8; 16]], found: &mut [u32]) {
        let (mut v4, mut v6) = ([0_u32; BLOCK], [0_u128; BLOCK]);
        // Where the family changes from row to row, a branch on it would be guessed wrong: each key is written to both
        // lists, and only its own list moves on.
        let (mut v4_count, mut v6_count) = (0, 0);
        for bytes in keys {
            let number = u128::from_be_bytes(*bytes);
            v4[v4_count & (BLOCK - 1)] = number as u32;
            v6[v6_count & (BLOCK - 1)] = number;
            let is_v4 = is_v4(number);
            v4_count += usize::from(is_v4);
            v6_count += usize::from(!is_v4);
        }
        if v6_count == 0 {
            return self.v4.locate(&v4[..v4_count], found);
        }
        if v4_count == 0 {
            return self.v6.locate(&v6[..v6_count], found);
        }
        let (mut v4_found, mut v6_found) = ([EMPTY; BLOCK], [EMPTY; BLOCK]);
        self.v4.locate(&v4[..v4_count], &mut v4_found[..v4_count]);
        self.v6.locate(&v6[..v6_count], &mut v6_found[..v6_count]);
        let (mut v4_next, mut v6_next) = (0, 0);
        for (found, bytes) in found.iter_mut().zip(keys) {
            let is_v4 = is_v4(u128::from_be_bytes(*bytes));
            *found = std::hint::select_unpredictable(
                is_v4,
                v4_found[v4_next & (BLOCK - 1)],
                v6_found[v6_next & (BLOCK - 1)],
            );
            v4_next += usize::from(is_v4);
            v6_next += usize::from(!is_v4);
        }
    }

    fn count(&self, key: &[u8; 16], found: u32) -> u32 {
        let number = u128::from_be_bytes(*key);
        if is_v4(number) {
            self.v4.count(&(number as u32), found)
        } else {
            self.v6.count(&number, found)
        }
    }

    fn first(&self, key: &[u8; 16], found: u32) -> u32 {
        let number = u128::from_be_bytes(*key);
        if is_v4(number) {
            Lookup::first(&self.v4, &(number as u32), found)
        } else {
            Lookup::first(&self.v6, &number, found)
        }
    }

    #[inline]
    fn short(&self, key: &[u8; 16], found: u32) -> Short<'_> {
        let number = u128::from_be_bytes(*key);
        if is_v4(number) {
            self.v4.short(&(number as u32), found)
        } else {
            self.v6.short(&number, found)
        }
    }

    fn rows(&self, key: &[u8; 16], found: u32, mark: u32, room: usize, rows: &mut Vec<u32>) -> u32 {
        let number = u128::from_be_bytes(*key);
        if is_v4(number) {
            self.v4.rows(&(number as u32), found, mark, room, rows)
        } else {
            self.v6.rows(&number, found, mark, room, rows)
        }
    }
}

#[inline]
const fn is_v4(number: u128) -> bool {
    number >> 32 == Address::FIRST_V4.to_u128() >> 32
}

fn widened((lo, hi): (u32, u32)) -> (u128, u128) {
    let base = Address::FIRST_V4.to_u128();
    (base | u128::from(lo), base | u128::from(hi))
}

#[cfg(test)]
#[path = "addresses_tests.rs"]
mod tests;

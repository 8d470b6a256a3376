//! The last times of rows that last, and which of a run of rows last long enough.

use std::ops::Range;

use super::build::shares;
use super::table::Record;
use crate::threads::on_threads;

/// The logarithm of how many rows, or groups of rows, make one group.
const GROUP_BITS: u32 = 4;
const GROUP: usize = 1 << GROUP_BITS;

/// The last times of the rows of a table, in its order.
#[derive(Debug)]
pub(super) struct Ends {
    /// First those of rows, then the latest of every 16 of them, of every 256, and so on up to a single group.
    levels: Vec<Vec<i64>>,
}

impl Ends {
    /// Of the records, with the last time of every row by its number.
    pub(super) fn of<S: Copy + Send + Sync>(records: &[Record<S>], lasts: &[i64], threads: usize) -> Self {
        let of_share = |share: Range<usize>| -> Vec<i64> {
            let records = records[share].iter();
            records.map(|record| lasts[record.2 as usize]).collect()
        };
        let ends = on_threads(shares(records.len(), threads), of_share).concat();
        let mut levels = vec![ends];
        while let Some(below) = levels.last().filter(|level| level.len() > 1) {
            let latest = |group: &[i64]| group.iter().copied().fold(i64::MIN, i64::max);
            levels.push(below.chunks(GROUP).map(latest).collect());
        }
        Self { levels }
    }

    /// The first position, from one on and before `until`, of a row that lasts until a time at least; `until` where there is none.
    ///
    /// Rows that end too early are passed over in groups, so that the cost is O(log) of how many there are.
    pub(super) fn next(&self, from: usize, until: usize, time: i64) -> usize {
        let (mut level, mut at) = (0, from);
        while at << (GROUP_BITS * level as u32) < until {
            if self.levels[level][at] >= time {
                if level == 0 {
                    return at;
                }
                level -= 1;
                at <<= GROUP_BITS;
            } else {
                at += 1;
                while at % GROUP == 0 && level + 1 < self.levels.len() {
                    level += 1;
                    at >>= GROUP_BITS;
                }
            }
        }
        until
    }

    pub(super) fn bytes(&self) -> usize {
        self.levels
            .iter()
            .map(|level| level.capacity() * size_of::<i64>())
            .sum()
    }
}

#[cfg(test)]
#[path = "ends_tests.rs"]
mod tests;

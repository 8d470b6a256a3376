//! The keys divided among threads, each with the intervals that hold some of its keys.

use std::ops::RangeInclusive;

use super::coverage::Pieces;
use super::forest::{Cut, Forest, sweep};
use super::intervals::Interval;
use super::key::Key;
use super::sort::{sort_intervals, sorted_ends};

/// From how many lower bounds the borders between shares are guessed.
const SAMPLE: usize = 1 << 10;

/// A part of the keys.
#[derive(Debug)]
pub(super) struct Share<K> {
    keys: RangeInclusive<K>,
    /// Whole intervals: where they begin decides their order, wherever the part begins.
    pub(super) intervals: Vec<Interval<K>>,
}

impl<K: Key> Share<K> {
    /// Divides the keys into `count` parts with about as many intervals each, or fewer where many intervals would be in
    /// several.
    pub(super) fn deal(intervals: Vec<Interval<K>>, count: usize) -> Vec<Self> {
        let borders = borders(&intervals, count);
        let mut shares: Vec<Self> = Vec::with_capacity(count);
        let mut first = K::ZERO;
        for border in borders {
            shares.push(Self::empty(first..=border.sub_one(), intervals.len() / count));
            first = border;
        }
        shares.push(Self::empty(first..=K::MAX, intervals.len() / count));
        let mut copies = 0;
        for interval in &intervals {
            for share in &mut shares {
                if interval.lo <= *share.keys.end() && interval.hi >= *share.keys.start() {
                    share.intervals.push(*interval);
                    copies += 1;
                }
            }
            if copies > intervals.len() + intervals.len() / 8 {
                let keys = K::ZERO..=K::MAX;
                return vec![Self { keys, intervals }];
            }
        }
        shares
    }

    fn empty(keys: RangeInclusive<K>, intervals: usize) -> Self {
        Self {
            keys,
            intervals: Vec::with_capacity(intervals + intervals / 8),
        }
    }

    /// Puts the intervals in order and cuts the keys of this part into elementary segments.
    pub(super) fn cut(&mut self) -> (Forest<K>, Vec<Cut<K>>) {
        sort_intervals(&mut self.intervals);
        let (forest, mut cuts) = sweep(&self.intervals, &sorted_ends(&self.intervals));
        cuts.truncate(cuts.partition_point(|cut| cut.start <= *self.keys.end()));
        // The segment that the first key lies in begins with that key here.
        let before = cuts.partition_point(|cut| cut.start < *self.keys.start());
        if before > 0 {
            cuts[before - 1].start = *self.keys.start();
            cuts.drain(..before - 1);
            if cuts.get(1).is_some_and(|next| next.start == cuts[0].start) {
                cuts.remove(0);
            }
        }
        (forest, cuts)
    }

    /// The union of what the intervals, which are in order, hold of this part.
    pub(super) fn pieces(&self) -> Pieces<K> {
        Pieces::of(self.intervals.iter().map(|interval| {
            (
                interval.lo.max(*self.keys.start()),
                interval.hi.min(*self.keys.end()),
            )
        }))
    }
}

/// At most `count - 1` keys at which parts of about equally many lower bounds begin, ascending and none zero.
fn borders<K: Key>(intervals: &[Interval<K>], count: usize) -> Vec<K> {
    if count < 2 {
        return Vec::new();
    }
    let step = (intervals.len() / SAMPLE).max(1);
    let mut sample: Vec<K> = intervals
        .iter()
        .step_by(step)
        .map(|interval| interval.lo)
        .collect();
    sample.sort_unstable();
    let mut borders: Vec<K> = (1..count)
        .filter_map(|share| sample.get(sample.len() * share / count).copied())
        .collect();
    borders.retain(|&border| border != K::ZERO);
    borders.dedup();
    borders
}

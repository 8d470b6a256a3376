//! The `segments` strategy: the keys cut where the set of intervals that hold them changes, and each segment located.
//!
//! What a segment is held by is stored in one of three ways: a single row in the code itself; several rows as a list,
//! shared by segments with the same rows, while all lists would take at most four words for each interval without that; beyond that, the number of the segment's topmost
//! interval in the [`Forest`]. So memory is O(n) for any overlap, and a key with k matches takes the look-up and O(k).

use std::hint::select_unpredictable;

use super::forest::{Cut, Forest, NONE, sweep};
use super::intervals::Interval;
use super::key::{Key, Word};
use super::locator::{KIND, Locator};
use super::probe::{BLOCK, EMPTY, Lookup, SHORT};

/// A code with this kind is a position in the lists: the number of rows stands there, and then the rows.
const LIST: u32 = 0b10 << 30;
/// A code with this kind is a position in `deep`.
const DEEP: u32 = 0b11 << 30;
/// How many words of lists there may be for each interval.
const LIST_WORDS: usize = 4;
/// Beyond this, a position would not leave room for its kind.
const MOST_LIST_WORDS: usize = 1 << 30;

/// Elementary segments and the intervals that hold them.
#[derive(Debug)]
pub(super) struct Segments<K> {
    /// Keys below count as this one, which no interval holds unless it is the lowest key of all.
    base: K,
    /// From `base` to the last start; keys above count as the last start.
    reach: K,
    /// So many low bits are zero in every start (less `base`): they are cut off.
    low_zeros: u32,
    locator: Narrow,
    lists: Vec<u32>,
    deep: Vec<Deep>,
    forest: Forest<K>,
}

/// A segment held by too many intervals to list.
#[derive(Clone, Copy, Debug)]
struct Deep {
    top: u32,
    count: u32,
}

/// The starts, less `base` and the low bits that are zero in all, in the narrowest numbers that hold them.
#[derive(Debug)]
enum Narrow {
    W32(Locator<u32>),
    W64(Locator<u64>),
    W128(Locator<u128>),
}

impl<K: Key> Segments<K> {
    /// `sorted` in the order of (`lo` ascending, `hi` descending), `ends` the same intervals' `hi` ascending.
    pub(super) fn build(sorted: &[Interval<K>], ends: &[K]) -> Self {
        let (forest, cuts) = sweep(sorted, ends);
        let mut segments = Self {
            base: K::ZERO,
            reach: K::ZERO,
            low_zeros: 0,
            locator: Narrow::W32(Locator::build([(0, EMPTY)].into_iter())),
            lists: vec![0],
            deep: Vec::new(),
            forest,
        };
        segments.place(sorted, &cuts);
        // The last list can be read beyond its end.
        segments.lists.extend([0; SHORT]);
        segments.lists.shrink_to_fit();
        segments.deep.shrink_to_fit();
        if segments.deep.is_empty() {
            segments.forest = Forest::empty();
        }
        segments
    }

    /// Stores what holds a segment, and returns its code.
    ///
    /// From one segment to a later one with the same topmost interval, intervals end but none begins: if they are as
    /// many as before they are the same ones. `listed` has the code of each topmost interval's latest list, or 0.
    fn code(&mut self, sorted: &[Interval<K>], cut: &Cut<K>, longest: u32, listed: &mut [u32]) -> u32 {
        if cut.count == 0 {
            return EMPTY;
        }
        let row = sorted[cut.top as usize].row;
        if cut.count == 1 && row < EMPTY {
            return row;
        }
        if cut.count > longest {
            self.deep.push(Deep {
                top: cut.top,
                count: cut.count,
            });
            return DEEP | (self.deep.len() - 1) as u32;
        }
        let latest = listed[cut.top as usize];
        if latest != 0 && self.lists[(latest & !KIND) as usize] == cut.count {
            return latest;
        }
        let code = LIST | self.lists.len() as u32;
        listed[cut.top as usize] = code;
        self.lists.push(cut.count);
        let mut node = cut.top;
        while node != NONE {
            self.lists.push(sorted[node as usize].row);
            node = self.forest.next(node, cut.start);
        }
        code
    }

    /// Builds the locator.
    fn place(&mut self, sorted: &[Interval<K>], cuts: &[Cut<K>]) {
        let (Some(first), Some(last)) = (cuts.first(), cuts.last()) else {
            return;
        };
        let bits = cuts.iter().fold(K::ZERO, |bits, cut| bits.or(cut.start));
        self.low_zeros = bits.low_zeros().min(K::BITS - 1);
        // Slots begin where prefixes do if the base is a round number; rounding widens the span by a thousandth.
        let round = last.start.minus(first.start).bit_length().saturating_sub(10);
        let round = round.max(self.low_zeros);
        if first.start != K::ZERO {
            self.base = first.start.sub_one().without_low(round);
        }
        self.reach = last.start.minus(self.base);
        self.locator = match self.narrow(last.start).bit_length() {
            0..=32 => Narrow::W32(self.locator(sorted, cuts, K::low32)),
            33..=64 => Narrow::W64(self.locator(sorted, cuts, K::low64)),
            _ => Narrow::W128(self.locator(sorted, cuts, K::wide)),
        };
    }

    fn locator<W: Word>(&mut self, sorted: &[Interval<K>], cuts: &[Cut<K>], low: fn(K) -> W) -> Locator<W> {
        let longest = longest_list(cuts, sorted.len());
        let mut listed = vec![0; sorted.len()];
        let mut starts = Vec::with_capacity(cuts.len() + 1);
        if cuts.first().is_some_and(|first| first.start != self.base) {
            starts.push((W::ZERO, EMPTY));
        }
        for cut in cuts {
            starts.push((
                low(self.narrow(cut.start)),
                self.code(sorted, cut, longest, &mut listed),
            ));
        }
        Locator::build(starts.into_iter())
    }

    /// A key as the locator compares it.
    #[inline]
    fn narrow(&self, key: K) -> K {
        key.max(self.base)
            .minus(self.base)
            .min(self.reach)
            .shifted_down(self.low_zeros)
    }

    #[inline]
    fn locate_narrow<W: Word>(
        &self,
        locator: &Locator<W>,
        low: impl Fn(K) -> W,
        keys: &[K],
        found: &mut [u32],
    ) {
        let mut narrow = [W::ZERO; BLOCK];
        for (narrow, &key) in narrow.iter_mut().zip(keys) {
            *narrow = low(self.narrow(key));
        }
        locator.locate(&narrow[..keys.len()], found);
    }

    pub(super) fn bytes(&self) -> usize {
        let locator = match &self.locator {
            Narrow::W32(locator) => locator.bytes(),
            Narrow::W64(locator) => locator.bytes(),
            Narrow::W128(locator) => locator.bytes(),
        };
        locator
            + self.lists.capacity() * size_of::<u32>()
            + self.deep.capacity() * size_of::<Deep>()
            + self.forest.bytes()
    }

    #[inline]
    fn list(&self, found: u32) -> &[u32] {
        let position = (found & !KIND) as usize;
        let count = self.lists[position] as usize;
        &self.lists[position + 1..][..count]
    }
}

/// The longest length of which all lists up to it together keep within their share of memory.
fn longest_list<K>(cuts: &[Cut<K>], intervals: usize) -> u32 {
    let mut words_of: Vec<usize> = vec![0; 1024];
    for cut in cuts.iter().filter(|cut| cut.count > 0) {
        if let Some(words) = words_of.get_mut(cut.count as usize) {
            *words += cut.count as usize + 1;
        }
    }
    let most = (intervals * LIST_WORDS).min(MOST_LIST_WORDS);
    let mut sum = 0;
    let fitting = words_of.iter().take_while(|&&words| {
        sum += words;
        sum <= most
    });
    (fitting.count() as u32).saturating_sub(1)
}

impl<K: Key> Lookup for Segments<K> {
    type Key = K;

    fn locate(&self, keys: &[K], found: &mut [u32]) {
        match &self.locator {
            Narrow::W32(locator) => self.locate_narrow(locator, K::low32, keys, found),
            Narrow::W64(locator) => self.locate_narrow(locator, K::low64, keys, found),
            Narrow::W128(locator) => self.locate_narrow(locator, K::wide, keys, found),
        }
    }

    fn count(&self, _: &K, found: u32) -> u32 {
        match found & KIND {
            LIST => self.lists[(found & !KIND) as usize],
            _ => self.deep[(found & !KIND) as usize].count,
        }
    }

    fn first(&self, _: &K, found: u32) -> u32 {
        match found & KIND {
            LIST => self.list(found).first().copied().unwrap_or(super::NO_ROW),
            _ => self.forest.row(self.deep[(found & !KIND) as usize].top),
        }
    }

    #[inline]
    fn short(&self, _: &K, found: u32) -> ([u32; SHORT], usize) {
        // A list that every index has at position 0 stands in for what is not a list, so that nothing depends on what it is.
        let is_list = found & KIND == LIST;
        let position = select_unpredictable(is_list, (found & !KIND) as usize, 0);
        let list = &self.lists[position..][..=SHORT];
        let single = select_unpredictable(found > EMPTY, usize::MAX, usize::from(found != EMPTY));
        let count = select_unpredictable(is_list, list[0] as usize, single);
        let mut rows = [0; SHORT];
        rows.copy_from_slice(&list[1..]);
        rows[0] = select_unpredictable(is_list, rows[0], found);
        (rows, count)
    }

    /// The mark is the number of rows taken of a list, or the number of the last interval, plus one.
    fn rows(&self, key: &K, found: u32, mark: u32, room: usize, rows: &mut Vec<u32>) -> u32 {
        if found & KIND == LIST {
            let list = self.list(found);
            let taken = mark as usize;
            if list.len() - taken <= room {
                rows.extend_from_slice(&list[taken..]);
                return 0;
            }
            rows.extend_from_slice(&list[taken..][..room]);
            return mark + room as u32;
        }
        let mut next = match mark {
            0 => self.deep[(found & !KIND) as usize].top,
            last => self.forest.next(last - 1, *key),
        };
        let mut mark = mark;
        for _ in 0..room {
            if next == NONE {
                return 0;
            }
            rows.push(self.forest.row(next));
            mark = next + 1;
            next = self.forest.next(next, *key);
        }
        if next == NONE { 0 } else { mark }
    }
}

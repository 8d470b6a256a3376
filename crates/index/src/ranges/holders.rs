//! What holds a segment: a code for each, and what the codes lead to.
//!
//! A single row stands in the code itself. Several rows are a list, shared by segments with the same rows, while all lists
//! would take at most six words for each interval without that. Beyond that the code leads to the segment's topmost
//! interval in the [`Forest`], which is only kept where it is needed. So memory is O(n) for any overlap, and k matches
//! take O(k).

use std::hint::select_unpredictable;

use super::forest::{Cut, Forest, NONE};
use super::intervals::Interval;
use super::key::Key;
use super::locator::KIND;
use super::probe::{EMPTY, SHORT, Short};

/// A code with this kind leads to a list: its size, or zero if that is over [`MOST_SIZED`], and its position follow. The
/// rows stand there, of a list over that size behind their number. A size that is known before the list is read lets the
/// lists of many keys be read at once.
const LIST: u32 = 0b10 << 30;
/// The bits of the position in such a code.
const POSITION_BITS: u32 = 27;
/// The largest size that a code holds.
const MOST_SIZED: u32 = 7;
/// A code with this kind is a position in `deep`.
const DEEP: u32 = 0b11 << 30;
/// How many words of lists there may be for each interval.
const LIST_WORDS: usize = 6;
/// Beyond this, a position would not leave room for the size and the kind.
pub(super) const MOST_LIST_WORDS: usize = 1 << POSITION_BITS;

/// What holds the segments, for all codes given out.
#[derive(Debug, Default)]
pub(super) struct Holders<K> {
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

impl<K: Key> Holders<K> {
    /// What holds the segments of `cuts`, and the codes of these. `sorted` are the intervals of the forest, in its order;
    /// `most_words` is the room for lists.
    pub(super) fn of(
        forest: Forest<K>,
        cuts: &[Cut<K>],
        sorted: &[Interval<K>],
        most_words: usize,
    ) -> (Self, Vec<(K, u32)>) {
        let longest = longest_list(cuts, most_words.min(sorted.len() * LIST_WORDS));
        let mut holders = Self {
            forest,
            ..Self::default()
        };
        let mut listed = vec![0; sorted.len()];
        let code = |cut: &Cut<K>| (cut.start, holders.code(sorted, cut, longest, &mut listed));
        let codes = cuts.iter().map(code).collect();
        if holders.deep.is_empty() {
            holders.forest = Forest::empty();
        }
        (holders, codes)
    }

    /// Takes over what holds other segments; changes their codes accordingly.
    pub(super) fn append(&mut self, mut other: Self, codes: &mut [(K, u32)]) {
        let (lists, deep) = (self.lists.len() as u32, self.deep.len() as u32);
        let nodes = self.forest.append(other.forest);
        other.deep.iter_mut().for_each(|deep| deep.top += nodes);
        self.lists.append(&mut other.lists);
        self.deep.append(&mut other.deep);
        for (_, code) in codes {
            *code += match *code & KIND {
                LIST => lists,
                DEEP => deep,
                _ => 0,
            };
        }
    }

    /// To be called when everything is there.
    pub(super) fn finish(&mut self) {
        // The last list can be read beyond its end, and without lists there is still something at position 0.
        self.lists.extend([0; SHORT]);
        self.lists.shrink_to_fit();
        self.deep.shrink_to_fit();
    }

    pub(super) fn bytes(&self) -> usize {
        self.lists.capacity() * size_of::<u32>()
            + self.deep.capacity() * size_of::<Deep>()
            + self.forest.bytes()
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
        if latest != 0 && self.list(latest).len() == cut.count as usize {
            return latest;
        }
        let mut code = LIST | self.lists.len() as u32;
        if cut.count <= MOST_SIZED {
            code |= cut.count << POSITION_BITS;
        } else {
            self.lists.push(cut.count);
        }
        listed[cut.top as usize] = code;
        let mut node = cut.top;
        while node != NONE {
            self.lists.push(sorted[node as usize].row);
            node = self.forest.next(node, cut.start);
        }
        code
    }

    /// How many rows there are, for a code above [`EMPTY`].
    pub(super) fn count(&self, found: u32) -> u32 {
        match found & KIND {
            LIST => self.list(found).len() as u32,
            _ => self.deep[(found & !KIND) as usize].count,
        }
    }

    /// The first of the rows, for a code above [`EMPTY`].
    pub(super) fn first(&self, found: u32) -> u32 {
        match found & KIND {
            LIST => self.list(found).first().copied().unwrap_or(super::NO_ROW),
            _ => self.forest.row(self.deep[(found & !KIND) as usize].top),
        }
    }

    /// Loads the lists of a block, as far as they are copied whole, without a branch and so side by side.
    pub(super) fn touch(&self, found: &[u32]) {
        let mut sum = 0_u32;
        for &code in found {
            let position = select_unpredictable(code & KIND == LIST, position_of(code), 0);
            // In a list that lies across two cache lines the last word is in the other.
            sum ^= self.lists[position] ^ self.lists[position + SHORT - 1];
        }
        std::hint::black_box(sum);
    }

    /// The rows for any code, where they are few.
    #[inline]
    pub(super) fn short(&self, found: u32) -> Short<'_> {
        // What is at position 0 stands in for what is not a list, so that nothing depends on what it is.
        let is_list = found & KIND == LIST;
        let position = select_unpredictable(is_list, position_of(found), 0);
        let single = select_unpredictable(found > EMPTY, usize::MAX, usize::from(found != EMPTY));
        // A list whose size is not in its code has zero here, which less one is more than any other.
        let sized = size_of_list(found).wrapping_sub(1).saturating_add(1);
        let rows = self.lists[position..].first_chunk().unwrap_or(&[0; SHORT]);
        Short {
            count: select_unpredictable(is_list, sized, single),
            rows,
            first: select_unpredictable(is_list, rows[0], found),
        }
    }

    /// Appends rows as [`super::probe::Lookup::rows`] does. The mark is the number of rows taken of a list, or the number of the last interval, plus one.
    pub(super) fn rows(&self, key: K, found: u32, mark: u32, room: usize, rows: &mut Vec<u32>) -> u32 {
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
            last => self.forest.next(last - 1, key),
        };
        let mut mark = mark;
        for _ in 0..room {
            if next == NONE {
                return 0;
            }
            rows.push(self.forest.row(next));
            mark = next + 1;
            next = self.forest.next(next, key);
        }
        if next == NONE { 0 } else { mark }
    }

    #[inline]
    fn list(&self, found: u32) -> &[u32] {
        let list = &self.lists[position_of(found)..];
        match size_of_list(found) {
            0 => &list[1..][..list[0] as usize],
            size => &list[..size],
        }
    }
}

/// The position in the code of a list.
#[inline]
const fn position_of(code: u32) -> usize {
    (code & ((1 << POSITION_BITS) - 1)) as usize
}

/// The size in the code of a list; zero if it stands before the rows.
#[inline]
const fn size_of_list(code: u32) -> usize {
    ((code & !KIND) >> POSITION_BITS) as usize
}

/// The longest length of which all lists up to it together keep within their share of memory.
fn longest_list<K>(cuts: &[Cut<K>], most: usize) -> u32 {
    let mut words_of: Vec<usize> = vec![0; 1024];
    for cut in cuts.iter().filter(|cut| cut.count > 0) {
        if let Some(words) = words_of.get_mut(cut.count as usize) {
            *words += cut.count as usize + usize::from(cut.count > MOST_SIZED);
        }
    }
    let mut sum = 0;
    let fitting = words_of.iter().take_while(|&&words| {
        sum += words;
        sum <= most
    });
    (fitting.count() as u32).saturating_sub(1)
}

//! Which of many ascending starts a key comes after: a directory of marked slots instead of a search.
//!
//! The keys are divided into equal slots, about eight for each start, and a bit marks every slot in which a start lies.
//! A key's slot gives a word with the bits of 32 slots and the number of marked slots before them; the bits up to its
//! own, counted, give the entry of the nearest marked slot at or below its own. Usually that entry's start and code are
//! the answer (if its start is above the key: the entry before). Two look-ups in memory, no search, and the first of
//! them in 2 bits a slot. Where several starts share a slot, the entry leads to a list of them, or to a smaller directory
//! over that slot alone if they are more than 16.
//!
//! Memory is O(n): an entry and about 4 bytes of directory for a start on each of at most `W::BITS / 7` nested
//! directories; a start is on a second one only where more than 16 share one of at least 256 slots.

use std::hint::{black_box, select_unpredictable};
use std::ops::Range;

use multiversion::multiversion;

use super::key::Word;
use super::probe::BLOCK;

/// The bits of a code that say what it is.
pub(super) const KIND: u32 = 0b11 << 30;
/// The kind of code that this module gives an entry for several starts; the other three are the caller's.
const GROUP: u32 = 0b01 << 30;
/// Set in the code of a group that is listed in `few`: then its size less two and its position follow.
const FEW: u32 = 1 << 29;
/// The bits of the position in the code of such a group.
const FEW_POSITION_BITS: u32 = 25;
/// The most starts of such a group.
const MOST_FEW: usize = 16;

/// The logarithm of how many slots a start gets.
const SLOTS_PER_START_BITS: u32 = 3;
/// The logarithm of how many slots share a word.
const WORD_BITS: u32 = 5;
/// The logarithm of the most slots of one directory.
const MOST_SLOTS_BITS: u32 = 27;

/// The first start of a marked slot, and its code.
#[derive(Clone, Copy, Debug)]
struct Entry<W> {
    start: W,
    code: u32,
}

/// A directory over the keys from `base` to `base + reach`; higher keys count as the highest.
#[derive(Clone, Copy, Debug)]
struct Directory<W> {
    base: W,
    reach: W,
    /// The logarithm of the width of a slot.
    slot_bits: u32,
    /// The position of the first word.
    first_word: u32,
}

impl<W: Word> Directory<W> {
    /// The slot of a key.
    #[inline]
    fn slot(&self, key: W) -> u32 {
        key.minus(self.base)
            .min(self.reach)
            .shifted_down(self.slot_bits)
            .low32()
    }

    /// The word of a slot, and its place in it.
    #[inline]
    const fn place(&self, slot: u32) -> (usize, u32) {
        (self.first_word as usize + (slot >> WORD_BITS) as usize, slot & 31)
    }
}

/// Gives every key the code of the last start that is not above it.
#[derive(Debug)]
pub(super) struct Locator<W> {
    root: Directory<W>,
    /// In the low half the marks of 32 slots, in the high half the number of entries before them.
    words: Vec<u64>,
    /// Those of one directory are together, ascending.
    entries: Vec<Entry<W>>,
    /// The starts of groups too small for a directory, together and ascending.
    few: Vec<Entry<W>>,
    /// The first is the root; a code of the kind [`GROUP`] holds the number of one of the others.
    directories: Vec<Directory<W>>,
}

impl<W: Word> Locator<W> {
    /// Over starts in strictly ascending order, of which the first is zero; no code is of the kind [`GROUP`].
    pub(super) fn build(starts: impl Iterator<Item = (W, u32)>) -> Self {
        let source: Vec<Entry<W>> = starts.map(|(start, code)| Entry { start, code }).collect();
        let root = Directory::over(&source);
        let mut locator = Self {
            root,
            words: Vec::new(),
            entries: Vec::with_capacity(source.len()),
            few: Vec::new(),
            directories: Vec::new(),
        };
        // The directory of the n-th of these has the number n.
        let mut groups: Vec<Range<usize>> = std::iter::once(0..source.len()).collect();
        while let Some(group) = groups.get(locator.directories.len()).cloned() {
            let directory = locator.mark(&source[group.clone()], group.start, &mut groups);
            locator.directories.push(directory);
        }
        locator.root = locator.directories.first().copied().unwrap_or(root);
        locator.words.shrink_to_fit();
        locator.entries.shrink_to_fit();
        locator.few.shrink_to_fit();
        locator
    }

    /// Adds the words and the entries of one directory; starts that share a slot become a further group.
    fn mark(&mut self, starts: &[Entry<W>], offset: usize, groups: &mut Vec<Range<usize>>) -> Directory<W> {
        let mut directory = Directory::over(starts);
        directory.first_word = self.words.len() as u32;
        let slots = directory.reach.shifted_down(directory.slot_bits).low32() as usize + 1;
        let words = slots.div_ceil(1 << WORD_BITS);
        self.words.resize(self.words.len() + words, 0);
        let mut counted = directory.first_word as usize;
        let mut begin = 0;
        while begin < starts.len() {
            let slot = directory.slot(starts[begin].start);
            let same = starts[begin + 1..]
                .iter()
                .take_while(|entry| directory.slot(entry.start) == slot);
            let end = begin + 1 + same.count();
            let place = directory.place(slot);
            for word in &mut self.words[counted..=place.0] {
                *word |= (self.entries.len() as u64) << 32;
            }
            counted = counted.max(place.0 + 1);
            self.words[place.0] |= 1 << place.1;
            let Entry { start, mut code } = starts[begin];
            if end - begin > 1 {
                code = self.add_few(&starts[begin..end]).unwrap_or_else(|| {
                    groups.push(offset + begin..offset + end);
                    GROUP | (groups.len() - 1) as u32
                });
            }
            self.entries.push(Entry { start, code });
            begin = end;
        }
        directory
    }

    /// Lists a group, and returns the code that leads to it, if it is small enough.
    fn add_few(&mut self, group: &[Entry<W>]) -> Option<u32> {
        let position = self.few.len();
        if group.len() > MOST_FEW || position >> FEW_POSITION_BITS != 0 {
            return None;
        }
        self.few.extend_from_slice(group);
        Some(GROUP | FEW | ((group.len() - 2) as u32) << FEW_POSITION_BITS | position as u32)
    }

    pub(super) fn bytes(&self) -> usize {
        self.words.capacity() * size_of::<u64>()
            + (self.entries.capacity() + self.few.capacity()) * size_of::<Entry<W>>()
            + self.directories.capacity() * size_of::<Directory<W>>()
    }

    /// Sets `codes` for a block of keys.
    #[inline]
    pub(super) fn locate(&self, keys: &[W], codes: &mut [u32]) {
        let (mut marks, mut before) = ([0_u32; BLOCK], [0_u32; BLOCK]);
        let (marks, before) = (&mut marks[..keys.len()], &mut before[..keys.len()]);
        count_before(&self.root, &self.words, keys, marks, before);
        let entries = before.iter().map(|&after| self.entries[after as usize - 1].code);
        black_box(entries.fold(0, |touched, code| touched ^ code));
        let mut grouped = false;
        for ((code, &after), &key) in codes.iter_mut().zip(before.iter()).zip(keys) {
            *code = self.code(after as usize, key);
            grouped |= *code & KIND == GROUP;
        }
        if grouped {
            self.descend(keys, codes);
        }
    }

    /// The code of the entry before number `after`, or of the one before that if the key lies below its start.
    #[inline]
    fn code(&self, after: usize, key: W) -> u32 {
        let entry = self.entries[after - 1];
        let previous = self.entries[after.saturating_sub(2)];
        select_unpredictable(key < entry.start, previous.code, entry.code)
    }

    /// Replaces codes that lead to groups, all keys one directory down before any goes down the next.
    #[inline(never)]
    fn descend(&self, keys: &[W], codes: &mut [u32]) {
        let (mut nested, mut few) = (Waiting::default(), Waiting::default());
        let mut after = [0_u32; BLOCK];
        let file = |position: u16, code: u32, nested: &mut Waiting, few: &mut Waiting| {
            nested.add_if(code & (KIND | FEW) == GROUP, position);
            few.add_if(code & (KIND | FEW) == GROUP | FEW, position);
        };
        for (position, &code) in (0..).zip(codes.iter()) {
            file(position, code, &mut nested, &mut few);
        }
        while nested.count > 0 {
            for (after, &position) in after.iter_mut().zip(&nested.positions[..nested.count]) {
                let number = codes[position as usize] & !(KIND | FEW);
                let directory = &self.directories[number as usize];
                let (word, bit) = directory.place(directory.slot(keys[position as usize]));
                let word = self.words[word];
                *after = (word >> 32) as u32 + (word as u32 & up_to(bit)).count_ones();
            }
            // Those that go on are filed in the same list, never ahead of where it is read.
            let count = std::mem::take(&mut nested.count);
            for (index, &after) in after[..count].iter().enumerate() {
                let position = nested.positions[index];
                let code = self.code(after as usize, keys[position as usize]);
                codes[position as usize] = code;
                file(position, code, &mut nested, &mut few);
            }
        }
        let few = &few.positions[..few.count];
        let begins = few.iter().map(|&position| {
            let (begin, count) = few_of(codes[position as usize]);
            let half = (count - 1).min(MOST_FEW / 2);
            self.few[begin].code ^ self.few[begin + half].code
        });
        black_box(begins.fold(0, |touched, code| touched ^ code));
        for &position in few {
            let code = &mut codes[position as usize];
            *code = self.code_of_few(*code, keys[position as usize]);
        }
    }

    /// The code of the last start of a listed group that is not above the key; the first never is.
    #[inline]
    fn code_of_few(&self, group: u32, key: W) -> u32 {
        let (begin, count) = few_of(group);
        let starts = &self.few[begin..begin + count];
        let mut at = 0;
        let mut step = MOST_FEW / 2;
        while step > 0 {
            let next = (at + step).min(count - 1);
            at = select_unpredictable(starts[next].start <= key, next, at);
            step /= 2;
        }
        starts[at].code
    }
}

/// Where a listed group begins, and how many starts it has.
#[inline]
const fn few_of(group: u32) -> (usize, usize) {
    let begin = group & ((1 << FEW_POSITION_BITS) - 1);
    let count = ((group & !(KIND | FEW)) >> FEW_POSITION_BITS) + 2;
    (begin as usize, count as usize)
}

/// Sets, for a block of keys, how many marked slots of a directory come up to their own; `marks` is memory to work with.
///
/// Loops that only compute do it for several keys at once; of a loop that reads, being short, dozens of reads are under way
/// at once.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx512vpopcntdq+bmi1+bmi2+lzcnt+popcnt",
    "x86_64+avx2+bmi1+bmi2+lzcnt+popcnt"
))]
fn count_before<W: Word>(
    directory: &Directory<W>,
    words: &[u64],
    keys: &[W],
    marks: &mut [u32],
    before: &mut [u32],
) {
    for (slot, &key) in marks.iter_mut().zip(keys) {
        *slot = directory.slot(key);
    }
    for (marks, before) in marks.iter_mut().zip(before.iter_mut()) {
        let (word, bit) = directory.place(*marks);
        let word = words[word];
        *marks = word as u32 & up_to(bit);
        *before = (word >> 32) as u32;
    }
    for (before, &mut marks) in before.iter_mut().zip(marks) {
        *before += marks.count_ones();
    }
}

/// Positions in a block of keys that are not done.
struct Waiting {
    positions: [u16; BLOCK],
    count: usize,
}

impl Default for Waiting {
    fn default() -> Self {
        Self {
            positions: [0; BLOCK],
            count: 0,
        }
    }
}

impl Waiting {
    /// Adds a position, without a branch on whether it is one to add.
    #[inline]
    fn add_if(&mut self, add: bool, position: u16) {
        // There are never more than a block has; the mask only spares the check.
        self.positions[self.count & (BLOCK - 1)] = position;
        self.count += usize::from(add);
    }
}

impl<W: Word> Directory<W> {
    /// The directory for these starts, its words not placed yet.
    fn over(starts: &[Entry<W>]) -> Self {
        let base = starts.first().map_or(W::ZERO, |entry| entry.start);
        let reach = starts.last().map_or(W::ZERO, |entry| entry.start.minus(base));
        let wanted = starts.len().next_power_of_two().ilog2() + SLOTS_PER_START_BITS;
        // At least a whole word of slots; the first and the last start then never share a slot.
        let slots = wanted.clamp(WORD_BITS, MOST_SLOTS_BITS);
        Self {
            base,
            reach,
            slot_bits: reach.bit_length().saturating_sub(slots),
            first_word: 0,
        }
    }
}

/// Ones from bit 0 to `bit`.
#[inline]
const fn up_to(bit: u32) -> u32 {
    u32::MAX >> (31 - bit)
}

#[cfg(test)]
#[path = "locator_tests.rs"]
mod tests;

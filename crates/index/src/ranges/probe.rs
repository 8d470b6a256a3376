//! Probing in blocks: where a batch of look-ups stops and goes on, and the order of what it finds.

/// How many keys are looked up together. Passes over a block are short loops in which no key waits for the memory that
/// another key needs.
pub(super) const BLOCK: usize = 512;

/// Matches of one key up to this number are copied without a branch on how many they are.
pub(super) const SHORT: usize = 8;

/// What a key with no match is found to be. Below it is the row itself of a key with exactly one match; above it the
/// index alone knows.
pub(super) const EMPTY: u32 = 0x3fff_ffff;

/// The row that [`super::Ranges::first`] gives a key without a match.
pub const NO_ROW: u32 = u32::MAX;

/// Matches as two columns of equal length: pair `i` is build row `build[i]` and probe row `probe[i]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pairs {
    /// The rows of the build side, as they were given with the intervals.
    pub build: Vec<u32>,
    /// The rows of the probe side, ascending within a batch.
    pub probe: Vec<u32>,
}

impl Pairs {
    /// None yet, with memory for so many.
    pub fn with_capacity(pairs: usize) -> Self {
        Self {
            build: Vec::with_capacity(pairs),
            probe: Vec::with_capacity(pairs),
        }
    }

    /// How many pairs there are.
    pub fn len(&self) -> usize {
        self.build.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.build.is_empty()
    }

    /// Removes all pairs and keeps the memory.
    pub fn clear(&mut self) {
        self.build.clear();
        self.probe.clear();
    }
}

/// Where a batch of look-ups stopped, possibly between two matches of one key; the default is the batch's beginning.
///
/// A cursor belongs to the batch and to the index with which it was used first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    pub(crate) key: usize,
    /// Zero where no match of the key has been taken, else the index's own mark.
    pub(crate) mark: u32,
}

/// The matches of one key, to be copied without asking how many they are.
pub(super) struct Short<'a> {
    /// How many there are; more than [`SHORT`] where [`Lookup::rows`] must say them.
    pub(super) count: usize,
    /// Where the matches stand, if there are several.
    pub(super) rows: &'a [u32; SHORT],
    /// The first match. It need not stand in `rows`: the only match of a key stands in no list.
    pub(super) first: u32,
}

impl Short<'_> {
    /// No rows; whether there are any, [`Lookup::rows`] must say.
    pub(super) const fn unknown(any: bool) -> Self {
        Self {
            count: if any { usize::MAX } else { 0 },
            rows: &[0; SHORT],
            first: 0,
        }
    }
}

/// What the driver below needs of an index.
pub(super) trait Lookup {
    /// What is looked up.
    type Key;

    /// Sets `found` for every key of a block: [`EMPTY`], a row below it, or something above it for the methods below.
    fn locate(&self, keys: &[Self::Key], found: &mut [u32]);

    /// How many intervals hold the key; `found` is above [`EMPTY`].
    fn count(&self, key: &Self::Key, found: u32) -> u32;

    /// The row that comes first; `found` is above [`EMPTY`].
    fn first(&self, key: &Self::Key, found: u32) -> u32;

    /// Loads what the rows of a block are read from, so that the waits for memory pass side by side.
    fn touch(&self, _found: &[u32]) {}

    /// The rows for any `found`, where they are few.
    fn short(&self, key: &Self::Key, found: u32) -> Short<'_>;

    /// Appends at most `room` (which is not 0) rows; `found` is above [`EMPTY`]. Begins behind `mark`, or with the first
    /// if it is 0; returns the mark of the last one taken if there may be more, else 0.
    fn rows(&self, key: &Self::Key, found: u32, mark: u32, room: usize, rows: &mut Vec<u32>) -> u32;
}

/// Appends matches until all keys are done (true) or `limit` pairs have been added.
pub(super) fn probe<L: Lookup>(
    index: &L,
    keys: &[L::Key],
    first_row: u32,
    cursor: &mut Cursor,
    limit: usize,
    pairs: &mut Pairs,
) -> bool {
    let full = pairs.len().saturating_add(limit);
    let mut found = [EMPTY; BLOCK];
    while cursor.key < keys.len() {
        let room = full - pairs.len();
        if room == 0 {
            return false;
        }
        // With little room a whole block would be located in vain, again and again.
        let length = BLOCK.min(keys.len() - cursor.key).min(room.max(8));
        let block = &keys[cursor.key..][..length];
        let found = &mut found[..length];
        index.locate(block, found);
        let at_most_one = found.iter().fold(true, |all, &one| all & (one <= EMPTY));
        if cursor.mark == 0 && length <= room && at_most_one {
            append_single(found, first_row + cursor.key as u32, pairs);
            cursor.key += length;
        } else if !append_all(index, block, found, first_row, cursor, full, pairs) {
            return false;
        }
    }
    true
}

/// Appends the matches of keys that have one at most, without a branch on whether they have it.
fn append_single(found: &[u32], first_row: u32, pairs: &mut Pairs) {
    let (mut build, mut probe) = ([0; BLOCK], [0; BLOCK]);
    let mut count = 0;
    for (row, &one) in (first_row..).zip(found) {
        // `count` is below the block's size; the mask only spares the check.
        build[count & (BLOCK - 1)] = one;
        probe[count & (BLOCK - 1)] = row;
        count += usize::from(one != EMPTY);
    }
    pairs.build.extend_from_slice(&build[..count]);
    pairs.probe.extend_from_slice(&probe[..count]);
}

/// Appends the matches of a block's keys, key by key; false when the limit came first.
fn append_all<L: Lookup>(
    index: &L,
    block: &[L::Key],
    found: &[u32],
    first_row: u32,
    cursor: &mut Cursor,
    full: usize,
    pairs: &mut Pairs,
) -> bool {
    index.touch(found);
    let mut staged = Staged::default();
    for (key, &one) in block.iter().zip(found) {
        let row = first_row + cursor.key as u32;
        let short = index.short(key, one);
        let room = full - pairs.len() - staged.count;
        if short.count > SHORT || room < SHORT || cursor.mark != 0 {
            staged.empty_into(pairs);
            let room = full - pairs.len();
            if room == 0 && one != EMPTY {
                return false;
            }
            if one > EMPTY {
                cursor.mark = index.rows(key, one, cursor.mark, room, &mut pairs.build);
            } else if one < EMPTY {
                pairs.build.push(one);
            }
            pairs.probe.resize(pairs.build.len(), row);
            if cursor.mark != 0 {
                return false;
            }
        } else {
            staged.add(short, row, pairs);
        }
        cursor.key += 1;
    }
    staged.empty_into(pairs);
    true
}

/// Pairs on their way to the columns.
struct Staged {
    build: [u32; BLOCK + SHORT],
    probe: [u32; BLOCK + SHORT],
    count: usize,
}

impl Default for Staged {
    fn default() -> Self {
        Self {
            build: [0; BLOCK + SHORT],
            probe: [0; BLOCK + SHORT],
            count: 0,
        }
    }
}

impl Staged {
    /// Adds the matches of one key; what is written beyond their number is overwritten by the next.
    #[inline]
    fn add(&mut self, short: Short<'_>, row: u32, pairs: &mut Pairs) {
        if self.count > BLOCK {
            self.empty_into(pairs);
        }
        self.build[self.count..self.count + SHORT].copy_from_slice(short.rows);
        // Over the copy, not into it: loading again what was just stored in part would wait for the store.
        self.build[self.count] = short.first;
        self.probe[self.count..self.count + SHORT].copy_from_slice(&[row; SHORT]);
        self.count += short.count;
    }

    fn empty_into(&mut self, pairs: &mut Pairs) {
        pairs.build.extend_from_slice(&self.build[..self.count]);
        pairs.probe.extend_from_slice(&self.probe[..self.count]);
        self.count = 0;
    }
}

/// Appends for every key how many intervals hold it.
pub(super) fn counts<L: Lookup>(index: &L, keys: &[L::Key], counts: &mut Vec<u32>) {
    each_block(index, keys, |block, found| {
        counts.extend(block.iter().zip(found).map(|(key, &one)| match one {
            EMPTY => 0,
            0..EMPTY => 1,
            _ => index.count(key, one),
        }));
    });
}

/// Appends for every key whether an interval holds it.
pub(super) fn any<L: Lookup>(index: &L, keys: &[L::Key], any: &mut Vec<bool>) {
    each_block(index, keys, |_, found| {
        any.extend(found.iter().map(|&one| one != EMPTY))
    });
}

/// Appends for every key the row that comes first, or [`NO_ROW`].
pub(super) fn first<L: Lookup>(index: &L, keys: &[L::Key], rows: &mut Vec<u32>) {
    each_block(index, keys, |block, found| {
        rows.extend(block.iter().zip(found).map(|(key, &one)| match one {
            EMPTY => NO_ROW,
            0..EMPTY => one,
            _ => index.first(key, one),
        }));
    });
}

fn each_block<L: Lookup>(index: &L, keys: &[L::Key], mut take: impl FnMut(&[L::Key], &[u32])) {
    let mut found = [EMPTY; BLOCK];
    for block in keys.chunks(BLOCK) {
        let found = &mut found[..block.len()];
        index.locate(block, found);
        take(block, found);
    }
}

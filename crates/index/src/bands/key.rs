//! The keys that rows are equal by, and the narrower numbers that they are kept as.

use crate::ranges::{Key, key_from_bytes};

/// What rows are equal by: a number of 32, 64 or 128 bits, or 16 bytes that stand for one.
pub trait EqualKey: Copy + Send + Sync {
    /// The number; keys are equal where their numbers are.
    type Number: Key;

    /// The number of a key.
    fn number(self) -> Self::Number;
}

impl<K: Key> EqualKey for K {
    type Number = K;

    #[inline]
    fn number(self) -> K {
        self
    }
}

/// In network byte order, such as an address.
impl EqualKey for [u8; 16] {
    type Number = u128;

    #[inline]
    fn number(self) -> u128 {
        key_from_bytes(self)
    }
}

/// What a key is kept as: its difference from the least key of the index.
pub(super) trait Offset: Key {
    /// The low bits of a number, all that it has but zeros.
    fn of<K: Key>(number: K) -> Self;

    /// The number again; `K` is at least as wide.
    fn widen<K: Key>(self) -> K;

    /// A hash of which all bits are good.
    fn hash(self) -> u64;
}

/// Which keys can be in an index, and what they are kept as.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reach<K> {
    /// The least key.
    pub(super) least: K,
    /// The difference from it of the greatest.
    pub(super) span: K,
}

impl<K: Key> Reach<K> {
    /// What a key is kept as, and whether it can be there at all.
    #[inline]
    pub(super) fn offset<S: Offset>(&self, key: K) -> (S, bool) {
        let offset = key.minus(self.least);
        (S::of(offset), offset <= self.span)
    }
}

//! The hash of a key, and places by its high bits.

use super::key::Offset;
use crate::ranges::Key;

const MIX: [u64; 3] = [
    0x9e37_79b9_7f4a_7c15,
    0xbf58_476d_1ce4_e5b9,
    0x94d0_49bb_1331_11eb,
];

/// Both halves of the product: each bit of the factors tells on each bit of the result.
#[inline]
const fn folded(a: u64, b: u64) -> u64 {
    let product = a as u128 * b as u128;
    product as u64 ^ (product >> 64) as u64
}

/// The place among `places` of a hash, ascending with the hash.
#[inline]
pub(super) const fn place(hash: u64, places: u64) -> usize {
    ((hash as u128 * places as u128) >> 64) as usize
}

/// The same by the high 32 bits of the hash, for fewer than 2^32 places: processors compute it for several hashes at once.
#[inline]
pub(super) const fn place_of_few(hash: u64, places: u64) -> u32 {
    ((hash >> 32).wrapping_mul(places) >> 32) as u32
}

/// The high bits told to the low ones.
#[inline]
const fn told(a: u64) -> u64 {
    a ^ a >> 32
}

macro_rules! offset {
    ($type:ty, $of:ident, $hash:expr) => {
        impl Offset for $type {
            #[inline]
            fn of<K: Key>(number: K) -> Self {
                number.$of()
            }

            #[inline]
            fn widen<K: Key>(self) -> K {
                K::truncated(self as u128)
            }

            #[inline]
            fn hash(self) -> u64 {
                let hash: fn(Self) -> u64 = $hash;
                hash(self)
            }
        }
    };
}

// Without products of more than 64 bits, for the same reason as above.
offset!(u32, low32, |key| told(
    told((key as u64).wrapping_mul(MIX[0])).wrapping_mul(MIX[1])
));
offset!(u64, low64, |key| folded(
    folded(key ^ MIX[2], MIX[0]) ^ MIX[2],
    MIX[1]
));
offset!(u128, wide, |key| {
    let half = folded(key as u64 ^ MIX[2], MIX[0]);
    folded(half ^ (key >> 64) as u64, MIX[1])
});

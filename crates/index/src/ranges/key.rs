//! The keys that ranges are made of, and how other ordered types become keys.

use std::fmt::Debug;

/// Unsigned whole numbers of 32, 64 or 128 bits: what an index of ranges searches.
///
/// Every other ordered type of at most 16 bytes has a mapping to one of them that keeps its order: see the functions of
/// this module such as [`key_from_i64`]. Bounds and probes must go through the same mapping. Sealed.
pub trait Key: Word {
    /// The next larger key, if there is one.
    fn successor(self) -> Option<Self> {
        (self != Self::MAX).then(|| self.add_one())
    }

    /// The next smaller key, if there is one.
    fn predecessor(self) -> Option<Self> {
        (self != Self::ZERO).then(|| self.sub_one())
    }
}

impl Key for u32 {}
impl Key for u64 {}
impl Key for u128 {}

/// The arithmetic that the structures need of a key; shifts are by less than [`Word::BITS`].
pub trait Word: Copy + Ord + Default + Debug + Send + Sync + 'static {
    /// The width.
    const BITS: u32;
    /// The smallest key.
    const ZERO: Self;
    /// The largest key.
    const MAX: Self;
    /// One more; the caller has ruled out the largest.
    fn add_one(self) -> Self;
    /// One less; the caller has ruled out zero.
    fn sub_one(self) -> Self;
    /// The difference, modulo 2 to the width.
    fn minus(self, other: Self) -> Self;
    /// The sum, modulo 2 to the width.
    fn plus(self, other: Self) -> Self;
    /// Shifted towards the low bits.
    fn shifted_down(self, bits: u32) -> Self;
    /// The bits of both.
    fn or(self, other: Self) -> Self;
    /// With the lowest bits zero.
    fn without_low(self, bits: u32) -> Self;
    /// How many bits the number takes, 0 for zero.
    fn bit_length(self) -> u32;
    /// How many of the lowest bits are zero; the width for zero.
    fn low_zeros(self) -> u32;
    /// The lowest 32 bits.
    fn low32(self) -> u32;
    /// The lowest 64 bits.
    fn low64(self) -> u64;
    /// The number, widened.
    fn wide(self) -> u128;
    /// The bits above the lowest 64, 0 in numbers that have no more.
    #[inline]
    fn high64(self) -> u64 {
        (self.wide() >> 64) as u64
    }
    /// The low bits of a wider number.
    fn truncated(wide: u128) -> Self;
    /// The number, rounded.
    fn rounded(self) -> f64;
}

macro_rules! word {
    ($type:ty) => {
        impl Word for $type {
            const BITS: u32 = <$type>::BITS;
            const ZERO: Self = 0;
            const MAX: Self = <$type>::MAX;

            #[inline]
            fn add_one(self) -> Self {
                self.wrapping_add(1)
            }

            #[inline]
            fn sub_one(self) -> Self {
                self.wrapping_sub(1)
            }

            #[inline]
            fn minus(self, other: Self) -> Self {
                self.wrapping_sub(other)
            }

            #[inline]
            fn plus(self, other: Self) -> Self {
                self.wrapping_add(other)
            }

            #[inline]
            fn shifted_down(self, bits: u32) -> Self {
                self >> (bits & (Self::BITS - 1))
            }

            #[inline]
            fn or(self, other: Self) -> Self {
                self | other
            }

            #[inline]
            fn without_low(self, bits: u32) -> Self {
                self.checked_shr(bits)
                    .unwrap_or(0)
                    .checked_shl(bits)
                    .unwrap_or(0)
            }

            #[inline]
            fn bit_length(self) -> u32 {
                Self::BITS - self.leading_zeros()
            }

            #[inline]
            fn low_zeros(self) -> u32 {
                self.trailing_zeros()
            }

            #[inline]
            fn low32(self) -> u32 {
                self as u32
            }

            #[inline]
            fn low64(self) -> u64 {
                self as u64
            }

            #[inline]
            fn wide(self) -> u128 {
                self as u128
            }

            #[inline]
            fn truncated(wide: u128) -> Self {
                wide as Self
            }

            #[inline]
            fn rounded(self) -> f64 {
                self as f64
            }
        }
    };
}

word!(u32);
word!(u64);
word!(u128);

/// The key of a signed number of at most 32 bits, also of a `Date32`.
pub const fn key_from_i32(value: i32) -> u32 {
    value as u32 ^ (1 << 31)
}

/// The key of a signed number of at most 64 bits, also of a timestamp, a duration or a `Date64`; whatever its unit.
///
/// ```
/// use tieline_index::ranges::key_from_i64;
///
/// assert!(key_from_i64(-1) < key_from_i64(0));
/// ```
pub const fn key_from_i64(value: i64) -> u64 {
    value as u64 ^ (1 << 63)
}

/// The key of a signed number of 128 bits, also of a `Decimal128`; bounds and probes must have one scale.
pub const fn key_from_i128(value: i128) -> u128 {
    value as u128 ^ (1 << 127)
}

/// The key of a single-precision number, in the order of [`f32::total_cmp`]; see [`key_from_f64`].
pub const fn key_from_f32(value: f32) -> u32 {
    let bits = value.to_bits();
    bits ^ if bits >> 31 == 1 { u32::MAX } else { 1 << 31 }
}

/// The key of a double-precision number, in the order of [`f64::total_cmp`].
///
/// That is the order in which Arrow compares: -NaN < -∞ < … < -0.0 < 0.0 < … < ∞ < NaN. A positive NaN as upper bound
/// therefore holds everything above the lower one, and zeros of different sign differ: a caller for whom they are equal
/// adds 0.0 to bounds and probes first.
pub const fn key_from_f64(value: f64) -> u64 {
    let bits = value.to_bits();
    bits ^ if bits >> 63 == 1 { u64::MAX } else { 1 << 63 }
}

/// The key of 16 bytes in network byte order, such as an address.
pub const fn key_from_bytes(bytes: [u8; 16]) -> u128 {
    u128::from_be_bytes(bytes)
}

#[cfg(test)]
#[path = "key_tests.rs"]
mod tests;

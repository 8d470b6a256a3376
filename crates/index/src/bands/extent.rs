//! From where to where the keys and the times of the rows of an index go.

use std::ops::Range;

use multiversion::multiversion;

use super::key::EqualKey;
use super::rows::BandRows;
use crate::ranges::Key;
use crate::threads::on_threads;

/// The least and the greatest of the keys and the times of some rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extent<K> {
    pub(super) keys: (K, K),
    pub(super) times: (i64, i64),
}

impl<K: Key> Extent<K> {
    /// Of no rows.
    const NONE: Self = Self {
        keys: (K::MAX, K::ZERO),
        times: (i64::MAX, i64::MIN),
    };

    /// That of the rows, of which each of some threads looks at a share; `None` without any.
    pub(super) fn of<Q: EqualKey<Number = K>>(
        rows: &BandRows<'_, Q>,
        shares: &[Range<usize>],
    ) -> Option<Self> {
        let of_share = |share: Range<usize>| {
            let of_halves = match rows.live {
                None => of_low_halves(&rows.keys[share.clone()], &rows.times[share.clone()]),
                Some(_) => None,
            };
            of_halves.unwrap_or_else(|| {
                let mut extent = Self::NONE;
                rows.each(share, |_, key, time| {
                    extent = extent.with((key, key), (time, time))
                });
                extent
            })
        };
        let shares = shares.iter().filter(|share| !share.is_empty()).cloned();
        let extents = on_threads(shares.collect(), of_share);
        extents.into_iter().reduce(|a, b| a.with(b.keys, b.times))
    }

    /// With others from one to the other.
    #[inline]
    fn with(self, keys: (K, K), times: (i64, i64)) -> Self {
        Self {
            keys: (self.keys.0.min(keys.0), self.keys.1.max(keys.1)),
            times: (self.times.0.min(times.0), self.times.1.max(times.1)),
        }
    }
}

/// The extent of rows of which all keys have the same bits above the lowest 64, as addresses of IPv4 do; `None` where they have not.
///
/// Numbers of 64 bits are compared several at once; those of 128 one by one, which costs as much as all else that is done to a row.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512dq+avx512vl+bmi1+bmi2+lzcnt+popcnt",
    "x86_64+avx2+bmi1+bmi2+lzcnt+popcnt"
))]
fn of_low_halves<K: Key, Q: EqualKey<Number = K>>(keys: &[Q], times: &[i64]) -> Option<Extent<K>> {
    let high = keys.first()?.number().high64();
    let (mut least, mut greatest, mut others) = (u64::MAX, 0, 0);
    let (mut earliest, mut latest) = (i64::MAX, i64::MIN);
    for (key, &time) in keys.iter().zip(times) {
        let key = key.number();
        (least, greatest) = (least.min(key.low64()), greatest.max(key.low64()));
        others |= key.high64() ^ high;
        (earliest, latest) = (earliest.min(time), latest.max(time));
    }
    let whole = |low: u64| K::truncated(u128::from(high) << 64 | u128::from(low));
    (others == 0).then(|| Extent {
        keys: (whole(least), whole(greatest)),
        times: (earliest, latest),
    })
}

#[cfg(test)]
#[path = "extent_tests.rs"]
mod tests;

//! Addresses: a pool that devices use, crowded ones, and others.

use super::draw::{Draw, Stream};
use super::options::JoinsOptions;

/// The first address of 240.0.0.0/4 as it is stored.
const V4: u128 = 0xffff_f000_0000;
/// How many bits of 240.0.0.0/4 are free.
pub(super) const V4_FREE_BITS: u32 = 28;
/// The first address of 2001:db8::/32.
const V6: u128 = 0x2001_0db8 << 96;

/// What addresses rows can have.
#[derive(Debug, Clone)]
pub(super) struct Addresses {
    seed: u64,
    ipv6_share: f64,
    crowded: u64,
    /// Two and a half observations use each address of the pool, on average.
    pool: u64,
}

impl Addresses {
    pub(super) fn new(options: &JoinsOptions) -> Self {
        Self {
            seed: options.seed,
            ipv6_share: options.ipv6_share,
            crowded: options.crowded_addresses,
            pool: (options.observations() * 2 / 5).max(1),
        }
    }

    /// One of the pool.
    pub(super) fn pooled(&self, draw: &mut Draw) -> u128 {
        let number = draw.below(self.pool);
        self.any(&mut Draw::new(self.seed, Stream::Pool, number))
    }

    /// One of the crowded ones.
    pub(super) fn crowded(&self, draw: &mut Draw) -> u128 {
        let number = draw.below(self.crowded);
        self.any(&mut Draw::new(self.seed, Stream::Pool, u64::MAX / 2 + number))
    }

    /// Any address.
    pub(super) fn any(&self, draw: &mut Draw) -> u128 {
        let is_v6 = draw.chance(self.ipv6_share);
        let bits = draw.next();
        if is_v6 {
            // Prefixes are at most 64 bits long: hosts of a network share those.
            V6 | u128::from(bits >> 32) << 64 | u128::from(draw.next())
        } else {
            V4 | u128::from(bits >> (64 - V4_FREE_BITS))
        }
    }
}

/// The block of addresses of a length that an address lies in: its first and its last.
pub(super) fn block(address: u128, host_bits: u32) -> (u128, u128) {
    let hosts = (1u128 << host_bits) - 1;
    (address & !hosts, address | hosts)
}

/// The address as IPv4.
pub(super) fn as_v4(address: u128) -> Option<u32> {
    (address >> 32 == 0xffff).then_some(address as u32)
}

//! Prefixes that nest, repeat and touch.

use super::addresses::{Addresses, as_v4, block};
use super::draw::{Draw, Stream};
use super::options::JoinsOptions;

/// One prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Prefix {
    pub(super) first: u128,
    pub(super) last: u128,
    /// Within its family.
    pub(super) length: u32,
    pub(super) asn: i64,
}

/// How many of 400,000 prefixes of IPv4 have which length: as in a routing table mostly /24, and few that hold much.
const V4_LENGTHS: [(u32, u64); 21] = [
    (8, 1),
    (9, 2),
    (10, 6),
    (11, 12),
    (12, 30),
    (13, 60),
    (14, 120),
    (15, 200),
    (16, 1_300),
    (17, 800),
    (18, 1_400),
    (19, 2_600),
    (20, 20_000),
    (21, 24_000),
    (22, 50_000),
    (23, 40_000),
    (24, 210_000),
    (25, 15_000),
    (26, 13_000),
    (27, 11_000),
    (28, 10_469),
];

/// The same for IPv6.
const V6_LENGTHS: [(u32, u64); 6] = [
    (36, 1_000),
    (40, 9_000),
    (44, 30_000),
    (48, 300_000),
    (56, 40_000),
    (64, 20_000),
];

/// All of them, in the order of their ids.
pub(super) fn prefixes(options: &JoinsOptions) -> Vec<Prefix> {
    let addresses = Addresses::new(options);
    let mut prefixes: Vec<Prefix> = Vec::with_capacity(options.prefixes() as usize);
    for number in 0..options.prefixes() {
        let mut draw = Draw::new(options.seed, Stream::Prefix, number);
        let anywhere = addresses.any(&mut draw);
        let length = length(&mut draw, as_v4(anywhere).is_some());
        let asn = 64_496 + draw.below(4_000) as i64;
        let earlier = prefixes.len() as u64;
        let address = if earlier > 0 && draw.chance(options.overlap) {
            let outer = prefixes[draw.below(earlier) as usize];
            inside(outer, length, anywhere, &mut draw)
        } else if earlier > 0 && draw.chance(0.1) {
            // Next to the one before, where it is of the same family.
            let before = prefixes[prefixes.len() - 1];
            let next = before.last + 1;
            if as_v4(next).is_some() == as_v4(anywhere).is_some() {
                next
            } else {
                anywhere
            }
        } else {
            anywhere
        };
        let width = if as_v4(address).is_some() { 32 } else { 128 };
        let (first, last) = block(address, width - length);
        prefixes.push(Prefix {
            first,
            last,
            length,
            asn,
        });
    }
    prefixes
}

/// An address inside a prefix that is not longer and of the family, else the address that was drawn.
fn inside(outer: Prefix, length: u32, anywhere: u128, draw: &mut Draw) -> u128 {
    if outer.length > length || as_v4(outer.first).is_some() != as_v4(anywhere).is_some() {
        return anywhere;
    }
    let hosts = outer.last - outer.first;
    let bits = u128::from(draw.next()) << 64 | u128::from(draw.next());
    outer.first | bits & hosts
}

fn length(draw: &mut Draw, is_v4: bool) -> u32 {
    let lengths: &[(u32, u64)] = if is_v4 { &V4_LENGTHS } else { &V6_LENGTHS };
    let total: u64 = lengths.iter().map(|(_, count)| count).sum();
    let mut left = draw.below(total);
    for (length, count) in lengths {
        if left < *count {
            return *length;
        }
        left -= count;
    }
    lengths[lengths.len() - 1].0
}

//! The made-up prefixes, ranges and addresses that the benchmarks of this folder run on; the same on every run.

mod fences;

pub use fences::{Rings, by_place, few_fences, large_fence, many_fences, most_fences, outlines, points};
use tieline_index::Address;
use tieline_index::ranges::Intervals;

/// SplitMix64: numbers that look random and are the same on every run and machine.
///
/// # Source
/// G. Steele, D. Lea, C. Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.
#[derive(Clone, Debug)]
pub struct Numbers(u64);

impl Numbers {
    /// The sequence of that seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// The next number as one below `limit`, which is not 0.
    pub const fn below(&mut self, limit: u64) -> u64 {
        ((self.next() as u128 * limit as u128) >> 64) as u64
    }
}

/// How many of a thousand prefixes of a routing table have a length, by rough count of the public IPv4 table.
const V4_LENGTHS: [(u32, u64); 10] = [
    (12, 1),
    (14, 3),
    (16, 14),
    (18, 15),
    (19, 25),
    (20, 45),
    (21, 55),
    (22, 110),
    (23, 100),
    (24, 632),
];

/// The same for IPv6.
const V6_LENGTHS: [(u32, u64); 7] = [
    (29, 40),
    (32, 130),
    (36, 60),
    (40, 100),
    (44, 110),
    (46, 60),
    (48, 500),
];

/// Where the registries have given out IPv6: the leading bits and how many they are.
const V6_BLOCKS: [(u128, u32); 6] = [
    (0x2001, 16),
    (0x240, 12),
    (0x260, 12),
    (0x280, 12),
    (0x2a0, 12),
    (0x2c0, 12),
];

fn length_of(lengths: &[(u32, u64)], numbers: &mut Numbers) -> u32 {
    let mut rest = numbers.below(lengths.iter().map(|(_, share)| share).sum());
    for &(length, share) in lengths {
        if rest < share {
            return length;
        }
        rest -= share;
    }
    32
}

/// Prefixes of IPv4 with the lengths of a routing table, anywhere in the address space: they nest, and some are equal.
pub fn v4_prefixes(count: u32) -> Intervals<u32> {
    let mut numbers = Numbers::new(4);
    let prefix = |row| {
        let host_bits = 32 - length_of(&V4_LENGTHS, &mut numbers);
        let lo = numbers.next() as u32 >> host_bits << host_bits;
        (lo, lo | ((1 << host_bits) - 1), row)
    };
    (0..count).map(prefix).collect()
}

/// Disjoint ranges of IPv4 with gaps, of uneven sizes, in ascending order: the shape of a table of networks.
pub fn v4_networks(count: u32) -> Intervals<u32> {
    let mut numbers = Numbers::new(5);
    let step = u64::from(u32::MAX) / u64::from(count.max(1));
    let network = |row: u32| {
        let first = u64::from(row) * step + numbers.below(step / 2);
        let last = first + numbers.below(step / 2);
        (first as u32, last as u32, row)
    };
    (0..count).map(network).collect()
}

/// Prefixes of IPv6 of 29 to 48 bits, inside the blocks of the registries, a quarter of them inside another one.
pub fn v6_prefixes(count: u32) -> Intervals<u128> {
    let mut numbers = Numbers::new(6);
    let mut networks: Vec<u128> = Vec::new();
    let prefix = |row| {
        let host_bits = 128 - length_of(&V6_LENGTHS, &mut numbers);
        let random = u128::from(numbers.next()) << 64;
        let (leading, bits) = V6_BLOCKS[numbers.below(6) as usize];
        let inside = match networks.get(numbers.below(4 * (networks.len() as u64 + 1)) as usize) {
            Some(network) => network | (random >> 32),
            None => leading << (128 - bits) | random >> bits,
        };
        let lo = inside >> host_bits << host_bits;
        networks.push(lo);
        (lo, lo | ((1 << host_bits) - 1), row)
    };
    (0..count).map(prefix).collect()
}

/// Addresses of IPv4 anywhere.
pub fn v4_addresses(count: usize) -> Vec<u32> {
    let mut numbers = Numbers::new(7);
    (0..count).map(|_| numbers.next() as u32).collect()
}

/// Addresses of which each lies in a random one of the prefixes.
pub fn v6_addresses_in(prefixes: &[(u128, u128)], count: usize) -> Vec<u128> {
    let mut numbers = Numbers::new(8);
    let address = |_| {
        let (lo, hi) = prefixes[numbers.below(prefixes.len() as u64) as usize];
        let random = u128::from(numbers.next()) << 64 | u128::from(numbers.next());
        lo | (random & (hi - lo))
    };
    (0..count).map(address).collect()
}

/// The 16 bytes of an address of IPv4.
pub fn v4_bytes(address: u32) -> [u8; 16] {
    (Address::FIRST_V4.to_u128() | u128::from(address)).to_be_bytes()
}

/// An address at a moment.
#[derive(Clone, Copy, Debug)]
pub struct Sighting {
    /// Of IPv4.
    pub address: u32,
    /// In milliseconds, within a year.
    pub at_ms: i64,
}

/// Two tables of addresses at moments, of which some are of the same address at about the same time.
#[derive(Clone, Debug)]
pub struct Sightings {
    /// The smaller one.
    pub build: Vec<Sighting>,
    /// The larger one.
    pub probe: Vec<Sighting>,
}

impl Sightings {
    const YEAR_MS: u64 = 365 * 86_400_000;
    /// The share of crowded addresses' rows, in hundredths.
    const CROWDED: u64 = 5;

    /// So many rows, where `crowded` is given with 5 % of them on that many addresses.
    ///
    /// As many addresses are probed as if each were probed two and a half times in 20 million rows. Of the other rows, half
    /// of the build side has one of them within three days of such a row's time, most of these sooner, an eighth one at
    /// any time, and the rest addresses that are hardly ever probed.
    pub fn new(build: usize, probe: usize, crowded: Option<u64>) -> Self {
        const POOL: u64 = 8_000_000;
        let mut numbers = Numbers::new(9);
        let pooled = |number: u64| Numbers::new(number).next() as u32 >> 4;
        let is_crowded = |numbers: &mut Numbers| crowded.filter(|_| numbers.below(100) < Self::CROWDED);
        let crowd = |numbers: &mut Numbers, of: u64| Sighting {
            address: pooled(u64::MAX - numbers.below(of)),
            at_ms: numbers.below(Self::YEAR_MS) as i64,
        };
        // The rows that could be probed; those that are probed are a sample of them.
        let all = |row: u64| {
            let mut numbers = Numbers::new(row ^ 0xaaaa);
            Sighting {
                address: pooled(numbers.below(POOL)),
                at_ms: numbers.below(Self::YEAR_MS) as i64,
            }
        };
        let probe = (0..probe).map(|_| match is_crowded(&mut numbers) {
            Some(of) => crowd(&mut numbers, of),
            None => all(numbers.below(20_000_000)),
        });
        let probe = probe.collect();
        let build = (0..build).map(|_| match (is_crowded(&mut numbers), numbers.below(8)) {
            (Some(of), _) => crowd(&mut numbers, of),
            (None, 0..4) => {
                let near = all(numbers.below(20_000_000));
                let unit = numbers.below(1 << 20) as f64 / (1 << 20) as f64;
                let gap_ms = (3.0 * 86_400_000.0 * unit.powi(3)) as i64;
                let at_ms = near.at_ms + if numbers.below(2) == 0 { gap_ms } else { -gap_ms };
                Sighting { at_ms, ..near }
            }
            (None, 4) => all(numbers.below(20_000_000)),
            (None, _) => Sighting {
                address: numbers.next() as u32 >> 4,
                at_ms: numbers.below(Self::YEAR_MS) as i64,
            },
        });
        let build = build.collect();
        Self { build, probe }
    }
}

/// An address of IPv6 for each of IPv4, as different from each other as those are.
pub fn v6_of(address: u32) -> u128 {
    let host = Numbers::new(u64::from(address)).next();
    0x2001_0db8 << 96 | u128::from(address) << 64 | u128::from(host)
}

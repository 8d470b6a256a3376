//! The rows of `observations`.

use super::addresses::Addresses;
use super::draw::{Draw, Stream};
use super::fence::{Fence, HEIGHT, SOUTH, WEST, WIDTH, rounded};
use super::options::JoinsOptions;

/// The first millisecond of 2025, UTC.
const START_MS: i64 = 1_735_689_600_000;
/// 365 days.
const YEAR_MS: u64 = 365 * 86_400_000;

const TOWNS: u64 = 200;

/// One device, seen somewhere, some time, at some address.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Observation {
    pub(super) device: i64,
    pub(super) at_ms: i64,
    pub(super) lon: f64,
    pub(super) lat: f64,
    pub(super) address: u128,
    pub(super) crowded: bool,
}

/// Makes any of them.
#[derive(Debug)]
pub(super) struct Observations<'a> {
    options: &'a JoinsOptions,
    addresses: Addresses,
    fences: &'a [Fence],
    devices: u64,
}

/// A moment of the year.
pub(super) fn moment(draw: &mut Draw) -> i64 {
    START_MS + draw.below(YEAR_MS) as i64
}

impl<'a> Observations<'a> {
    /// Of a world with these few fences.
    pub(super) fn new(options: &'a JoinsOptions, fences: &'a [Fence]) -> Self {
        Self {
            options,
            addresses: Addresses::new(options),
            fences,
            // A hundred observations each.
            devices: (options.observations() / 100).max(1),
        }
    }

    pub(super) fn get(&self, row: u64) -> Observation {
        let mut draw = Draw::new(self.options.seed, Stream::Observation, row);
        let crowded = draw.chance(self.options.skew);
        let address = match crowded {
            true => self.addresses.crowded(&mut draw),
            false => self.addresses.pooled(&mut draw),
        };
        let device = draw.below(self.devices) as i64;
        let at_ms = moment(&mut draw);
        let (lon, lat) = match draw.chance(self.options.inside) {
            true => self.fences[draw.below(self.fences.len() as u64) as usize].point(&mut draw),
            false => self.elsewhere(&mut draw),
        };
        Observation {
            device,
            at_ms,
            lon,
            lat,
            address,
            crowded,
        }
    }

    /// Half of them near a town, the others anywhere.
    fn elsewhere(&self, draw: &mut Draw) -> (f64, f64) {
        let (lon, lat) = (WEST + draw.unit() * WIDTH, SOUTH + draw.unit() * HEIGHT);
        if draw.chance(0.5) {
            return (rounded(lon), rounded(lat));
        }
        let mut town = Draw::new(self.options.seed, Stream::Town, draw.below(TOWNS));
        let centre = (WEST + town.unit() * WIDTH, SOUTH + town.unit() * HEIGHT);
        // The sum of three is denser in the middle.
        let mut spread = || (draw.unit() + draw.unit() + draw.unit() - 1.5) * 0.15;
        let near = |middle: f64, offset: f64, low: f64, extent: f64| {
            rounded((middle + offset).clamp(low, low + extent))
        };
        let offsets = (spread(), spread());
        (
            near(centre.0, offsets.0, WEST, WIDTH),
            near(centre.1, offsets.1, SOUTH, HEIGHT),
        )
    }
}

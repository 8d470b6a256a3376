//! The order of observations and of reports' addresses: which drawn row stands where in its file.

use super::fence::{HEIGHT, SOUTH, WEST, WIDTH};
use super::observation::{Observation, Observations};
use super::options::{JoinsOptions, Order};
use super::report_address::ReportAddress;

/// The drawn row at each position; `None` where it is the position. Holds 36 bytes a row while it sorts, 8 after.
pub(super) fn permutation(options: &JoinsOptions, observations: &Observations<'_>) -> Option<Vec<u64>> {
    let key: fn(&Observation) -> (u128, i64) = match options.order {
        Order::Random => return None,
        Order::Time => |observation| (0, observation.at_ms),
        Order::Address => |observation| (observation.address, observation.at_ms),
        Order::Place => |observation| (morton(observation.lon, observation.lat), 0),
    };
    let keyed = (0..options.observations()).map(|row| (key(&observations.get(row)), row));
    let mut keyed: Vec<_> = keyed.collect();
    keyed.sort_unstable();
    Some(keyed.into_iter().map(|(_, row)| row).collect())
}

/// Puts reports' addresses in the order of the observations, where they have what that goes by.
pub(super) fn sort_report_addresses(options: &JoinsOptions, rows: &mut [ReportAddress]) {
    match options.order {
        Order::Random | Order::Place => {}
        Order::Time => rows.sort_by_key(|row| row.at_ms),
        Order::Address => rows.sort_by_key(|row| (row.address, row.at_ms)),
    }
}

/// The columns that both files say they are sorted by.
pub(super) const fn sorted_by(order: Order) -> &'static [&'static str] {
    match order {
        Order::Random | Order::Place => &[],
        Order::Time => &["observed_at"],
        Order::Address => &["ip", "observed_at"],
    }
}

/// The place on a Morton curve of 2^32 by 2^32 cells.
fn morton(lon: f64, lat: f64) -> u128 {
    let cell =
        |degrees: f64, start: f64, extent: f64| ((degrees - start) / extent * f64::from(u32::MAX)) as u32;
    u128::from(spread(cell(lon, WEST, WIDTH)) | spread(cell(lat, SOUTH, HEIGHT)) << 1)
}

/// The bits of a number with a zero before each.
fn spread(number: u32) -> u64 {
    let mut bits = u64::from(number);
    for (shift, mask) in [
        (16, 0x0000_ffff_0000_ffff),
        (8, 0x00ff_00ff_00ff_00ff),
        (4, 0x0f0f_0f0f_0f0f_0f0f),
        (2, 0x3333_3333_3333_3333),
        (1, 0x5555_5555_5555_5555),
    ] {
        bits = (bits | bits << shift) & mask;
    }
    bits
}

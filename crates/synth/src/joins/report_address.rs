//! The rows of `report_addresses`.

use super::addresses::Addresses;
use super::draw::{Draw, Stream};
use super::observation::{Observations, moment};
use super::options::JoinsOptions;

/// An address of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ReportAddress {
    pub(super) report: i64,
    pub(super) at_ms: i64,
    pub(super) address: u128,
}

/// The farthest that an address of a report is from the observation that it was taken from.
const FARTHEST_MS: f64 = 3.0 * 86_400_000.0;

/// Reports of one to five addresses: the report of each of fifteen rows in turn.
const REPORT_OF: [i64; 15] = [0, 1, 1, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4];

/// A row by its number. Half of them were used by a device within three days, mostly sooner; an eighth are addresses of
/// devices at any time; the others no device ever had but by chance.
pub(super) fn report_address(
    options: &JoinsOptions,
    observations: &Observations<'_>,
    row: u64,
) -> ReportAddress {
    let mut draw = Draw::new(options.seed, Stream::ReportAddress, row);
    let addresses = Addresses::new(options);
    let report = (row / 15 * 5) as i64 + REPORT_OF[(row % 15) as usize];
    let crowded = draw.chance(options.skew);
    let kind = draw.unit();
    let (address, at_ms) = if crowded {
        (addresses.crowded(&mut draw), moment(&mut draw))
    } else if kind < 0.5 {
        let observation = observations.get(draw.below(options.observations()));
        let gap_ms = (FARTHEST_MS * draw.unit().powi(3)) as i64;
        let gap_ms = if draw.chance(0.5) { gap_ms } else { -gap_ms };
        let address = if observation.crowded {
            addresses.pooled(&mut draw)
        } else {
            observation.address
        };
        (address, observation.at_ms + gap_ms)
    } else if kind < 0.625 {
        (addresses.pooled(&mut draw), moment(&mut draw))
    } else {
        (addresses.any(&mut draw), moment(&mut draw))
    };
    ReportAddress {
        report,
        at_ms,
        address,
    }
}

//! Where two things overlap: ranges of two lists, versions of a site, ids that cannot be counted.

use super::decoys::near_miss;
use super::links::{meet, met_early, report};
use crate::address::{Address, Prefix};
use crate::ground::{Draft, Ground, Visit};
use crate::observation::{Device, DeviceId};
use crate::pool::Holder;
use crate::report::Role;
use crate::site_plan::{Trait, outline_changed};

const BEHIND_BOTH: &str = "behind_vpn_in_satellite_range";

/// Plants every kind of overlap once.
pub(crate) fn plant(ground: &mut Ground) {
    behind_a_vpn_in_a_satellite_range(ground);
    through_a_satellite(ground);
    at_both_versions(ground);
    while_the_version_changes(ground);
    opted_out_beside_missing(ground);
}

/// The address lies in ranges of two kinds, of which one excludes it: whichever list is read first, and
/// whichever range is the narrower.
fn behind_a_vpn_in_a_satellite_range(ground: &mut Ground) {
    let planted = ground.decoys.iter().filter(|decoy| decoy.kind == BEHIND_BOTH);
    let number = planted.count() as u128;
    // Beyond what is handed out of these blocks.
    let cases = [
        (
            Address::v4(240, 70, 18, 200),
            "The address lies in a range of a VPN service, and that in a wider range of a satellite service.",
        ),
        (
            Address::v4(240, 70, 17, 200),
            "The address lies in a range of a VPN service, which is also listed for a satellite service.",
        ),
        (
            Address(Prefix::v6([0x2001, 0xdb8, 0x7fff, 0], 48).first().0 + 200),
            "The address lies in a range of a satellite service, and that in a wider range of a VPN service.",
        ),
    ];
    for (first, reason) in cases {
        let site = ground.any_site();
        let visit = Visit {
            address: Address(first.0 + number),
            ..ground.visit_to(site)
        };
        near_miss(ground, &visit, BEHIND_BOTH, reason);
    }
}

/// A satellite service hides nobody: the address links.
fn through_a_satellite(ground: &mut Ground) {
    for is_v4 in [true, false] {
        let site = ground.any_site();
        let visit = ground.visit_to(site);
        let address = match is_v4 {
            true => ground.pools.v4(Holder::Satellite, &mut ground.rng),
            false => ground.pools.v6(Holder::Satellite, &mut ground.rng),
        };
        meet(ground, &Visit { address, ..visit });
    }
}

/// A device with one address at both versions of the growing site, days apart, and an event at each time:
/// one link for each event, although the versions differ in what they say of the site.
fn at_both_versions(ground: &mut Ground) {
    let (earlier, later) = versions(ground);
    let first = ground.visit_to(earlier);
    let second = Visit {
        device: first.device,
        address: first.address,
        ..ground.visit_to(later)
    };
    let mut events = Vec::new();
    let mut met = Vec::new();
    for visit in [first, second] {
        let times = ground.stay(&visit);
        let at = ground.near(&times);
        events.push((Role::Reported, ground.event(visit.address, at)));
        met.push((visit.site, at));
    }
    let report_id = ground.file(Draft::enticement(events));
    for (site, at) in met {
        ground.plant(report_id, site, first.address, at);
    }
}

/// The device stays while one version of the growing site follows the other: a session at each, so two
/// links for one event.
fn while_the_version_changes(ground: &mut Ground) {
    let (earlier, later) = versions(ground);
    let before = ground.visit_to(earlier);
    let after = Visit {
        site: later,
        ..before
    };
    for (visit, from_change_s) in [(before, -800), (before, -300), (after, 240), (after, 700)] {
        ground.observe(&visit, outline_changed().plus_s(from_change_s));
    }
    let at = outline_changed().plus_s(ground.rng.between(-1_200, 1_200));
    let event = ground.event(before.address, at);
    report(ground, later, event, at);
}

/// The two versions of one growing site.
fn versions(ground: &Ground) -> (usize, usize) {
    (
        ground.sites_for(Trait::Earlier)[0],
        ground.sites_for(Trait::Later)[0],
    )
}

/// All zeros and nothing at all are two ids: two sessions, and two links for one event.
fn opted_out_beside_missing(ground: &mut Ground) {
    let site = ground.any_site();
    let visit = ground.visit_to(site);
    let [opted_out, missing] = [DeviceId::OptedOut, DeviceId::Missing].map(|id| Visit {
        device: Device { id, ..visit.device },
        ..visit
    });
    ground.stay(&Visit {
        starts_at: visit.starts_at.plus_s(130),
        ..missing
    });
    met_early(ground, &opted_out);
}

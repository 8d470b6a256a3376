//! Addresses that many devices share, at, above and around the limit of a hundred a day.

use crate::address::Address;
use crate::ground::{Area, Draft, Ground, Visit};
use crate::moment::Moment;
use crate::observation::{Device, DeviceId};
use crate::pool::Holder;
use crate::report::Role;
use crate::site_plan::Trait;

/// Plants every kind of crowd once.
pub(crate) fn plant(ground: &mut Ground) {
    over_shared(ground);
    over_shared(ground);
    touches_an_over_shared_day(ground);
    at_the_limit(ground);
}

/// Devices with one address on one UTC day, most of them at sea.
struct Crowd {
    site: usize,
    address: Address,
    /// Midnight UTC at which the day begins.
    day: Moment,
    devices: usize,
}

/// The crowd's devices, each seen once or twice.
fn gather(ground: &mut Ground, crowd: &Crowd) {
    for _ in 0..crowd.devices {
        let visit = Visit {
            address: crowd.address,
            device: ground.device(),
            ..ground.visit_to(crowd.site)
        };
        for _ in 0..ground.rng.between(1, 2) {
            let at = crowd.day.plus_s(ground.rng.between(60, 86_000));
            let position = crate::background::position_at_sea(ground);
            ground.observe_at(&visit, at, position);
        }
    }
}

fn an_ordinary_site(ground: &mut Ground) -> usize {
    let sites = ground.sites_for(Trait::Ordinary);
    ground.rng.pick(&sites)
}

/// Hundreds of devices inside and outside: the address says nothing about who was there.
fn over_shared(ground: &mut Ground) {
    let site = an_ordinary_site(ground);
    let address = ground.pools.v4(Holder::Carrier, &mut ground.rng);
    let noon = ground.moment_at(site).midnight().plus_s(43_200);
    let devices = ground.rng.between(210, 260) as usize;
    gather(
        ground,
        &Crowd {
            site,
            address,
            day: noon.midnight(),
            devices,
        },
    );
    for _ in 0..12 {
        let visit = ground.visit_to(site);
        ground.stay(&Visit {
            address,
            starts_at: noon,
            observations: 2,
            ..visit
        });
    }
    let at = noon.plus_s(ground.rng.between(60, 3_000));
    let event = ground.event(address, at);
    let draft = Draft::enticement(vec![(Role::Reported, event)]);
    let report_id = ground.file(Draft { alone: true, ..draft });
    let reason = "More than a hundred devices, inside and outside, had the address on the day of the event.";
    ground.decoy(report_id, "over_shared", Some(site), reason);
}

/// The event's own day is quiet, but the session runs into a day on which the address is over-shared.
fn touches_an_over_shared_day(ground: &mut Ground) {
    let site = an_ordinary_site(ground);
    let address = ground.pools.v4(Holder::Carrier, &mut ground.rng);
    let midnight = ground.moment_at(site).midnight();
    gather(
        ground,
        &Crowd {
            site,
            address,
            day: midnight,
            devices: 130,
        },
    );
    let visit = Visit {
        address,
        ..ground.visit_to(site)
    };
    for gap_s in [-1_200, -500, 240, 900] {
        ground.observe(&visit, midnight.plus_s(gap_s));
    }
    let at = midnight.plus_s(-600);
    let event = ground.event(address, at);
    let draft = Draft::enticement(vec![(Role::Reported, event)]);
    let report_id = ground.file(Draft { alone: true, ..draft });
    let reason =
        "The session runs past midnight UTC into a day on which more than a hundred devices had the address.";
    ground.decoy(report_id, "session_touches_over_shared_day", Some(site), reason);
}

/// Exactly a hundred devices are not too many; opted-out and missing ids are no devices at all.
fn at_the_limit(ground: &mut Ground) {
    let site = an_ordinary_site(ground);
    let address = ground.pools.v4(Holder::Carrier, &mut ground.rng);
    let noon = ground.moment_at(site).midnight().plus_s(43_200);
    gather(
        ground,
        &Crowd {
            site,
            address,
            day: noon.midnight(),
            devices: 99,
        },
    );
    let visit = Visit {
        address,
        starts_at: noon,
        ..ground.visit_to(site)
    };
    for id in [DeviceId::OptedOut, DeviceId::Missing] {
        let device = Device { id, ..visit.device };
        ground.stay(&Visit {
            device,
            area: Area::JustOutside,
            ..visit
        });
    }
    let times = ground.stay(&visit);
    let at = ground.near(&times);
    let event = ground.event(address, at);
    let report_id = ground.file(Draft::enticement(vec![(Role::Reported, event)]));
    ground.plant(report_id, site, address, at);
}

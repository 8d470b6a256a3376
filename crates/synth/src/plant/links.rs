//! Reports whose event and device met at a site.

use crate::address::{Address, Form};
use crate::ground::{Area, Draft, Ground, Visit};
use crate::moment::Moment;
use crate::observation::{Device, DeviceId};
use crate::report::{Captured, Event, EventName, IncidentType, Role};
use crate::site_plan::Trait;

/// Plants every kind of link once, and two ordinary ones at every linkable site.
pub(crate) fn plant(ground: &mut Ground) {
    for site in ground.linkable_sites() {
        ordinary(ground, site);
        ordinary(ground, site);
    }
    for purpose in [
        Trait::Notched,
        Trait::Holed,
        Trait::TwoParts,
        Trait::Earlier,
        Trait::Later,
    ] {
        for site in ground.sites_for(purpose) {
            ordinary(ground, site);
        }
    }
    at_the_edge_of_the_window(ground);
    for form in [Form::Usual, Form::Usual, Form::Long] {
        over_ipv6(ground, form);
    }
    for (telemetry, report) in [(Form::Mapped, Form::Usual), (Form::Usual, Form::Mapped)] {
        in_two_forms(ground, telemetry, report);
        in_two_forms(ground, telemetry, report);
    }
    without_an_id(ground, DeviceId::OptedOut);
    without_an_id(ground, DeviceId::OptedOut);
    without_an_id(ground, DeviceId::Missing);
    opted_out_beside_another(ground);
    across_midnight(ground);
    across_midnight(ground);
    two_devices(ground);
    two_devices(ground);
    two_sites_in_one_report(ground);
    two_sites_in_one_report(ground);
    one_device_at_two_sites(ground);
    two_sessions_for_one_event(ground);
    gap_of_exactly_half_an_hour(ground);
    stated_at_an_offset(ground);
    stated_at_an_offset(ground);
    named_unknown_at_another_time(ground);
    named_at_the_time_of_the_incident(ground);
    address_that_ends_in_zero(ground);
    beside_another_outside(ground);
}

/// Files a report with one event of the reported side, and notes the link.
pub(super) fn report(ground: &mut Ground, site: usize, event: Event, at: Moment) -> u32 {
    let sextortion = ground.rng.percent(45);
    let drifted = ground.rng.percent(8);
    let incident_type = if drifted {
        IncidentType::EnticementDrifted
    } else {
        IncidentType::Enticement
    };
    let report_id = ground.file(Draft {
        incident_type: Some(incident_type),
        sextortion,
        ..Draft::enticement(vec![(Role::Reported, event)])
    });
    ground.plant(report_id, site, event.address, at);
    report_id
}

/// The visit takes place, and a report is filed of an event near it.
pub(super) fn meet(ground: &mut Ground, visit: &Visit) {
    let times = ground.stay(visit);
    let at = ground.near(&times);
    let event = ground.event(visit.address, at);
    report(ground, visit.site, event, at);
}

/// The visit takes place, and the event is soon after it begins: near whoever else came then, too.
pub(super) fn met_early(ground: &mut Ground, visit: &Visit) {
    ground.stay(visit);
    let at = visit.starts_at.plus_s(ground.rng.between(60, 900));
    let event = ground.event(visit.address, at);
    report(ground, visit.site, event, at);
}

fn ordinary(ground: &mut Ground, site: usize) {
    let visit = ground.visit_to(site);
    meet(ground, &visit);
}

/// Exactly one hour counts.
fn at_the_edge_of_the_window(ground: &mut Ground) {
    let site = ground.any_site();
    let visit = ground.visit_to(site);
    ground.stay(&visit);
    let at = visit.starts_at.plus_s(-3_600);
    let event = ground.event(visit.address, at);
    report(ground, site, event, at);
}

fn over_ipv6(ground: &mut Ground, form: Form) {
    let site = ground.any_site();
    let visit = ground.visit_to(site);
    let address = ground.pools.v6(ground.plans[site].provider, &mut ground.rng);
    meet(
        ground,
        &Visit {
            address,
            form,
            ..visit
        },
    );
}

fn in_two_forms(ground: &mut Ground, telemetry: Form, in_report: Form) {
    let site = ground.any_site();
    let visit = ground.visit_to(site);
    let times = ground.stay(&Visit {
        form: telemetry,
        ..visit
    });
    let at = ground.near(&times);
    let event = Event {
        form: in_report,
        ..ground.event(visit.address, at)
    };
    report(ground, site, event, at);
}

/// The only device has no advertising id that could be counted.
fn without_an_id(ground: &mut Ground, id: DeviceId) {
    let site = ground.any_site();
    let visit = ground.visit_to(site);
    meet(
        ground,
        &Visit {
            device: Device { id, ..visit.device },
            ..visit
        },
    );
}

fn opted_out_beside_another(ground: &mut Ground) {
    let site = ground.any_site();
    let visit = ground.visit_to(site);
    let opted_out = Device {
        id: DeviceId::OptedOut,
        ..visit.device
    };
    ground.stay(&Visit {
        device: opted_out,
        ..visit
    });
    met_early(ground, &visit);
}

/// The session begins before midnight UTC and ends after it; the event is of the later day.
fn across_midnight(ground: &mut Ground) {
    let site = ground.any_site();
    let visit = ground.visit_to(site);
    let midnight = visit.starts_at.midnight();
    let visit = Visit {
        starts_at: midnight.plus_s(-300),
        observations: 3,
        ..visit
    };
    for gap_s in [0, 250, 700] {
        ground.observe(&visit, visit.starts_at.plus_s(gap_s));
    }
    let at = midnight.plus_s(ground.rng.between(1_000, 3_500));
    let event = ground.event(visit.address, at);
    report(ground, site, event, at);
}

/// Two devices behind one address: two links for one event.
fn two_devices(ground: &mut Ground) {
    let site = ground.any_site();
    let visit = ground.visit_to(site);
    let device = ground.device();
    ground.stay(&Visit {
        device,
        starts_at: visit.starts_at.plus_s(40),
        ..visit
    });
    met_early(ground, &visit);
}

/// Two events of one report lead to two sites.
fn two_sites_in_one_report(ground: &mut Ground) {
    let sites = ground.sites_for(Trait::Ordinary);
    let first = ground.rng.below(sites.len());
    let second = (first + 1 + ground.rng.below(sites.len() - 1)) % sites.len();
    let mut met: Vec<(usize, Address, Moment)> = Vec::new();
    let mut events = Vec::new();
    for site in [sites[first], sites[second]] {
        let visit = ground.visit_to(site);
        let times = ground.stay(&visit);
        let at = ground.near(&times);
        met.push((site, visit.address, at));
        events.push((Role::Reported, ground.event(visit.address, at)));
    }
    let report_id = ground.file(Draft {
        sextortion: true,
        ..Draft::enticement(events)
    });
    for (site, address, at) in met {
        ground.plant(report_id, site, address, at);
    }
}

/// A device that is seen at one site and later at another.
fn one_device_at_two_sites(ground: &mut Ground) {
    let sites = ground.sites_for(Trait::Ordinary);
    let first = ground.rng.below(sites.len());
    let device = ground.device();
    let visit = ground.visit_to(sites[first]);
    meet(ground, &Visit { device, ..visit });
    let next = ground.visit_to(sites[(first + 1) % sites.len()]);
    // Two days at sea lie between the two, where the period allows.
    let starts_at = visit.starts_at.plus_s(2 * 86_400);
    meet(
        ground,
        &Visit {
            device,
            starts_at,
            ..next
        },
    );
}

/// The device is away for more than half an hour: two sessions, both within the window.
fn two_sessions_for_one_event(ground: &mut Ground) {
    let site = ground.any_site();
    let visit = ground.visit_to(site);
    for gap_s in [0, 300, 2_400, 2_700] {
        ground.observe(&visit, visit.starts_at.plus_s(gap_s));
    }
    let at = visit.starts_at.plus_s(1_500);
    let event = ground.event(visit.address, at);
    report(ground, site, event, at);
}

/// Half an hour, not more: one session.
fn gap_of_exactly_half_an_hour(ground: &mut Ground) {
    let site = ground.any_site();
    let visit = ground.visit_to(site);
    for gap_s in [0, 1_800] {
        ground.observe(&visit, visit.starts_at.plus_s(gap_s));
    }
    let at = visit.starts_at.plus_s(1_000);
    let event = ground.event(visit.address, at);
    report(ground, site, event, at);
}

fn stated_at_an_offset(ground: &mut Ground) {
    let site = ground.any_site();
    let visit = ground.visit_to(site);
    let times = ground.stay(&visit);
    let at = ground.near(&times);
    let hours_east = ground.rng.pick(&[-5, 7, 8]);
    let event = Event {
        captured: Captured::Offset(at, hours_east),
        ..ground.event(visit.address, at)
    };
    report(ground, site, event, at);
}

/// `Unknown` alone does not make a time doubtful.
fn named_unknown_at_another_time(ground: &mut Ground) {
    let site = ground.any_site();
    let visit = ground.visit_to(site);
    let times = ground.stay(&visit);
    let at = ground.near(&times);
    let event = Event {
        name: Some(EventName::Unknown),
        ..ground.event(visit.address, at)
    };
    report(ground, site, event, at);
}

/// A named event may well be the incident itself.
fn named_at_the_time_of_the_incident(ground: &mut Ground) {
    let site = ground.any_site();
    let visit = ground.visit_to(site);
    let times = ground.stay(&visit);
    let at = ground.near(&times);
    let event = Event {
        name: Some(EventName::Upload),
        ..ground.event(visit.address, at)
    };
    let draft = Draft {
        incident_at: Some(at),
        ..Draft::enticement(vec![(Role::Reported, event)])
    };
    let report_id = ground.file(draft);
    ground.plant(report_id, site, visit.address, at);
}

/// Such an address is flagged as possibly truncated, and links all the same.
fn address_that_ends_in_zero(ground: &mut Ground) {
    let site = ground.any_site();
    let visit = ground.visit_to(site);
    // Of the carrier's block, where nothing else is handed out.
    let address = Address(Address::v4(245, 8, 0, 0).0 + ((ground.planted.len() as u128) << 8));
    meet(ground, &Visit { address, ..visit });
}

/// A second device with the same address at the same time, at sea: the link holds.
fn beside_another_outside(ground: &mut Ground) {
    let site = ground.sites_for(Trait::Ordinary)[0];
    let visit = ground.visit_to(site);
    let outside = Visit {
        device: ground.device(),
        area: Area::JustOutside,
        ..visit
    };
    ground.stay(&outside);
    meet(ground, &visit);
}

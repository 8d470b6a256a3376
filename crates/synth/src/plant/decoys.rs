//! Reports that nearly match, each for one reason not a link.

use crate::address::Address;
use crate::ground::{Area, Draft, Ground, Visit};
use crate::moment::Moment;
use crate::pool::Holder;
use crate::report::{Captured, Event, EventName, IncidentType, Role};
use crate::site_plan::Trait;

/// Plants every kind of decoy.
pub(crate) fn plant(ground: &mut Ground) {
    for _ in 0..9 {
        weeks_away(ground);
    }
    for _ in 0..14 {
        never_at_a_site(ground);
    }
    for _ in 0..2 {
        places(ground);
        times(ground);
        roles(ground);
        just_outside_the_window(ground);
        behind_a_vpn(ground);
        another_incident_type(ground);
        neighbour_in_the_same_network(ground);
    }
    neighbouring_ipv4_address(ground);
    vpn_over_ipv6(ground);
    special_addresses(ground);
    at_null_island(ground);
    rounded_position(ground);
}

fn reported(event: Event) -> Draft {
    Draft {
        alone: true,
        ..Draft::enticement(vec![(Role::Reported, event)])
    }
}

/// The visit takes place; an event near it, of the reported side, in a report that would link.
pub(super) fn near_miss(ground: &mut Ground, visit: &Visit, kind: &str, reason: &str) {
    let times = ground.stay(visit);
    let at = ground.near(&times);
    let event = ground.event(visit.address, at);
    let report_id = ground.file(reported(event));
    ground.decoy(report_id, kind, Some(visit.site), reason);
}

/// An ordinary visit to a site made for a purpose.
fn visit_for(ground: &mut Ground, purpose: Trait) -> Visit {
    let sites = ground.sites_for(purpose);
    let site = ground.rng.pick(&sites);
    ground.visit_to(site)
}

fn visit_anywhere(ground: &mut Ground) -> Visit {
    let site = ground.any_site();
    ground.visit_to(site)
}

fn weeks_away(ground: &mut Ground) {
    let visit = visit_anywhere(ground);
    ground.stay(&visit);
    let weeks_s = ground.rng.between(14 * 86_400, 40 * 86_400);
    let middle = Moment::of_date(2025, 11, 15);
    let at = visit.starts_at.plus_s(if visit.starts_at < middle {
        weeks_s
    } else {
        -weeks_s
    });
    let event = ground.event(visit.address, at);
    let report_id = ground.file(reported(event));
    let reason = "The address was seen at the site, but two weeks or more before or after the event.";
    ground.decoy(report_id, "weeks_away", Some(visit.site), reason);
}

fn never_at_a_site(ground: &mut Ground) {
    let address = ground.pools.v4(Holder::Marine, &mut ground.rng);
    let visit = Visit {
        address,
        ..visit_anywhere(ground)
    };
    let position = crate::background::position_at_sea(ground);
    for step in 0..6 {
        let drifted = position.offset_m(f64::from(step) * 40.0, f64::from(step) * -25.0);
        ground.observe_at(&visit, visit.starts_at.plus_s(i64::from(step) * 400), drifted);
    }
    let at = visit.starts_at.plus_s(ground.rng.between(-3_000, 200_000));
    let event = ground.event(address, at);
    let report_id = ground.file(reported(event));
    ground.decoy(
        report_id,
        "never_at_a_site",
        None,
        "The address was seen only at sea, never at a site.",
    );
}

fn just_outside_the_window(ground: &mut Ground) {
    let visit = visit_anywhere(ground);
    ground.stay(&visit);
    let at = visit.starts_at.plus_s(-3_660);
    let event = ground.event(visit.address, at);
    let report_id = ground.file(reported(event));
    let reason = "The event was 61 minutes before the nearest observation, the window is one hour.";
    ground.decoy(report_id, "just_outside_window", Some(visit.site), reason);
}

/// The right time and address, and the wrong place.
fn places(ground: &mut Ground) {
    let outside = Visit {
        area: Area::JustOutside,
        ..visit_for(ground, Trait::Ordinary)
    };
    near_miss(
        ground,
        &outside,
        "just_outside_fence",
        "The device was 10 to 50 m outside the fence.",
    );
    let hole = Visit {
        area: Area::Void,
        ..visit_for(ground, Trait::Holed)
    };
    near_miss(
        ground,
        &hole,
        "in_hole",
        "The device was in the hole of the site's outline.",
    );
    let notch = Visit {
        area: Area::Void,
        ..visit_for(ground, Trait::Notched)
    };
    let reason = "The device was in the notch of the site's outline, which is outside.";
    near_miss(ground, &notch, "in_notch", reason);
    let extension = Visit {
        area: Area::Void,
        ..visit_for(ground, Trait::Earlier)
    };
    let reason = "The device was where the site extends to only since a later version of its outline.";
    near_miss(ground, &extension, "outline_not_yet_valid", reason);
    let closed = visit_for(ground, Trait::Closed);
    let reason = "The site's validity had ended before the device was observed there.";
    near_miss(ground, &closed, "site_no_longer_valid", reason);
    let suspected = visit_for(ground, Trait::Suspected);
    near_miss(
        ground,
        &suspected,
        "suspected_site",
        "The site is suspected, not confirmed.",
    );
    let control = visit_for(ground, Trait::Control);
    near_miss(
        ground,
        &control,
        "control_site",
        "The site is a control site, not a confirmed one.",
    );
}

/// The right place and address, and a time that cannot be relied on.
fn times(ground: &mut Ground) {
    doubtful_time(
        ground,
        "event_without_time",
        "The event has no time.",
        |event, _| {
            event.captured = Captured::Missing;
        },
    );
    let reason = "The event's time has no offset from UTC, so the moment is not known.";
    doubtful_time(ground, "time_without_offset", reason, |event, at| {
        event.captured = Captured::NoOffset(at);
        event.name = Some(EventName::Login);
    });
    let reason = "The event is named Unknown and its time merely repeats that of the incident.";
    doubtful_time(ground, "equals_incident_time", reason, |event, _| {
        event.name = Some(EventName::Unknown)
    });
    let reason = "The event has no name and its time merely repeats that of the incident.";
    doubtful_time(ground, "equals_incident_time", reason, |event, _| {
        event.name = None
    });
}

/// A visit, and a report whose only event is near it but for what `spoil` does to it.
fn doubtful_time(ground: &mut Ground, kind: &str, reason: &str, spoil: impl Fn(&mut Event, Moment)) {
    let visit = visit_anywhere(ground);
    let times = ground.stay(&visit);
    let at = ground.near(&times);
    let mut event = ground.event(visit.address, at);
    spoil(&mut event, at);
    let report_id = ground.file(Draft {
        incident_at: Some(at),
        ..reported(event)
    });
    ground.decoy(report_id, kind, Some(visit.site), reason);
}

/// The right place, time and address, but not of the reported account.
fn roles(ground: &mut Ground) {
    let cases = [
        (
            Role::Victim,
            "victim_address",
            "The address is a victim's; victims never take part.",
        ),
        (
            Role::Recipient,
            "recipient_address",
            "The address is an intended recipient's; they never take part.",
        ),
        (
            Role::File,
            "file_event",
            "The event belongs to a file; by default only those of the reported side take part.",
        ),
    ];
    for (role, kind, reason) in cases {
        let visit = visit_anywhere(ground);
        let times = ground.stay(&visit);
        let at = ground.near(&times);
        let mut events = vec![(role, ground.event(visit.address, at))];
        if ground.rng.percent(60) {
            let address = ground.address_elsewhere();
            events.push((Role::Reported, ground.event(address, at.plus_s(-700))));
        }
        let report_id = ground.file(Draft::enticement(events));
        ground.decoy(report_id, kind, Some(visit.site), reason);
    }
}

fn behind_a_vpn(ground: &mut Ground) {
    let address = ground.pools.v4(Holder::Vpn, &mut ground.rng);
    let visit = Visit {
        address,
        ..visit_anywhere(ground)
    };
    near_miss(
        ground,
        &visit,
        "behind_vpn",
        "The address lies in a range of a VPN service.",
    );
}

fn vpn_over_ipv6(ground: &mut Ground) {
    let address = ground.pools.v6(Holder::Vpn, &mut ground.rng);
    let visit = Visit {
        address,
        ..visit_anywhere(ground)
    };
    near_miss(
        ground,
        &visit,
        "behind_vpn",
        "The IPv6 address lies in a range of a VPN service.",
    );
}

fn another_incident_type(ground: &mut Ground) {
    use IncidentType::{ObsceneMaterial, Possession, Trafficking};
    let visit = visit_anywhere(ground);
    let times = ground.stay(&visit);
    let at = ground.near(&times);
    let event = ground.event(visit.address, at);
    let incident_type = Some(ground.rng.pick(&[Possession, Trafficking, ObsceneMaterial]));
    let report_id = ground.file(Draft {
        incident_type,
        ..reported(event)
    });
    let reason = "The report is of another incident type than online enticement.";
    ground.decoy(report_id, "other_incident_type", Some(visit.site), reason);
}

/// The device has one address, the report another right beside it.
fn neighbour(ground: &mut Ground, visit: &Visit, neighbour: Address, kind: &str, reason: &str) {
    let times = ground.stay(visit);
    let at = ground.near(&times);
    let event = ground.event(neighbour, at);
    let report_id = ground.file(reported(event));
    ground.decoy(report_id, kind, Some(visit.site), reason);
}

fn neighbour_in_the_same_network(ground: &mut Ground) {
    let visit = visit_anywhere(ground);
    let address = ground
        .pools
        .v6(ground.plans[visit.site].provider, &mut ground.rng);
    let other_host = Address(address.0 ^ u128::from(ground.rng.between(1, 0xffff_ffff) as u64));
    let reason = "The report's address is another host of the same /64 network.";
    neighbour(
        ground,
        &Visit { address, ..visit },
        other_host,
        "ipv6_network_neighbour",
        reason,
    );
}

fn neighbouring_ipv4_address(ground: &mut Ground) {
    // Of the carrier's block, where nothing else is handed out.
    let address = numbered(ground, Address::v4(245, 12, 0, 40));
    let visit = Visit {
        address,
        ..visit_anywhere(ground)
    };
    let reason = "The report's address is the next one, not that of the device.";
    neighbour(ground, &visit, Address(address.0 + 1), "ipv4_neighbour", reason);
}

/// An address of a block where nothing is handed out; another one after each decoy.
fn numbered(ground: &Ground, base: Address) -> Address {
    Address(base.0 + ((ground.decoys.len() as u128) << 8))
}

/// Addresses that say nothing outside the network they were used in.
fn special_addresses(ground: &mut Ground) {
    let link_local = (0xfe80 << 112) | u128::from(ground.rng.next());
    let cases = [
        (
            numbered(ground, Address::v4(10, 44, 0, 7)),
            "The address is private (10.0.0.0/8) and recurs in any network.",
        ),
        (
            numbered(ground, Address::v4(100, 64, 0, 9)),
            "The address is a carrier's inner one (100.64.0.0/10) and recurs in any network.",
        ),
        (
            numbered(ground, Address::v4(127, 0, 0, 1)),
            "The address is a loopback address (127.0.0.0/8).",
        ),
        (
            Address(link_local),
            "The address is link-local (fe80::/10) and recurs on any link.",
        ),
    ];
    for (address, reason) in cases {
        let visit = Visit {
            address,
            ..visit_anywhere(ground)
        };
        near_miss(ground, &visit, "special_address", reason);
    }
}

/// Both coordinates are zero: the position is unknown, not in the Gulf of Guinea.
fn at_null_island(ground: &mut Ground) {
    let visit = visit_anywhere(ground);
    elsewhere_in_place(
        ground,
        &visit,
        crate::background::NULL_ISLAND,
        "null_island",
        "The device's coordinates are both zero, so its place is not known.",
    );
}

/// The position is rounded to two decimals, which moved it away from the site.
fn rounded_position(ground: &mut Ground) {
    let visit = visit_anywhere(ground);
    let position = crate::background::rounded(ground.plans[visit.site].site.centre.offset_m(0.0, 2_000.0));
    elsewhere_in_place(
        ground,
        &visit,
        position,
        "rounded_position",
        "The device's position is rounded to two decimals and falls outside the fence.",
    );
}

fn elsewhere_in_place(
    ground: &mut Ground,
    visit: &Visit,
    position: crate::geography::Position,
    kind: &str,
    reason: &str,
) {
    for step in 0..4 {
        ground.observe_at(visit, visit.starts_at.plus_s(step * 300), position);
    }
    let at = visit.starts_at.plus_s(ground.rng.between(10, 800));
    let event = ground.event(visit.address, at);
    let report_id = ground.file(reported(event));
    ground.decoy(report_id, kind, Some(visit.site), reason);
}

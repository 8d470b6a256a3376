//! Ordinary reports: most belong to no site, many say little.

use crate::address::{Address, Form};
use crate::ground::{Draft, Ground, period};
use crate::moment::Moment;
use crate::pool::Holder;
use crate::report::{Captured, Event, EventName, IncidentType, Party, Report, Role};

/// Files reports until there are `total` of them. None of their addresses occurs in telemetry.
pub(crate) fn fill_reports(ground: &mut Ground, total: usize) {
    while ground.reports.len() < total {
        if ground.rng.percent(1) {
            file_empty(ground);
            continue;
        }
        let draft = Draft {
            incident_type: Some(incident_type(ground)),
            incident_at: None,
            sextortion: ground.rng.percent(35),
            events: events(ground),
            alone: true,
        };
        ground.file(draft);
    }
}

fn incident_type(ground: &mut Ground) -> IncidentType {
    use IncidentType::{
        Enticement, EnticementDrifted, MisleadingWords, ObsceneMaterial, Possession, Trafficking,
    };
    match ground.rng.below(100) {
        0..70 => Enticement,
        70..73 => EnticementDrifted,
        73..90 => Possession,
        90..94 => Trafficking,
        94..98 => ObsceneMaterial,
        _ => MisleadingWords,
    }
}

/// The events of one report; none, in one report of eight.
fn events(ground: &mut Ground) -> Vec<(Role, Event)> {
    let mut events = Vec::new();
    if ground.rng.percent(12) {
        return events;
    }
    let (first, last) = period();
    let around = Moment(
        ground
            .rng
            .between(first.plus_s(864_000).0, last.plus_s(-86_400).0),
    )
    .whole_second();
    for _ in 0..ground.rng.pick(&[1, 1, 1, 2, 2, 3, 5]) {
        let role = match ground.rng.below(20) {
            0 => Role::Recipient,
            1 => Role::Victim,
            2 | 3 => Role::File,
            _ => Role::Reported,
        };
        let at = around.plus_s(-ground.rng.between(0, 600_000));
        events.push((role, event(ground, at)));
    }
    events
}

fn event(ground: &mut Ground, at: Moment) -> Event {
    let address = match ground.rng.below(40) {
        0 => Address(Address::v4(10, 200, 0, 0).0 + u128::from(ground.rng.next() % 60_000)),
        1 => Address(Address::v4(100, 127, 0, 0).0 + u128::from(ground.rng.next() % 60_000)),
        2 => ground.pools.v4(Holder::Vpn, &mut ground.rng),
        _ => ground.address_elsewhere(),
    };
    let mut event = ground.event(address, at);
    match ground.rng.below(20) {
        0..4 => event.captured = Captured::Missing,
        4 => event.captured = Captured::NoOffset(at),
        5 => event.captured = Captured::Offset(at, -5),
        6 => event.name = Some(EventName::Unknown),
        7 => event.form = Form::Mapped,
        _ => {}
    }
    event
}

/// A report that says nothing but its number.
fn file_empty(ground: &mut Ground) {
    let report_id = ground.file(Draft {
        incident_type: None,
        ..Draft::enticement(Vec::new())
    });
    if let Some(report) = ground
        .reports
        .iter_mut()
        .rfind(|report| report.report_id == report_id)
    {
        *report = Report {
            received_at: None,
            incident_at: None,
            reporter: None,
            parties: Vec::<Party>::new(),
            ..report.clone()
        };
    }
}

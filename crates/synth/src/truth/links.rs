//! Links: an event and a session with the same address within the window.

use super::qualify::{Qualified, qualify};
use super::sessions::{Session, sessions};
use super::telemetry::Telemetry;
use super::{TrueLink, WINDOW_S};
use crate::moment::{Moment, SECOND_US};
use crate::report::IncidentType;
use crate::world::World;

/// All links of a world, sorted by their columns from left to right.
pub(super) fn links(world: &World, telemetry: &Telemetry<'_>) -> Vec<TrueLink> {
    let mut links = Vec::new();
    for report in &world.reports {
        if !report
            .incident_type
            .is_some_and(IncidentType::is_online_enticement)
        {
            continue;
        }
        for (event_seq, role, event) in report.events() {
            let Some(Qualified::Direct(at)) = qualify(report, role, event, telemetry) else {
                continue;
            };
            for site in &world.sites {
                for session in sessions(site, telemetry.with_address(event.address)) {
                    let gap_us = nearest_us(&session, at);
                    let over_shared = session
                        .iter()
                        .any(|at| telemetry.is_over_shared(event.address, *at));
                    if gap_us > WINDOW_S * SECOND_US || over_shared {
                        continue;
                    }
                    links.push(TrueLink {
                        report_id: report.report_id.to_string(),
                        event_seq,
                        site_id: site.site_id.clone(),
                        ip: event.address.to_string(),
                        event_observed_at: at.utc_text(),
                        session_started_at: session[0].utc_text(),
                        session_ended_at: session[session.len() - 1].utc_text(),
                        time_gap_s: gap_us as f64 / SECOND_US as f64,
                        observations: session.len(),
                    });
                }
            }
        }
    }
    links.sort_by(|first, second| sort_key(first).cmp(&sort_key(second)));
    links
}

/// Time between a moment and the session's nearest observation, in microseconds.
fn nearest_us(session: &Session, at: Moment) -> i64 {
    session
        .iter()
        .map(|observed_at| (observed_at.0 - at.0).abs())
        .min()
        .unwrap_or(i64::MAX)
}

/// Reports have numbers of one length, so the order of their texts is that of the numbers.
fn sort_key(link: &TrueLink) -> (&str, i32, &str, &str, &str, &str, usize) {
    (
        &link.report_id,
        link.event_seq,
        &link.site_id,
        &link.ip,
        &link.session_started_at,
        &link.session_ended_at,
        link.observations,
    )
}

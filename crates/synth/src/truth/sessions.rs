//! Sessions: one device at one site with one address, without long silence.

use std::collections::BTreeMap;

use super::SESSION_GAP_S;
use super::fence::is_in_site;
use crate::moment::{Moment, SECOND_US};
use crate::observation::{DeviceId, Observation};
use crate::site::Site;

/// The times of a session's observations, in order; never empty.
pub(super) type Session = Vec<Moment>;

/// The sessions at a site among observations that all have the same address.
pub(super) fn sessions(site: &Site, with_address: &[&Observation]) -> Vec<Session> {
    let mut times_of: BTreeMap<DeviceId, Vec<Moment>> = BTreeMap::new();
    for observation in with_address {
        if is_in_site(site, observation) {
            times_of
                .entry(observation.device.id)
                .or_default()
                .push(observation.observed_at);
        }
    }
    times_of.into_values().flat_map(cut).collect()
}

/// Cuts times where the silence is longer than a session allows.
fn cut(mut times: Vec<Moment>) -> Vec<Session> {
    times.sort();
    let mut sessions: Vec<Session> = Vec::new();
    for at in times {
        match sessions.last_mut() {
            Some(session) if is_within_gap(session, at) => session.push(at),
            _ => sessions.push(vec![at]),
        }
    }
    sessions
}

fn is_within_gap(session: &Session, at: Moment) -> bool {
    session
        .last()
        .is_some_and(|last| at.0 - last.0 <= SESSION_GAP_S * SECOND_US)
}

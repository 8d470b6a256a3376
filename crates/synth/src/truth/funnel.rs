//! How many reports are left at each step.

use super::fence::is_in_site;
use super::qualify::{Qualified, qualify};
use super::telemetry::Telemetry;
use super::{FunnelStep, TrueLink};
use crate::report::{IncidentType, Report};
use crate::world::World;

const STEPS: [&str; 9] = [
    "reports",
    "incident_type",
    "with_ip",
    "with_time",
    "routable",
    "direct",
    "seen",
    "seen_inside",
    "linked",
];

/// Counts distinct reports at each step; each step keeps a subset of the one before.
pub(super) fn funnel(world: &World, telemetry: &Telemetry<'_>, links: &[TrueLink]) -> Vec<FunnelStep> {
    let mut reached = [0usize; STEPS.len()];
    for report in &world.reports {
        for count in &mut reached[..steps_reached(report, world, telemetry)] {
            *count += 1;
        }
    }
    // Links are sorted by report.
    let mut linked: Vec<&str> = links.iter().map(|link| link.report_id.as_str()).collect();
    linked.dedup();
    reached[STEPS.len() - 1] = linked.len();
    let step = |(step, reports): (&str, usize)| FunnelStep {
        step: step.to_owned(),
        reports,
    };
    STEPS.into_iter().zip(reached).map(step).collect()
}

/// How many of the steps before the last a report takes: that of its best event.
fn steps_reached(report: &Report, world: &World, telemetry: &Telemetry<'_>) -> usize {
    if !report
        .incident_type
        .is_some_and(IncidentType::is_online_enticement)
    {
        return 1;
    }
    let mut best = 2;
    for (_, role, event) in report.events() {
        let steps = match qualify(report, role, event, telemetry) {
            None => 2,
            Some(Qualified::Role) => 3,
            Some(Qualified::Timed) => 4,
            Some(Qualified::Routable) => 5,
            Some(Qualified::Direct(_)) => {
                let observations = telemetry.with_address(event.address);
                let inside = observations
                    .iter()
                    .any(|observation| world.sites.iter().any(|site| is_in_site(site, observation)));
                6 + usize::from(!observations.is_empty()) + usize::from(inside)
            }
        };
        best = best.max(steps);
    }
    best
}

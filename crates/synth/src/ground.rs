//! The world while it is being made: devices visit places, reports are filed.

use crate::address::{Address, Form};
use crate::geography::{Position, Triangle, edge_distance_m};
use crate::moment::Moment;
use crate::observation::{Device, DeviceId, Observation};
use crate::plant::PlantedLink;
use crate::pool::Pools;
use crate::report::{Capture, Captured, Event, EventName, IncidentType, Party, Report, Role};
use crate::rng::Rng;
use crate::site_plan::{SitePlan, Trait, outline_changed, site_closed};
use crate::truth::Decoy;

pub(crate) const REPORTERS: [&str; 6] = [
    "Example Messenger",
    "Example Video",
    "Example Social",
    "Example Games",
    "Example Mail",
    "Example Storage",
];

/// The first and the last moment of the period that a world covers.
pub(crate) fn period() -> (Moment, Moment) {
    (Moment::of_date(2025, 10, 1), Moment::of_date(2026, 1, 1))
}

/// Part of a site where a device may be put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Area {
    /// Within the fence.
    Solid,
    /// In its hole, its notch, or its later extension.
    Void,
    /// 10 to 50 m away from it.
    JustOutside,
}

/// A device at a site with an address for a while.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Visit {
    pub(crate) site: usize,
    pub(crate) area: Area,
    pub(crate) device: Device,
    pub(crate) address: Address,
    pub(crate) form: Form,
    pub(crate) starts_at: Moment,
    pub(crate) observations: usize,
}

/// A report to be filed: what matters of it.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) incident_type: Option<IncidentType>,
    /// Some time after the last event, where absent.
    pub(crate) incident_at: Option<Moment>,
    pub(crate) sextortion: bool,
    pub(crate) events: Vec<(Role, Event)>,
    /// Whether nothing of elsewhere is added, so that the report stands or falls with these events.
    pub(crate) alone: bool,
}

impl Draft {
    pub(crate) fn enticement(events: Vec<(Role, Event)>) -> Self {
        Self {
            incident_type: Some(IncidentType::Enticement),
            incident_at: None,
            sextortion: false,
            events,
            alone: false,
        }
    }
}

/// Everything made so far, and what is needed to make more.
#[derive(Debug)]
pub(crate) struct Ground {
    pub(crate) rng: Rng,
    pub(crate) plans: Vec<SitePlan>,
    pub(crate) pools: Pools,
    pub(crate) reports: Vec<Report>,
    pub(crate) observations: Vec<Observation>,
    pub(crate) planted: Vec<PlantedLink>,
    pub(crate) decoys: Vec<Decoy>,
    /// Report numbers in random order, to be taken from the end.
    pub(crate) free_report_ids: Vec<u32>,
}

impl Ground {
    /// The sites made for a purpose.
    pub(crate) fn sites_for(&self, purpose: Trait) -> Vec<usize> {
        (0..self.plans.len())
            .filter(|site| self.plans[*site].purpose == purpose)
            .collect()
    }

    /// The sites where links are planted.
    pub(crate) fn linkable_sites(&self) -> Vec<usize> {
        (0..self.plans.len())
            .filter(|site| self.plans[*site].is_linkable())
            .collect()
    }

    /// A linkable site; any of them.
    pub(crate) fn any_site(&mut self) -> usize {
        let sites = self.linkable_sites();
        self.rng.pick(&sites)
    }

    /// A moment at least three days from both ends of what is possible: of the period, and of the
    /// validity of the site; for the closed site, after it was closed.
    pub(crate) fn moment_at(&mut self, site: usize) -> Moment {
        let (mut first, mut last) = period();
        match self.plans[site].purpose {
            Trait::Earlier => last = outline_changed(),
            Trait::Later => first = outline_changed(),
            Trait::Closed => first = site_closed(),
            _ => {}
        }
        let (first, last) = (first.plus_s(3 * 86_400), last.plus_s(-3 * 86_400));
        Moment(self.rng.between(first.0, last.0)).whole_second()
    }

    pub(crate) fn device(&mut self) -> Device {
        let random = u128::from(self.rng.next()) << 64 | u128::from(self.rng.next());
        // Version and variant of a random UUID (RFC 9562, section 5.4).
        let uuid = random & !(0xf << 76) & !(0x3 << 62) | 0x4 << 76 | 0x2 << 62;
        Device {
            id: DeviceId::Advertising(uuid),
            is_android: self.rng.percent(70),
        }
    }

    /// A fresh address of the provider that serves a site.
    pub(crate) fn address_at(&mut self, site: usize) -> Address {
        self.pools.v4(self.plans[site].provider, &mut self.rng)
    }

    /// An ordinary visit inside a site: a new device, a fresh IPv4 address, some time in the period.
    pub(crate) fn visit_to(&mut self, site: usize) -> Visit {
        Visit {
            site,
            area: Area::Solid,
            device: self.device(),
            address: self.address_at(site),
            form: Form::Usual,
            starts_at: self.moment_at(site),
            observations: self.rng.between(3, 9) as usize,
        }
    }

    /// Makes the visit's observations, seconds to minutes apart, and says when they were.
    pub(crate) fn stay(&mut self, visit: &Visit) -> Vec<Moment> {
        let mut at = visit.starts_at;
        let mut times = Vec::with_capacity(visit.observations);
        for _ in 0..visit.observations {
            self.observe(visit, at);
            times.push(at);
            at = at
                .plus_s(self.rng.between(20, 900))
                .plus_ms(self.rng.between(0, 999));
        }
        times
    }

    /// Makes one observation of the visit.
    pub(crate) fn observe(&mut self, visit: &Visit, at: Moment) {
        let position = self.position_in(visit.site, visit.area);
        self.observe_at(visit, at, position);
    }

    /// Makes one observation with the visit's device and address at any position.
    pub(crate) fn observe_at(&mut self, visit: &Visit, observed_at: Moment, position: Position) {
        let accuracy_dm = match self.rng.below(20) {
            0 => None,
            1 => Some(self.rng.between(500, 9_000)),
            _ => Some(self.rng.between(30, 400)),
        };
        self.observations.push(Observation {
            device: visit.device,
            observed_at,
            position,
            accuracy_dm,
            address: visit.address,
            form: visit.form,
            country: self.plans[visit.site].country,
            detail: self.rng.next() as u32,
        });
    }

    /// A random position in part of a site, at least 3 m from every edge of its fence.
    pub(crate) fn position_in(&mut self, site: usize, area: Area) -> Position {
        loop {
            let plan = &self.plans[site];
            let position = match area {
                Area::Solid => pick_triangle(&plan.solid, &mut self.rng).random_position(&mut self.rng),
                Area::Void => pick_triangle(&plan.void, &mut self.rng).random_position(&mut self.rng),
                Area::JustOutside => beyond_a_vertex(plan, &mut self.rng),
            };
            let distance_m = self.fence_distance_m(site, position);
            let fits = match area {
                Area::Solid | Area::Void => distance_m >= 3.0,
                Area::JustOutside => (10.0..=50.0).contains(&distance_m),
            };
            if fits {
                return position;
            }
        }
    }

    /// A whole second from 5 s to 57 min away from the session's nearest observation, or within it.
    pub(crate) fn near(&mut self, times: &[Moment]) -> Moment {
        let gap_s = self.rng.between(5, 3_400);
        let (Some(first), Some(last)) = (times.first(), times.last()) else {
            return period().0;
        };
        match self.rng.below(5) {
            0 | 1 => first.whole_second().plus_s(-gap_s),
            2 | 3 => last.whole_second().plus_s(gap_s),
            _ => self
                .rng
                .pick(times)
                .whole_second()
                .plus_s(self.rng.between(1, 15)),
        }
    }

    /// Distance to the nearest edge of any ring of any version of a site, in metres.
    fn fence_distance_m(&self, site: usize, position: Position) -> f64 {
        let site_id = &self.plans[site].site.site_id;
        let versions = self.plans.iter().filter(|plan| plan.site.site_id == *site_id);
        let polygons = versions.flat_map(|plan| &plan.site.polygons);
        let rings = polygons.flat_map(|polygon| polygon.holes.iter().chain([&polygon.outer]));
        rings
            .map(|ring| edge_distance_m(ring, position))
            .fold(f64::INFINITY, f64::min)
    }

    /// An event of the ordinary kind: in UTC, named, sometimes with a port.
    pub(crate) fn event(&mut self, address: Address, at: Moment) -> Event {
        use EventName::{Login, Other, Purchase, Registration, Upload};
        let name = match self.rng.below(12) {
            0 => None,
            _ => Some(
                self.rng
                    .pick(&[Login, Login, Login, Upload, Upload, Registration, Other, Purchase]),
            ),
        };
        let port = self
            .rng
            .percent(35)
            .then(|| self.rng.between(1_024, 65_535) as u16);
        Event {
            name,
            port,
            ..Event::login(address, at)
        }
    }

    /// Files a report and says its number. Events of elsewhere are added around those drafted, so that
    /// not every event of a report means something.
    pub(crate) fn file(&mut self, mut draft: Draft) -> u32 {
        let report_id = self
            .free_report_ids
            .pop()
            .unwrap_or(1_000_000 + self.reports.len() as u32);
        let last = draft
            .events
            .iter()
            .filter_map(|(_, event)| captured_at(event))
            .max();
        let last = match last {
            Some(moment) => moment,
            None => self.any_moment(),
        };
        // Never at the very time of an event: that would make the event doubtful.
        let incident_at = draft
            .incident_at
            .unwrap_or(last.plus_s(self.rng.between(30, 7_200)));
        if !draft.alone {
            self.add_elsewhere(&mut draft.events, last);
        }
        let parties = self.parties(draft.events);
        let received_at = incident_at.plus_s(self.rng.between(600, 400_000));
        let report = Report {
            report_id,
            states_its_id: !self.rng.percent(2),
            received_at: (!self.rng.percent(4)).then_some(received_at),
            incident_type: draft.incident_type,
            incident_at: (draft.incident_at.is_some() || !self.rng.percent(4)).then_some(incident_at),
            reporter: (!self.rng.percent(3)).then(|| self.rng.pick(&REPORTERS)),
            sextortion: draft.sextortion,
            parties,
            byte_order_mark: self.rng.percent(15),
            gaps: self.rng.next(),
        };
        self.reports.push(report);
        report_id
    }

    fn any_moment(&mut self) -> Moment {
        let (first, last) = period();
        Moment(self.rng.between(first.plus_s(86_400).0, last.plus_s(-86_400).0)).whole_second()
    }

    /// Now and then an event at home or on the road, before or after the others.
    fn add_elsewhere(&mut self, events: &mut Vec<(Role, Event)>, last: Moment) {
        use Role::{Recipient, Reported, Victim};
        for role in [Reported, Reported, Recipient, Victim] {
            if events.is_empty() || !self.rng.percent(if role == Reported { 35 } else { 12 }) {
                continue;
            }
            let address = self.address_elsewhere();
            let at = last.plus_s(-self.rng.between(90, 900_000));
            let event = self.event(address, at);
            let place = self.rng.below(events.len() + 1);
            events.insert(place, (role, event));
        }
    }

    /// A fresh address far from any site, in either family.
    pub(crate) fn address_elsewhere(&mut self) -> Address {
        let holder = crate::pool::Holder::Elsewhere;
        match self.rng.below(6) {
            0 => self.pools.v6(holder, &mut self.rng),
            _ => self.pools.v4(holder, &mut self.rng),
        }
    }

    /// The parties of a report in document order, with their events.
    fn parties(&mut self, events: Vec<(Role, Event)>) -> Vec<Party> {
        let mut parties: Vec<Party> = Vec::new();
        for (role, event) in events {
            let splits = self.rng.percent(15);
            let known = parties.iter_mut().rfind(|party| party.role == role && !splits);
            match known {
                Some(party) => party.captures.push(Capture::Address(event)),
                None => {
                    let number = self.rng.between(10_000, 99_999) as u32;
                    parties.push(Party {
                        role,
                        number,
                        captures: vec![Capture::Address(event)],
                    });
                }
            }
        }
        if self.rng.percent(20) || parties.is_empty() {
            let number = self.rng.between(10_000, 99_999) as u32;
            parties.push(Party {
                role: Role::Reported,
                number,
                captures: Vec::new(),
            });
        }
        for party in parties.iter_mut().filter(|party| party.role != Role::File) {
            if self.rng.percent(15) {
                let place = self.rng.below(party.captures.len() + 1);
                party.captures.insert(place, Capture::ProfileUrl(party.number));
            }
        }
        parties.sort_by_key(|party| party.role);
        parties
    }

    /// Notes that a report was planted as a link.
    pub(crate) fn plant(&mut self, report_id: u32, site: usize, address: Address, at: Moment) {
        let site_id = self.plans[site].site.site_id.clone();
        self.planted.push(PlantedLink {
            report_id: report_id.to_string(),
            site_id,
            ip: address.to_string(),
            event_observed_at: at.utc_text(),
        });
    }

    /// Notes that a report was planted as a decoy.
    pub(crate) fn decoy(&mut self, report_id: u32, kind: &str, site: Option<usize>, reason: &str) {
        self.decoys.push(Decoy {
            report_id: report_id.to_string(),
            kind: kind.to_owned(),
            site_id: site.map(|site| self.plans[site].site.site_id.clone()),
            reason: reason.to_owned(),
        });
    }
}

/// The moment an event states, with or without an offset.
pub(crate) fn captured_at(event: &Event) -> Option<Moment> {
    match event.captured {
        Captured::Utc(at) | Captured::Offset(at, _) | Captured::NoOffset(at) => Some(at),
        Captured::Missing => None,
    }
}

/// One of the triangles, the larger the likelier, so that positions spread evenly.
fn pick_triangle(triangles: &[Triangle], rng: &mut Rng) -> Triangle {
    let areas: Vec<f64> = triangles.iter().map(Triangle::area_m2).collect();
    let mut left = rng.unit() * areas.iter().sum::<f64>();
    for (triangle, area) in triangles.iter().zip(areas) {
        left -= area;
        if left <= 0.0 {
            return *triangle;
        }
    }
    rng.pick(triangles)
}

/// A position beyond a vertex of the first part, seen from the middle of the site.
fn beyond_a_vertex(plan: &SitePlan, rng: &mut Rng) -> Position {
    let outer = &plan.site.polygons[0].outer;
    let vertex = rng.pick(outer);
    let (east, north) = plan.site.centre.metres_to(vertex);
    let factor = 1.0 + (10.0 + 35.0 * rng.unit()) / (east * east + north * north).sqrt().max(1.0);
    plan.site.centre.offset_m(east * factor, north * factor)
}

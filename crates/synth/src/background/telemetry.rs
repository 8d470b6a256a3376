//! Ordinary devices: residents and neighbours of the sites, and drifters at sea.
//!
//! None of their addresses occurs in any report.

use crate::address::{Address, Form};
use crate::geography::Position;
use crate::ground::{Area, Ground, Visit, period};
use crate::moment::Moment;
use crate::observation::{Device, DeviceId};
use crate::pool::Holder;
use crate::site_plan::Trait;

/// Where devices are said to be whose place is not known.
pub(crate) const NULL_ISLAND: Position = Position { lat_e6: 0, lon_e6: 0 };

/// The position rounded to two decimals of a degree.
pub(crate) fn rounded(position: Position) -> Position {
    let round = |value_e6: i64| (value_e6 + 5_000).div_euclid(10_000) * 10_000;
    Position {
        lat_e6: round(position.lat_e6),
        lon_e6: round(position.lon_e6),
    }
}

/// A random position of the ocean, two kilometres or more from every site.
pub(crate) fn position_at_sea(ground: &mut Ground) -> Position {
    loop {
        let position = Position {
            lat_e6: ground.rng.between(-30_000_000, -20_000_000),
            lon_e6: ground.rng.between(75_000_000, 95_000_000),
        };
        if ground
            .plans
            .iter()
            .all(|plan| plan.site.centre.distance_m(position) > 2_000.0)
        {
            return position;
        }
    }
}

/// Adds residents and neighbours at every site, then drifters until there are `total` observations.
pub(crate) fn fill_telemetry(ground: &mut Ground, total: usize) {
    let left = total.saturating_sub(ground.observations.len());
    let each = left / 3 / ground.plans.len();
    for site in 0..ground.plans.len() {
        let until = ground.observations.len() + each;
        let shared = [0; 3].map(|_| ground.address_at(site));
        while ground.observations.len() < until {
            reside(ground, site, &shared);
        }
    }
    while ground.observations.len() < total {
        drift(ground, total);
    }
    ground.observations.truncate(total);
}

/// One device at a site, or next to it, on a few days; it shares the site's few addresses.
fn reside(ground: &mut Ground, site: usize, shared: &[Address]) {
    let device = background_device(ground);
    let beside = ground.plans[site].purpose == Trait::Ordinary && ground.rng.percent(20);
    let area = if beside { Area::JustOutside } else { Area::Solid };
    for _ in 0..ground.rng.between(1, 4) {
        let visit = ground.visit_to(site);
        let address = if ground.rng.percent(70) {
            ground.rng.pick(shared)
        } else {
            visit.address
        };
        let form = if ground.rng.percent(8) {
            Form::Mapped
        } else {
            Form::Usual
        };
        ground.stay(&Visit {
            device,
            area,
            address,
            form,
            ..visit
        });
    }
}

/// One device at sea on a few days, with addresses of its own.
fn drift(ground: &mut Ground, total: usize) {
    let device = background_device(ground);
    let site = ground.rng.below(ground.plans.len());
    let home = position_at_sea(ground);
    for _ in 0..ground.rng.between(1, 5) {
        let address = address_at_sea(ground);
        let form = if ground.rng.percent(8) {
            Form::Mapped
        } else {
            Form::Usual
        };
        let visit = Visit {
            device,
            address,
            form,
            area: Area::JustOutside,
            ..ground.visit_to(site)
        };
        let mut at = moment_in_period(ground);
        let pathology = ground.rng.below(100);
        for _ in 0..ground.rng.between(2, 14) {
            if ground.observations.len() >= total {
                return;
            }
            let (east_m, north_m) = (
                ground.rng.unit() * 900.0 - 450.0,
                ground.rng.unit() * 900.0 - 450.0,
            );
            let position = match pathology {
                0 => NULL_ISLAND,
                1..=3 => rounded(home),
                _ => home.offset_m(east_m, north_m),
            };
            ground.observe_at(&visit, at, position);
            if pathology == 4 {
                deny_accuracy(ground);
            }
            at = at
                .plus_s(ground.rng.between(15, 1_500))
                .plus_ms(ground.rng.between(0, 999));
        }
    }
}

/// A negative accuracy, as some systems deliver where there is none.
fn deny_accuracy(ground: &mut Ground) {
    if let Some(observation) = ground.observations.last_mut() {
        observation.accuracy_dm = Some(-10);
    }
}

/// Now and then a device that opted out, or whose id was not delivered.
fn background_device(ground: &mut Ground) -> Device {
    let device = ground.device();
    let id = match ground.rng.below(40) {
        0 | 1 => DeviceId::OptedOut,
        2 => DeviceId::Missing,
        _ => device.id,
    };
    Device { id, ..device }
}

fn address_at_sea(ground: &mut Ground) -> Address {
    match ground.rng.below(50) {
        0 => {
            // Truncated, as some exchanges do.
            let address = ground.pools.v4(Holder::Marine, &mut ground.rng);
            Address(address.0 & !0xff)
        }
        1 => Address(Address::v4(100, 100, 0, 1).0 + u128::from(ground.rng.next() % 200_000)),
        2..=9 => ground.pools.v6(Holder::Marine, &mut ground.rng),
        _ => ground.pools.v4(Holder::Marine, &mut ground.rng),
    }
}

fn moment_in_period(ground: &mut Ground) -> Moment {
    let (first, last) = period();
    Moment(ground.rng.between(first.plus_s(3_600).0, last.plus_s(-40_000).0)).whole_second()
}

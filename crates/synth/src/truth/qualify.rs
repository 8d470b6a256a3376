//! Which events may take part at all.

use super::EXCLUDED_NETWORK_KINDS;
use super::telemetry::Telemetry;
use crate::address::{Address, Prefix, ROUTABLE};
use crate::moment::Moment;
use crate::network::RANGE_LISTS;
use crate::report::{Captured, Event, EventName, Report, Role};

/// How far an event gets before telemetry is looked at. Each includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Qualified {
    /// Of the reported side.
    Role,
    /// With a time that can be relied on.
    Timed,
    /// With an address that means the same everywhere.
    Routable,
    /// Neither behind a service that hides users, nor over-shared.
    Direct(Moment),
}

/// How far an event gets; nothing where it is not of the reported side.
pub(super) fn qualify(
    report: &Report,
    role: Role,
    event: &Event,
    telemetry: &Telemetry<'_>,
) -> Option<Qualified> {
    if role != Role::Reported {
        return None;
    }
    let Some(at) = reliable_time(report, event) else {
        return Some(Qualified::Role);
    };
    if !is_routable(event.address) {
        return Some(Qualified::Timed);
    }
    if is_behind_excluded_network(event.address) || telemetry.is_over_shared(event.address, at) {
        return Some(Qualified::Routable);
    }
    Some(Qualified::Direct(at))
}

/// The event's time, unless it is missing, without offset, or merely the incident's own.
fn reliable_time(report: &Report, event: &Event) -> Option<Moment> {
    let at = match event.captured {
        Captured::Utc(at) | Captured::Offset(at, _) => at,
        Captured::NoOffset(_) | Captured::Missing => return None,
    };
    let is_unnamed = matches!(event.name, None | Some(EventName::Unknown));
    let repeats_incident = is_unnamed && report.incident_at == Some(at);
    (!repeats_incident).then_some(at)
}

/// In any range of an excluded kind, whatever other ranges it lies in; all ranges hold at any time.
fn is_behind_excluded_network(address: Address) -> bool {
    RANGE_LISTS
        .iter()
        .filter(|list| EXCLUDED_NETWORK_KINDS.contains(&list.kind))
        .any(|list| list.ranges.iter().any(|range| range.contains(address)))
}

/// Special-use blocks of IPv4 and, within 2000::/3, of IPv6: the registries of RFC 6890, and multicast.
const SPECIAL: [Prefix; 19] = [
    Prefix::v4(0, 0, 0, 0, 8),
    Prefix::v4(10, 0, 0, 0, 8),
    Prefix::v4(100, 64, 0, 0, 10),
    Prefix::v4(127, 0, 0, 0, 8),
    Prefix::v4(169, 254, 0, 0, 16),
    Prefix::v4(172, 16, 0, 0, 12),
    Prefix::v4(192, 0, 0, 0, 24),
    Prefix::v4(192, 0, 2, 0, 24),
    Prefix::v4(192, 88, 99, 0, 24),
    Prefix::v4(192, 168, 0, 0, 16),
    Prefix::v4(198, 18, 0, 0, 15),
    Prefix::v4(198, 51, 100, 0, 24),
    Prefix::v4(203, 0, 113, 0, 24),
    Prefix::v4(224, 0, 0, 0, 4),
    Prefix::v4(240, 0, 0, 0, 4),
    Prefix::v6([0x2001, 0, 0, 0], 23),
    Prefix::v6([0x2001, 0xdb8, 0, 0], 32),
    Prefix::v6([0x2002, 0, 0, 0], 16),
    Prefix::v6([0x3fff, 0, 0, 0], 20),
];

/// All of IPv6 that is given to networks (RFC 4291, section 2.4). Loopback, discard-only (100::/64), local
/// translation (64:ff9b:1::/48), segment identifiers (5f00::/16), unique local, link-local and multicast
/// addresses lie outside.
const GLOBAL_UNICAST: Prefix = Prefix::v6([0x2000, 0, 0, 0], 3);

/// Addresses that stand for the IPv4 address in their last 32 bits (RFC 6052).
const TRANSLATION: Prefix = Prefix::v6([0x64, 0xff9b, 0, 0], 96);

/// In a special-use block.
fn is_special(address: Address) -> bool {
    if TRANSLATION.contains(address) {
        return is_special(address.embedded_v4());
    }
    let is_unassigned = address.as_v4().is_none() && !GLOBAL_UNICAST.contains(address);
    is_unassigned || SPECIAL.iter().any(|block| block.contains(address))
}

/// Declared routable by the case, or in no special-use block.
fn is_routable(address: Address) -> bool {
    ROUTABLE.iter().any(|block| block.contains(address)) || !is_special(address)
}

#[cfg(test)]
#[path = "qualify_tests.rs"]
mod tests;

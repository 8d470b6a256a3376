//! Which events may take part at all.

use super::telemetry::Telemetry;
use crate::address::{Address, Prefix, ROUTABLE};
use crate::moment::Moment;
use crate::network::VPN_RANGES;
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
    // All ranges of the world are of a VPN service, and hold at any time.
    let is_behind_vpn = VPN_RANGES.iter().any(|range| range.contains(event.address));
    if is_behind_vpn || telemetry.is_over_shared(event.address, at) {
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

/// Special-use blocks (RFC 6890 and its registries) other than those that hold synthetic addresses.
const SPECIAL: [Prefix; 17] = [
    Prefix::v4(0, 0, 0, 0, 8),
    Prefix::v4(10, 0, 0, 0, 8),
    Prefix::v4(100, 64, 0, 0, 10),
    Prefix::v4(127, 0, 0, 0, 8),
    Prefix::v4(169, 254, 0, 0, 16),
    Prefix::v4(172, 16, 0, 0, 12),
    Prefix::v4(192, 0, 0, 0, 24),
    Prefix::v4(192, 168, 0, 0, 16),
    Prefix::v4(198, 18, 0, 0, 15),
    Prefix::v6([0, 0, 0, 0], 127),
    Prefix::v6([0x64, 0xff9b, 0, 0], 48),
    Prefix::v6([0x100, 0, 0, 0], 64),
    Prefix::v6([0x2001, 0, 0, 0], 23),
    Prefix::v6([0x2002, 0, 0, 0], 16),
    Prefix::v6([0xfc00, 0, 0, 0], 7),
    Prefix::v6([0xfe80, 0, 0, 0], 10),
    Prefix::v6([0xff00, 0, 0, 0], 8),
];

/// Declared routable by the case, or in no special-use block.
fn is_routable(address: Address) -> bool {
    let within = |blocks: &[Prefix]| blocks.iter().any(|block| block.contains(address));
    within(&ROUTABLE) || !within(&SPECIAL)
}

//! Who holds which addresses: invented providers, their prefixes, and what registries say of them.

use crate::address::Prefix;

/// A prefix that a provider announces.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Announcement {
    pub(crate) prefix: Prefix,
    pub(crate) asn: u32,
    pub(crate) organisation: &'static str,
}

/// A registry's record of addresses given to a country.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Delegation {
    pub(crate) country: &'static str,
    pub(crate) first: Prefix,
    /// Count of addresses for IPv4, length of the prefix for IPv6.
    pub(crate) value: u32,
    pub(crate) date: &'static str,
    pub(crate) holder: &'static str,
}

const fn announced(prefix: Prefix, asn: u32, organisation: &'static str) -> Announcement {
    Announcement {
        prefix,
        asn,
        organisation,
    }
}

const fn site_v6(group: u16) -> Prefix {
    Prefix::v6([0x2001, 0xdb8, group, 0], 36)
}

/// Prefixes as announced, some inside others.
pub(crate) const ANNOUNCEMENTS: [Announcement; 31] = [
    announced(Prefix::v4(192, 0, 2, 0, 25), 64498, "Example Telecom, XA"),
    announced(Prefix::v4(192, 0, 2, 128, 26), 65538, "Example Private Access"),
    announced(Prefix::v4(198, 51, 100, 0, 24), 64499, "Example Mobile XB"),
    announced(Prefix::v4(203, 0, 113, 0, 25), 64500, "Example Net XC"),
    announced(Prefix::v4(203, 0, 113, 128, 25), 65543, "Example Marine"),
    announced(Prefix::v4(240, 10, 0, 0, 16), 64496, "Example Fibre XT"),
    announced(Prefix::v4(240, 10, 0, 16, 28), 64501, "Example Enterprise XT"),
    announced(Prefix::v4(240, 11, 0, 0, 16), 64497, "Example Mobile XT"),
    announced(Prefix::v4(240, 20, 0, 0, 16), 64498, "Example Telecom, XA"),
    announced(Prefix::v4(240, 20, 0, 0, 24), 64502, "Example Campus XA"),
    announced(Prefix::v4(240, 20, 0, 32, 27), 64503, "Example Hotel XA"),
    announced(Prefix::v4(240, 32, 0, 0, 15), 64499, "Example Mobile XB"),
    announced(Prefix::v4(240, 33, 0, 0, 16), 64504, "Example Wireless XB"),
    announced(Prefix::v4(240, 44, 0, 0, 15), 64500, "Example Net XC"),
    announced(Prefix::v4(240, 60, 0, 0, 16), 65536, "Example Satellite"),
    announced(Prefix::v4(240, 70, 0, 0, 16), 65537, "Example Hosting"),
    announced(Prefix::v4(240, 70, 16, 0, 22), 65538, "Example Private Access"),
    announced(Prefix::v4(241, 0, 0, 0, 12), 65540, "Example Broadband North"),
    announced(Prefix::v4(242, 0, 0, 0, 12), 65541, "Example Broadband South"),
    announced(Prefix::v4(243, 0, 0, 0, 12), 65542, "Example Mobile East"),
    announced(Prefix::v4(244, 0, 0, 0, 12), 65543, "Example Marine"),
    announced(Prefix::v4(245, 0, 0, 0, 12), 65544, "Example Carrier"),
    announced(site_v6(0x1000), 64496, "Example Fibre XT"),
    announced(site_v6(0x2000), 64498, "Example Telecom, XA"),
    announced(
        Prefix::v6([0x2001, 0xdb8, 0x2000, 0], 48),
        64502,
        "Example Campus XA",
    ),
    announced(site_v6(0x3000), 64499, "Example Mobile XB"),
    announced(site_v6(0x4000), 64500, "Example Net XC"),
    announced(site_v6(0x6000), 65536, "Example Satellite"),
    announced(site_v6(0x7000), 65538, "Example Private Access"),
    announced(site_v6(0x8000), 65540, "Example Broadband North"),
    announced(site_v6(0x9000), 65543, "Example Marine"),
];

/// A plain list of ranges, all of one kind.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RangeList {
    /// Says the kind, as the lists themselves do not.
    pub(crate) file_name: &'static str,
    pub(crate) kind: &'static str,
    /// The list's first line.
    pub(crate) title: &'static str,
    pub(crate) ranges: &'static [Prefix],
}

/// The lists, by file name: the one that does not exclude an address comes first.
pub(crate) const RANGE_LISTS: [RangeList; 2] = [
    RangeList {
        file_name: "satellite-ranges.txt",
        kind: "satellite",
        title: "Ranges of invented satellite services, some of which carry VPN services.",
        ranges: &SATELLITE_RANGES,
    },
    RangeList {
        file_name: "vpn-ranges.txt",
        kind: "vpn",
        title: "Ranges of invented VPN services.",
        ranges: &VPN_RANGES,
    },
];

/// Ranges of satellite services. Those of the first block overlap ranges of VPN services: one is wider,
/// one is the same, one is narrower.
const SATELLITE_RANGES: [Prefix; 5] = [
    Prefix::v4(240, 70, 16, 0, 20),
    Prefix::v4(240, 70, 17, 0, 24),
    Prefix::v6([0x2001, 0xdb8, 0x7fff, 0], 48),
    // In no range of a VPN service.
    Prefix::v4(240, 60, 0, 0, 16),
    site_v6(0x6000),
];

/// Ranges of services that hide where a user is, some inside others.
const VPN_RANGES: [Prefix; 5] = [
    Prefix::v4(192, 0, 2, 128, 26),
    Prefix::v4(240, 70, 16, 0, 22),
    Prefix::v4(240, 70, 17, 0, 24),
    Prefix::v4(240, 70, 99, 7, 32),
    site_v6(0x7000),
];

/// What the registry says. Not every count of addresses is a power of two.
pub(crate) const DELEGATIONS: [Delegation; 14] = [
    delegated("XA", Prefix::v4(192, 0, 2, 0, 32), 256, "20050214", "EX-0002"),
    delegated("XB", Prefix::v4(198, 51, 100, 0, 32), 256, "20050302", "EX-0003"),
    delegated("XC", Prefix::v4(203, 0, 113, 0, 32), 256, "20060518", "EX-0005"),
    delegated(
        "XT",
        Prefix::v4(240, 10, 0, 0, 32),
        131_072,
        "20090401",
        "EX-0001",
    ),
    delegated("XA", Prefix::v4(240, 20, 0, 0, 32), 98_304, "20110915", "EX-0002"),
    delegated("XB", Prefix::v4(240, 32, 0, 0, 32), 65_536, "20120130", "EX-0003"),
    delegated("XB", Prefix::v4(240, 33, 0, 0, 32), 81_920, "20140822", "EX-0004"),
    delegated(
        "XC",
        Prefix::v4(240, 44, 0, 0, 32),
        131_072,
        "20130611",
        "EX-0005",
    ),
    delegated("XT", Prefix::v4(240, 60, 0, 0, 32), 65_536, "20211102", "EX-0006"),
    delegated("XT", site_v6(0x1000), 36, "20150210", "EX-0001"),
    delegated("XA", site_v6(0x2000), 36, "20160305", "EX-0002"),
    delegated("XB", site_v6(0x3000), 36, "20170719", "EX-0003"),
    delegated("XC", site_v6(0x4000), 36, "20180126", "EX-0005"),
    delegated("XT", site_v6(0x6000), 36, "20220517", "EX-0006"),
];

const fn delegated(
    country: &'static str,
    first: Prefix,
    value: u32,
    date: &'static str,
    holder: &'static str,
) -> Delegation {
    Delegation {
        country,
        first,
        value,
        date,
        holder,
    }
}

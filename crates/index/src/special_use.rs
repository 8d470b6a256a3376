//! Blocks of addresses that do not identify a host on the public Internet.

use crate::address::Address;
use crate::prefix::Prefix;

/// One block of the special-purpose registries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpecialUse {
    /// The block.
    pub prefix: Prefix,
    /// What the registry calls it.
    pub name: &'static str,
    /// The document that reserves it.
    pub rfc: &'static str,
}

const fn v4(octets: [u8; 4], length: u8, name: &'static str, rfc: &'static str) -> SpecialUse {
    SpecialUse {
        prefix: Prefix::v4(octets, length),
        name,
        rfc,
    }
}

const fn v6(groups: [u16; 8], length: u8, name: &'static str, rfc: &'static str) -> SpecialUse {
    SpecialUse {
        prefix: Prefix::v6(groups, length),
        name,
        rfc,
    }
}

/// The special-use blocks, IPv4 first, each family in ascending order.
///
/// Blocks of the registries that are globally reachable as a whole are left out (the AS112 and AMT anycast blocks,
/// `64:ff9b::/96`). `192.0.0.0/24` and `2001::/23` are listed whole, although a few addresses in them are reachable.
///
/// # Source
/// IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and successors), and the multicast and site-local
/// blocks of the IPv4 and IPv6 address space registries.
pub const SPECIAL_USE: &[SpecialUse] = &[
    v4([0, 0, 0, 0], 8, "this network", "RFC 791"),
    v4([10, 0, 0, 0], 8, "private use", "RFC 1918"),
    v4([100, 64, 0, 0], 10, "shared address space", "RFC 6598"),
    v4([127, 0, 0, 0], 8, "loopback", "RFC 1122"),
    v4([169, 254, 0, 0], 16, "link local", "RFC 3927"),
    v4([172, 16, 0, 0], 12, "private use", "RFC 1918"),
    v4([192, 0, 0, 0], 24, "IETF protocol assignments", "RFC 6890"),
    v4([192, 0, 2, 0], 24, "documentation (TEST-NET-1)", "RFC 5737"),
    v4([192, 88, 99, 0], 24, "deprecated 6to4 relay anycast", "RFC 7526"),
    v4([192, 168, 0, 0], 16, "private use", "RFC 1918"),
    v4([198, 18, 0, 0], 15, "benchmarking", "RFC 2544"),
    v4([198, 51, 100, 0], 24, "documentation (TEST-NET-2)", "RFC 5737"),
    v4([203, 0, 113, 0], 24, "documentation (TEST-NET-3)", "RFC 5737"),
    v4([224, 0, 0, 0], 4, "multicast", "RFC 5771"),
    v4([240, 0, 0, 0], 4, "reserved", "RFC 1112"),
    v4([255, 255, 255, 255], 32, "limited broadcast", "RFC 8190"),
    v6([0, 0, 0, 0, 0, 0, 0, 0], 128, "unspecified address", "RFC 4291"),
    v6([0, 0, 0, 0, 0, 0, 0, 1], 128, "loopback", "RFC 4291"),
    v6(
        [0x64, 0xff9b, 1, 0, 0, 0, 0, 0],
        48,
        "local-use IPv4/IPv6 translation",
        "RFC 8215",
    ),
    v6([0x100, 0, 0, 0, 0, 0, 0, 0], 64, "discard only", "RFC 6666"),
    v6(
        [0x2001, 0, 0, 0, 0, 0, 0, 0],
        23,
        "IETF protocol assignments, Teredo included",
        "RFC 2928",
    ),
    v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32, "documentation", "RFC 3849"),
    v6([0x2002, 0, 0, 0, 0, 0, 0, 0], 16, "6to4", "RFC 3056"),
    v6([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20, "documentation", "RFC 9637"),
    v6(
        [0x5f00, 0, 0, 0, 0, 0, 0, 0],
        16,
        "segment routing identifiers",
        "RFC 9602",
    ),
    v6([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7, "unique local", "RFC 4193"),
    v6([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10, "link local", "RFC 4291"),
    v6(
        [0xfec0, 0, 0, 0, 0, 0, 0, 0],
        10,
        "deprecated site local",
        "RFC 3879",
    ),
    v6([0xff00, 0, 0, 0, 0, 0, 0, 0], 8, "multicast", "RFC 4291"),
];

/// All of IPv6 that has been given to global unicast so far (RFC 4291 section 2.4).
const GLOBAL_UNICAST: Prefix = Prefix::v6([0x2000, 0, 0, 0, 0, 0, 0, 0], 3);

/// The translation prefix, whose addresses stand for the IPv4 hosts in their last 32 bits (RFC 6052 section 2.2).
const TRANSLATION: Prefix = Prefix::v6([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96);

/// Whether the address lies in a special-use block, and so cannot be that of a subscriber on the public Internet.
///
/// True for every address in a block of [`SPECIAL_USE`], and for all of IPv6 outside `2000::/3` but `64:ff9b::/96`, an
/// address of which is special if the IPv4 address embedded in it is.
///
/// ```
/// use tieline_index::{Address, is_special};
///
/// let translated = |text| Address::parse(text).map(is_special);
/// assert_eq!(translated("64:ff9b::10.0.0.1"), Some(true));
/// assert_eq!(translated("64:ff9b::11.0.0.1"), Some(false));
/// ```
pub fn is_special(address: Address) -> bool {
    if TRANSLATION.contains(address) {
        return is_special(embedded_ipv4(address));
    }
    if address.family() == 6 && !GLOBAL_UNICAST.contains(address) {
        return true;
    }
    SPECIAL_USE.iter().any(|block| block.prefix.contains(address))
}

/// The IPv4 address in the last 32 bits.
fn embedded_ipv4(address: Address) -> Address {
    Address::from(Address::FIRST_V4.to_u128() | (address.to_u128() & 0xffff_ffff))
}

#[cfg(test)]
#[path = "special_use_tests.rs"]
mod tests;

//! The one form of IP address.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

/// The 96 bits that stand before an IPv4 address in its mapped form.
const MAPPED: u128 = 0xffff << 32;

/// An IP address as 128 bits; IPv4 is held in its mapped form `::ffff:a.b.c.d`.
///
/// The plain and the mapped form of an IPv4 address are therefore one value, and the order of values is the order of
/// their bytes in network byte order. Displays as plain IPv4 or as RFC 5952 text.
///
/// # Source
/// RFC 4291 section 2.5.5.2 (mapped addresses), RFC 5952 (canonical text).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(u128);

impl Address {
    /// The Arrow extension name of columns that hold addresses as their 16 bytes.
    pub const ARROW_EXTENSION: &'static str = "tieline.ip";
    /// The lowest address that is IPv4: `0.0.0.0`.
    pub const FIRST_V4: Self = Self(MAPPED);
    /// The highest address that is IPv4: `255.255.255.255`.
    pub const LAST_V4: Self = Self(MAPPED | 0xffff_ffff);

    /// Reads an address from text; `None` for anything that is not exactly one address.
    ///
    /// White space around it is ignored. Accepted are `a.b.c.d` and RFC 4291 text, IPv6 also in brackets, each with an
    /// optional port (IPv6 with a port only in brackets). Refused are short forms (`1.2.3`), leading zeros
    /// (`01.2.3.4`), zone ids (`fe80::1%eth0`) and the empty text.
    ///
    /// ```
    /// use tieline_index::Address;
    ///
    /// assert!(Address::parse(" [2001:db8::1]:443 ").is_some());
    /// assert!(Address::parse("1.2.3").is_none());
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        Self::parse_with_port(text).map(|(address, _)| address)
    }

    /// Reads an address as [`Address::parse`] does, and the port if the text has one.
    pub fn parse_with_port(text: &str) -> Option<(Self, Option<u16>)> {
        let text = text.trim();
        if let Some(bracketed) = text.strip_prefix('[') {
            let (address, rest) = bracketed.split_once(']')?;
            let address = Self::from(address.parse::<Ipv6Addr>().ok()?);
            return match rest.strip_prefix(':') {
                Some(port) => Some((address, Some(parse_port(port)?))),
                None => rest.is_empty().then_some((address, None)),
            };
        }
        if let Some(address) = Self::parse_bare(text) {
            return Some((address, None));
        }
        let (address, port) = text.split_once(':')?;
        let address = Self::from(address.parse::<Ipv4Addr>().ok()?);
        Some((address, Some(parse_port(port)?)))
    }

    /// Reads an address without brackets, port or white space.
    pub(crate) fn parse_bare(text: &str) -> Option<Self> {
        if text.contains(':') {
            text.parse::<Ipv6Addr>().ok().map(Self::from)
        } else {
            text.parse::<Ipv4Addr>().ok().map(Self::from)
        }
    }

    /// The address whose bytes in network byte order are `bytes`.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(u128::from_be_bytes(bytes))
    }

    /// The 16 bytes in network byte order.
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }

    /// The address as a number; IPv4 lies from `0xffff_0000_0000` on.
    pub const fn to_u128(self) -> u128 {
        self.0
    }

    /// 4 for IPv4, mapped or plain, and 6 for everything else.
    pub const fn family(self) -> u8 {
        if self.0 >> 32 == 0xffff { 4 } else { 6 }
    }

    /// The IPv4 address, if it is one.
    pub const fn to_ipv4(self) -> Option<Ipv4Addr> {
        if self.family() == 4 {
            Some(Ipv4Addr::from_bits((self.0 & 0xffff_ffff) as u32))
        } else {
            None
        }
    }

    /// The address as IPv6, IPv4 in its mapped form.
    pub const fn to_ipv6(self) -> Ipv6Addr {
        Ipv6Addr::from_bits(self.0)
    }
}

/// A port in decimal digits; no sign, at most five digits.
fn parse_port(text: &str) -> Option<u16> {
    let digits = !text.is_empty() && text.len() <= 5 && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}

impl From<u128> for Address {
    fn from(value: u128) -> Self {
        Self(value)
    }
}

impl From<Address> for u128 {
    fn from(address: Address) -> Self {
        address.0
    }
}

impl From<Ipv4Addr> for Address {
    fn from(address: Ipv4Addr) -> Self {
        Self(MAPPED | u128::from(address.to_bits()))
    }
}

impl From<Ipv6Addr> for Address {
    fn from(address: Ipv6Addr) -> Self {
        Self(address.to_bits())
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to_ipv4() {
            Some(address) => address.fmt(formatter),
            None => self.to_ipv6().fmt(formatter),
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[cfg(test)]
#[path = "address_tests.rs"]
mod tests;

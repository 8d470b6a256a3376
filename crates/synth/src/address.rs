//! Addresses in one form, and the ways in which sources write them.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

/// An address as a 128-bit number; an IPv4 address is `::ffff:a.b.c.d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Address(pub(crate) u128);

const MAPPED: u128 = 0xffff << 32;

impl Address {
    pub(crate) const fn v4(a: u8, b: u8, c: u8, d: u8) -> Self {
        Self(MAPPED | u32::from_be_bytes([a, b, c, d]) as u128)
    }

    pub(crate) fn as_v4(self) -> Option<Ipv4Addr> {
        (self.0 >> 32 == 0xffff).then(|| Ipv4Addr::from(self.0 as u32))
    }

    /// The IPv4 address that the last 32 bits stand for.
    pub(crate) fn embedded_v4(self) -> Self {
        Self(MAPPED | self.0 & 0xffff_ffff)
    }

    /// The address as a source writes it.
    pub(crate) fn text(self, form: Form) -> String {
        match (self.as_v4(), form) {
            (Some(plain), Form::Usual) => plain.to_string(),
            (Some(plain), Form::Mapped | Form::Long) => format!("::ffff:{plain}"),
            (None, Form::Usual | Form::Mapped) => Ipv6Addr::from(self.0).to_string(),
            (None, Form::Long) => {
                let groups = Ipv6Addr::from(self.0)
                    .segments()
                    .map(|group| format!("{group:04X}"));
                groups.join(":")
            }
        }
    }
}

impl fmt::Display for Address {
    /// Plain IPv4, or IPv6 as in RFC 5952.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text(Form::Usual))
    }
}

/// How a source writes an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Plain IPv4, or IPv6 as in RFC 5952.
    Usual,
    /// IPv4 as `::ffff:a.b.c.d`.
    Mapped,
    /// IPv6 with all groups in upper case.
    Long,
}

/// A block of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Prefix {
    first: u128,
    /// Of the 128-bit form: 96 more than in the notation of IPv4.
    bits: u32,
}

impl Prefix {
    pub(crate) const fn v4(a: u8, b: u8, c: u8, d: u8, bits: u32) -> Self {
        Self {
            first: Address::v4(a, b, c, d).0,
            bits: bits + 96,
        }
    }

    pub(crate) const fn v6(groups: [u16; 4], bits: u32) -> Self {
        let first = (groups[0] as u128) << 112
            | (groups[1] as u128) << 96
            | (groups[2] as u128) << 80
            | (groups[3] as u128) << 64;
        Self { first, bits }
    }

    pub(crate) fn contains(self, address: Address) -> bool {
        self.first <= address.0 && address.0 - self.first < self.size()
    }

    pub(crate) fn first(self) -> Address {
        Address(self.first)
    }

    /// How many addresses the block holds.
    pub(crate) fn size(self) -> u128 {
        1 << (128 - self.bits)
    }

    pub(crate) fn is_v4(self) -> bool {
        self.first().as_v4().is_some()
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = if self.is_v4() { self.bits - 96 } else { self.bits };
        write!(formatter, "{}/{bits}", self.first())
    }
}

/// The blocks in which synthetic addresses lie: documentation blocks and a block without any routes.
pub(crate) const ROUTABLE: [Prefix; 5] = [
    Prefix::v4(192, 0, 2, 0, 24),
    Prefix::v4(198, 51, 100, 0, 24),
    Prefix::v4(203, 0, 113, 0, 24),
    Prefix::v6([0x2001, 0xdb8, 0, 0], 32),
    Prefix::v4(240, 0, 0, 0, 4),
];

#[cfg(test)]
#[path = "address_tests.rs"]
mod tests;

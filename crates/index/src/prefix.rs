//! CIDR prefixes and the ranges they stand for.

use std::fmt;
use std::str::FromStr;

use crate::address::Address;

/// A block of addresses given by its leading bits, as in `203.0.113.0/24` or `2001:db8::/32`.
///
/// An IPv4 address is never inside an IPv6 prefix: `::/0` holds every IPv6 address and no IPv4 address, although IPv4
/// is stored in the block `::ffff:0:0/96`. A prefix inside that block is the IPv4 prefix it maps: `::ffff:192.0.2.0/120`
/// is `192.0.2.0/24`.
///
/// # Source
/// RFC 4632 section 3.1 (IPv4), RFC 4291 section 2.3 (IPv6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Prefix {
    network: Address,
    /// Of the 128-bit form: an IPv4 prefix has 96 more than its text says.
    bits: u8,
}

/// Why a text is not a prefix. The messages hold no part of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PrefixError {
    /// The part before the slash is not an IP address.
    NotAnAddress,
    /// The part after the slash is not a number.
    NotALength,
    /// The length is above 32 for IPv4 or above 128 for IPv6.
    LengthOutOfRange,
    /// Bits beyond the length are set, so that the text names one address and a block at once.
    HostBitsSet,
}

impl fmt::Display for PrefixError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::NotAnAddress => "not an IP address",
            Self::NotALength => "prefix length is not a number",
            Self::LengthOutOfRange => "prefix length out of range",
            Self::HostBitsSet => "host bits set beyond the prefix length",
        })
    }
}

impl std::error::Error for PrefixError {}

impl Prefix {
    /// The IPv4 prefix of the given octets, bits beyond `length` cut off; a `length` above 32 counts as 32.
    pub const fn v4(octets: [u8; 4], length: u8) -> Self {
        let value = u32::from_be_bytes(octets) as u128 | Address::FIRST_V4.to_u128();
        Self::truncated(value, 96 + if length > 32 { 32 } else { length })
    }

    /// The prefix of the given IPv6 groups, bits beyond `length` cut off; a `length` above 128 counts as 128.
    pub const fn v6(groups: [u16; 8], length: u8) -> Self {
        let value = std::net::Ipv6Addr::new(
            groups[0], groups[1], groups[2], groups[3], groups[4], groups[5], groups[6], groups[7],
        );
        Self::truncated(value.to_bits(), if length > 128 { 128 } else { length })
    }

    const fn truncated(value: u128, bits: u8) -> Self {
        let network = Address::from_bytes((value & !host_mask(bits)).to_be_bytes());
        Self { network, bits }
    }

    /// Reads a prefix, white space around it ignored; a bare address is the prefix of that one address.
    ///
    /// # Errors
    /// Where the text is no prefix, or has bits set beyond its length.
    pub fn parse(text: &str) -> Result<Self, PrefixError> {
        let (address, bits) = parse_parts(text)?;
        let prefix = Self::truncated(address.to_u128(), bits);
        if prefix.network == address {
            Ok(prefix)
        } else {
            Err(PrefixError::HostBitsSet)
        }
    }

    /// Reads a prefix as [`Prefix::parse`] does, but cuts off bits beyond the length: `203.0.113.7/24` is
    /// `203.0.113.0/24`.
    ///
    /// # Errors
    /// Where the text is no prefix.
    pub fn parse_lenient(text: &str) -> Result<Self, PrefixError> {
        let (address, bits) = parse_parts(text)?;
        Ok(Self::truncated(address.to_u128(), bits))
    }

    /// The prefix of a length that holds an address; `None` where the length is above 32 for IPv4 or above 128 for IPv6.
    pub fn holding(address: Address, length: u8) -> Option<Self> {
        let (most, before) = if address.family() == 4 { (32, 96) } else { (128, 0) };
        (length <= most).then(|| Self::truncated(address.to_u128(), before + length))
    }

    /// The lowest address of the block.
    pub const fn network(self) -> Address {
        self.network
    }

    /// The length as its text says: at most 32 for IPv4, at most 128 for IPv6.
    pub const fn prefix_len(self) -> u8 {
        if self.family() == 4 {
            self.bits - 96
        } else {
            self.bits
        }
    }

    /// 4 or 6.
    pub const fn family(self) -> u8 {
        if self.bits >= 96 { self.network.family() } else { 6 }
    }

    /// Whether the address lies in the block; never true across families.
    pub const fn contains(self, address: Address) -> bool {
        let value = address.to_u128();
        value & !host_mask(self.bits) == self.network.to_u128() && address.family() == self.family()
    }

    /// The ranges of addresses in the block, both ends included, in ascending order.
    ///
    /// One range, or two for an IPv6 prefix that spans the block in which IPv4 is stored.
    pub fn ranges(self) -> impl Iterator<Item = (Address, Address)> {
        let first = self.network;
        let last = Address::from(first.to_u128() | host_mask(self.bits));
        let spans_v4 = self.family() == 6 && first <= Address::FIRST_V4 && last >= Address::LAST_V4;
        let parts = if spans_v4 {
            [
                (first < Address::FIRST_V4).then(|| (first, Address::from(Address::FIRST_V4.to_u128() - 1))),
                (last > Address::LAST_V4).then(|| (Address::from(Address::LAST_V4.to_u128() + 1), last)),
            ]
        } else {
            [Some((first, last)), None]
        };
        parts.into_iter().flatten()
    }
}

impl FromStr for Prefix {
    type Err = PrefixError;

    fn from_str(text: &str) -> Result<Self, PrefixError> {
        Self::parse(text)
    }
}

impl From<Address> for Prefix {
    /// The prefix of that one address.
    fn from(address: Address) -> Self {
        Self {
            network: address,
            bits: 128,
        }
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Only a prefix of IPv4 may print its network as IPv4: `::ffff:0:0/95` is not `0.0.0.0/95`.
        if self.family() == 4 {
            write!(formatter, "{}/{}", self.network, self.prefix_len())
        } else {
            write!(formatter, "{}/{}", self.network.to_ipv6(), self.bits)
        }
    }
}

/// The prefixes that together hold exactly the addresses from `first` to `last`, both included, in ascending order.
///
/// Registries delegate IPv4 by address count, which need not be a power of two. Empty where `first > last` or where the
/// two are of different families; IPv4 addresses that an IPv6 range spans are left out.
pub fn range_to_prefixes(first: Address, last: Address) -> Vec<Prefix> {
    let mut prefixes = Vec::new();
    if first.family() != last.family() {
        return prefixes;
    }
    let (mut next, last_value) = (first.to_u128(), last.to_u128());
    while next <= last_value {
        // The largest block that starts here is bounded by the alignment of the start and by what is left.
        let left = last_value - next;
        let fitting = match left.checked_add(1) {
            Some(count) => count.ilog2(),
            None => 128,
        };
        let host_bits = next.trailing_zeros().min(fitting);
        let prefix = Prefix::truncated(next, (128 - host_bits) as u8);
        if prefix.family() == first.family() {
            prefixes.push(prefix);
        }
        match host_mask(prefix.bits)
            .checked_add(1)
            .and_then(|size| next.checked_add(size))
        {
            Some(following) => next = following,
            None => break,
        }
    }
    prefixes
}

/// Ones where a block of this length leaves the bits free.
const fn host_mask(bits: u8) -> u128 {
    match u128::MAX.checked_shr(bits as u32) {
        Some(mask) => mask,
        None => 0,
    }
}

/// The address and the length in the 128-bit form.
fn parse_parts(text: &str) -> Result<(Address, u8), PrefixError> {
    let text = text.trim();
    let (address, length) = match text.split_once('/') {
        Some((address, length)) => (address, Some(length)),
        None => (text, None),
    };
    let is_v6_text = address.contains(':');
    let address = Address::parse_bare(address).ok_or(PrefixError::NotAnAddress)?;
    let longest = if is_v6_text { 128 } else { 32 };
    let length = match length {
        Some(length) => parse_length(length, longest)?,
        None => longest,
    };
    Ok((address, length + (128 - longest)))
}

/// A length in decimal digits without leading zeros.
fn parse_length(text: &str, longest: u8) -> Result<u8, PrefixError> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits || (text.len() > 1 && text.starts_with('0')) {
        return Err(PrefixError::NotALength);
    }
    match text.parse::<u8>() {
        Ok(length) if length <= longest => Ok(length),
        _ => Err(PrefixError::LengthOutOfRange),
    }
}

#[cfg(test)]
#[path = "prefix_tests.rs"]
mod tests;

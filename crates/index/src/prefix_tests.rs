use std::net::Ipv4Addr;

use proptest::prelude::*;

use super::{Prefix, PrefixError, range_to_prefixes};
use crate::Address;

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

fn ranges(text: &str) -> Vec<(String, String)> {
    let prefix = Prefix::parse(text).unwrap();
    prefix
        .ranges()
        .map(|(first, last)| (first.to_string(), last.to_string()))
        .collect()
}

fn pair(first: &str, last: &str) -> (String, String) {
    (first.to_owned(), last.to_owned())
}

#[test]
fn a_prefix_is_one_range_of_its_family() {
    assert_eq!(ranges("203.0.113.0/24"), [pair("203.0.113.0", "203.0.113.255")]);
    assert_eq!(ranges("2001:db8::/127"), [pair("2001:db8::", "2001:db8::1")]);
    assert_eq!(ranges("0.0.0.0/0"), [pair("0.0.0.0", "255.255.255.255")]);
    assert_eq!(ranges(" 203.0.113.7 "), [pair("203.0.113.7", "203.0.113.7")]);
    assert_eq!(ranges("2001:db8::1"), [pair("2001:db8::1", "2001:db8::1")]);
}

#[test]
fn an_ipv6_prefix_that_spans_ipv4_leaves_it_out() {
    let all = [
        pair("::", "::fffe:ffff:ffff"),
        pair("::1:0:0:0", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ];
    assert_eq!(ranges("::/0"), all);
    assert_eq!(ranges("::fffe:0:0/95"), [pair("::fffe:0:0", "::fffe:ffff:ffff")]);
    let everything = Prefix::parse("::/0").unwrap();
    assert!(!everything.contains(address("192.0.2.1")));
    assert!(everything.contains(address("2001:db8::")));
}

#[test]
fn a_mapped_prefix_is_the_ipv4_prefix() {
    let mapped = Prefix::parse("::ffff:192.0.2.0/120").unwrap();
    assert_eq!(mapped, Prefix::parse("192.0.2.0/24").unwrap());
    assert_eq!(
        (mapped.to_string().as_str(), mapped.prefix_len(), mapped.family()),
        ("192.0.2.0/24", 24, 4)
    );
    let whole = Prefix::parse("::ffff:0:0/96").unwrap();
    assert_eq!(whole.to_string(), "0.0.0.0/0");
    assert!(whole.contains(address("192.0.2.1")));
}

#[test]
fn host_bits_are_an_error_or_cut_off() {
    assert_eq!(Prefix::parse("203.0.113.7/24"), Err(PrefixError::HostBitsSet));
    assert_eq!(
        Prefix::parse_lenient("203.0.113.7/24").unwrap().to_string(),
        "203.0.113.0/24"
    );
    assert_eq!(Prefix::parse("2001:db8::1/32"), Err(PrefixError::HostBitsSet));
    let spanning = Prefix::parse_lenient("::ffff:0:0/90").unwrap();
    assert_eq!(spanning.to_string(), "::ffc0:0:0/90");
    assert!(!spanning.contains(address("192.0.2.1")));
}

#[test]
fn malformed_text_has_a_kind_and_no_value_in_its_message() {
    let cases = [
        ("", PrefixError::NotAnAddress),
        ("1.2.3/24", PrefixError::NotAnAddress),
        ("[2001:db8::]/32", PrefixError::NotAnAddress),
        ("192.0.2.0:80/24", PrefixError::NotAnAddress),
        ("192.0.2.0/", PrefixError::NotALength),
        ("192.0.2.0/+24", PrefixError::NotALength),
        ("192.0.2.0/024", PrefixError::NotALength),
        ("192.0.2.0/24/8", PrefixError::NotALength),
        ("192.0.2.0/33", PrefixError::LengthOutOfRange),
        ("192.0.2.0/999999", PrefixError::LengthOutOfRange),
        ("2001:db8::/129", PrefixError::LengthOutOfRange),
    ];
    for (text, error) in cases {
        assert_eq!(Prefix::parse(text), Err(error), "{text}");
        assert_eq!(Prefix::parse_lenient(text), Err(error), "{text}");
        assert!(!error.to_string().bytes().any(|byte| byte.is_ascii_digit()));
    }
}

#[test]
fn a_range_without_a_power_of_two_becomes_several_prefixes() {
    let prefixes = range_to_prefixes(address("240.0.0.0"), address("240.0.2.255"));
    let text: Vec<_> = prefixes.iter().map(ToString::to_string).collect();
    assert_eq!(text, ["240.0.0.0/23", "240.0.2.0/24"]);
    let all = range_to_prefixes(address("0.0.0.0"), address("255.255.255.255"));
    assert_eq!(all, [Prefix::parse("0.0.0.0/0").unwrap()]);
    let top = address("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
    assert_eq!(range_to_prefixes(top, top), [Prefix::from(top)]);
    assert_eq!(range_to_prefixes(address("192.0.2.2"), address("192.0.2.1")), []);
    assert_eq!(range_to_prefixes(address("192.0.2.2"), address("2001:db8::")), []);
    assert_eq!(
        range_to_prefixes(address("::"), top),
        [Prefix::parse("::/0").unwrap()]
    );
}

proptest! {
    #[test]
    fn contains_agrees_with_ranges(value: u128, bits in 0_u8..=128, probe: u128, near: u8, v4: bool) {
        let block: u128 = 0xffff << 32;
        let place = |value: u128| if v4 { block | (value & 0xffff_ffff) } else { value };
        let prefix = Prefix::truncated(place(value), bits);
        for probe in [place(probe), place(value ^ u128::from(near)), prefix.network().to_u128()] {
            let probe = Address::from(probe);
            let in_ranges = prefix.ranges().any(|(first, last)| first <= probe && probe <= last);
            prop_assert_eq!(prefix.contains(probe), in_ranges);
        }
        prop_assert_eq!(Prefix::parse(&prefix.to_string()), Ok(prefix));
        prop_assert_eq!(Prefix::holding(prefix.network(), prefix.prefix_len()), Some(prefix));
    }

    #[test]
    fn prefixes_of_a_range_join_without_gap_or_overlap(one: u32, other: u32) {
        let (first, last) = (one.min(other), one.max(other));
        let prefixes = range_to_prefixes(Ipv4Addr::from_bits(first).into(), Ipv4Addr::from_bits(last).into());
        let mut next = Address::from(Ipv4Addr::from_bits(first)).to_u128();
        for prefix in prefixes {
            let (start, end) = prefix.ranges().next().unwrap();
            prop_assert_eq!(start.to_u128(), next);
            next = end.to_u128() + 1;
        }
        prop_assert_eq!(next, Address::from(Ipv4Addr::from_bits(last)).to_u128() + 1);
    }
}

#[test]
fn the_prefix_that_holds_an_address() {
    let network = |text: &str, length| {
        let prefix = Prefix::holding(Address::parse(text).expect("an address"), length)?;
        Some(prefix.to_string())
    };
    assert_eq!(network("203.0.113.7", 24).as_deref(), Some("203.0.113.0/24"));
    assert_eq!(network("203.0.113.7", 0).as_deref(), Some("0.0.0.0/0"));
    assert_eq!(network("203.0.113.7", 32).as_deref(), Some("203.0.113.7/32"));
    assert_eq!(network("203.0.113.7", 33), None);
    assert_eq!(network("2001:db8:1:2::7", 48).as_deref(), Some("2001:db8:1::/48"));
    assert_eq!(network("2001:db8::7", 128).as_deref(), Some("2001:db8::7/128"));
    assert_eq!(network("2001:db8::7", 129), None);
}

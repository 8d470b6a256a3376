use std::net::{IpAddr, Ipv6Addr};

use super::{is_behind_excluded_network, is_routable, is_special};
use crate::address::Address;
use crate::network::RANGE_LISTS;

fn address(text: &str) -> Address {
    Address(match text.parse().unwrap() {
        IpAddr::V4(plain) => u128::from(plain.to_ipv6_mapped()),
        IpAddr::V6(long) => u128::from(Ipv6Addr::from(long.octets())),
    })
}

#[test]
fn addresses_of_the_registries_are_special() {
    for text in [
        "0.1.2.3",
        "100.127.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.0",
        "192.88.99.255",
        "224.0.0.1",
        "239.255.255.255",
        "255.255.255.255",
        "::",
        "::1",
        "::5db8:d822",
        "64:ff9b:1::1",
        "64:ff9b:1:ffff::5db8:d822",
        "100::1",
        "1fff:ffff::1",
        "2001:1ff::1",
        "2001:db8::1",
        "2002:5db8:d822::1",
        "3fff::1",
        "3fff:fff:ffff::1",
        "4000::1",
        "5f00::1",
        "fd00::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ] {
        assert!(is_special(address(text)), "{text}");
    }
}

#[test]
fn addresses_beside_the_blocks_are_not_special() {
    for text in [
        "1.0.0.0",
        "192.0.1.0",
        "192.88.98.255",
        "192.88.100.0",
        "223.255.255.255",
        "2000::1",
        "2001:200::1",
        "2001:db7:ffff::1",
        "2001:db9::1",
        "2003::1",
        "3fff:1000::1",
        "3ffe:ffff::1",
    ] {
        assert!(!is_special(address(text)), "{text}");
    }
}

#[test]
fn a_translated_address_is_special_where_its_ipv4_address_is() {
    for text in ["64:ff9b::10.1.2.3", "64:ff9b::192.0.2.1", "64:ff9b::240.1.2.3"] {
        assert!(is_special(address(text)) && !is_routable(address(text)), "{text}");
    }
    assert!(is_routable(address("64:ff9b::1.1.1.1")));
    // Outside the /96, and so no translation.
    assert!(is_special(address("64:ff9b::1:1.1.1.1")));
}

#[test]
fn what_the_case_declares_is_routable_although_it_is_special() {
    for text in ["192.0.2.1", "203.0.113.200", "240.1.2.3", "2001:db8:7000::1"] {
        assert!(is_special(address(text)) && is_routable(address(text)), "{text}");
    }
    assert!(!is_routable(address("10.0.0.1")) && !is_routable(address("224.0.0.1")));
}

#[test]
fn a_range_of_an_excluded_kind_excludes_whatever_else_the_address_lies_in() {
    let [satellite, vpn] = RANGE_LISTS;
    assert!(satellite.file_name < vpn.file_name);
    let within = |text: &str| {
        [satellite, vpn].map(|list| list.ranges.iter().any(|range| range.contains(address(text))))
    };
    for text in ["240.70.18.200", "240.70.17.200", "2001:db8:7fff::c8"] {
        assert_eq!(within(text), [true, true], "{text}");
        assert!(is_behind_excluded_network(address(text)), "{text}");
    }
    for text in ["240.60.1.2", "2001:db8:6000::1", "240.70.20.1"] {
        assert_eq!(within(text), [true, false], "{text}");
        assert!(!is_behind_excluded_network(address(text)), "{text}");
    }
    assert_eq!(within("192.0.2.130"), [false, true]);
}

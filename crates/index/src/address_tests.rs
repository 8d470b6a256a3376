use std::net::{Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;

use super::Address;

fn text(input: &str) -> Option<String> {
    Address::parse(input).map(|address| address.to_string())
}

#[test]
fn plain_mapped_bracketed_and_ported_forms_are_one_address() {
    let plain = Address::parse("192.0.2.1").unwrap();
    for form in [
        " 192.0.2.1\t",
        "192.0.2.1:443",
        "::ffff:192.0.2.1",
        "::FFFF:c000:0201",
        "0:0:0:0:0:ffff:192.0.2.1",
        "[::ffff:192.0.2.1]",
        "[::ffff:192.0.2.1]:65535",
    ] {
        assert_eq!(Address::parse(form), Some(plain), "{form}");
    }
    assert_eq!(plain.family(), 4);
    assert_eq!(plain.to_string(), "192.0.2.1");
}

#[test]
fn ipv6_displays_as_rfc_5952() {
    assert_eq!(text("2001:DB8:0:0:0:0:0:1").unwrap(), "2001:db8::1");
    assert_eq!(text("2001:db8:0:1:0:0:0:1").unwrap(), "2001:db8:0:1::1");
    assert_eq!(text("[2001:db8::1]:80").unwrap(), "2001:db8::1");
    assert_eq!(text("::").unwrap(), "::");
    assert_eq!(Address::parse("2001:db8::1").unwrap().family(), 6);
}

#[test]
fn malformed_text_is_refused() {
    for form in [
        "",
        " ",
        "1.2.3",
        "01.2.3.4",
        "1.2.3.04",
        "1.2.3.4.5",
        "256.1.1.1",
        "1.2.3.-4",
        "1.2.3.4:",
        "1.2.3.4:65536",
        "1.2.3.4:+80",
        "1.2.3.4:000080",
        "1.2.3.4/32",
        "1.2. 3.4",
        "0x7f000001",
        "2130706433",
        "fe80::1%eth0",
        "fe80::1%1",
        ":::",
        "1::2::3",
        "12345::",
        "[::1",
        "::1]",
        "[::1]80",
        "[::1]:",
        "[192.0.2.1]",
        "[192.0.2.1]:80",
        "::1.2.3",
        "::ffff:1.2.3.04",
        "2001:db8::1:",
        "host:80",
        "\u{0}",
        "١.٢.٣.٤",
    ] {
        assert_eq!(Address::parse(form), None, "{form:?}");
    }
}

#[test]
fn the_port_is_returned_only_where_there_is_one() {
    let port = |text| Address::parse_with_port(text).unwrap().1;
    assert_eq!(port("192.0.2.1"), None);
    assert_eq!(port("192.0.2.1:80"), Some(80));
    assert_eq!(port("[2001:db8::1]:0"), Some(0));
    assert_eq!(port("[2001:db8::1]"), None);
    assert_eq!(port("2001:db8::1:80"), None);
}

#[test]
fn byte_order_is_numeric_order() {
    let low = Address::parse("192.0.2.255").unwrap();
    let high = Address::parse("192.0.3.0").unwrap();
    assert!(low < high);
    assert!(low.to_bytes() < high.to_bytes());
    assert_eq!(Address::from_bytes(low.to_bytes()), low);
    assert_eq!(Address::from(low.to_u128()), low);
}

#[test]
fn the_bounds_of_ipv4_are_ipv4() {
    assert_eq!(Address::FIRST_V4.to_string(), "0.0.0.0");
    assert_eq!(Address::LAST_V4.to_string(), "255.255.255.255");
    assert_eq!(Address::from(Address::FIRST_V4.to_u128() - 1).family(), 6);
    assert_eq!(Address::from(Address::LAST_V4.to_u128() + 1).family(), 6);
}

proptest! {
    #[test]
    fn text_round_trips(value: u128, v4: u32) {
        let six = Address::from(value);
        prop_assert_eq!(Address::parse(&six.to_string()), Some(six));
        prop_assert_eq!(six.to_ipv6(), Ipv6Addr::from_bits(value));
        let four = Address::from(Ipv4Addr::from_bits(v4));
        prop_assert_eq!(Address::parse(&four.to_string()), Some(four));
        prop_assert_eq!(four.to_ipv4(), Some(Ipv4Addr::from_bits(v4)));
    }

    #[test]
    fn no_text_panics(text in ".{0,40}", near in "[0-9a-f:.\\[\\]%/ ]{0,24}") {
        let _ = Address::parse(&text);
        let _ = Address::parse(&near);
    }
}

use super::{SPECIAL_USE, is_special};
use crate::Address;

fn special(text: &str) -> bool {
    is_special(Address::parse(text).unwrap())
}

#[test]
fn every_listed_block_is_special_at_both_ends() {
    for block in SPECIAL_USE {
        for (first, last) in block.prefix.ranges() {
            assert!(is_special(first) && is_special(last), "{}", block.prefix);
        }
        assert!(!block.name.is_empty() && block.rfc.starts_with("RFC "));
    }
}

#[test]
fn the_table_is_in_ascending_order_per_family() {
    let order = |family| {
        SPECIAL_USE
            .iter()
            .map(move |b| b.prefix)
            .filter(move |p| p.family() == family)
    };
    assert!(order(4).is_sorted());
    assert!(order(6).is_sorted());
}

#[test]
fn neighbours_of_the_blocks_are_not_special() {
    for text in [
        "1.0.0.0",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "191.255.255.255",
        "192.0.1.0",
        "192.0.3.0",
        "192.88.98.255",
        "192.88.100.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "198.51.99.255",
        "198.51.101.0",
        "203.0.112.255",
        "203.0.114.0",
        "223.255.255.255",
        "192.31.196.1",
        "2000::",
        "2001:200::",
        "2001:db7:ffff::",
        "2001:db9::",
        "2003::",
        "3ffe::",
        "3fff:1000::",
        "64:ff9b::1.0.0.0",
        "64:ff9b::11.0.0.0",
        "64:ff9b::192.0.3.0",
        "2620:4f:8000::1",
    ] {
        assert!(!special(text), "{text}");
    }
}

#[test]
fn private_shared_and_documentation_addresses_are_special() {
    for text in [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.1.1",
        "172.31.255.255",
        "192.168.1.1",
        "198.19.0.1",
        "203.0.113.7",
        "239.1.1.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::192.0.2.1",
        "64:ff9b::",
        "64:ff9b::1",
        "64:ff9b::10.0.0.1",
        "64:ff9b::100.64.0.1",
        "64:ff9b::192.168.1.1",
        "64:ff9b::203.0.113.7",
        "64:ff9b:1::1",
        "100::1",
        "2001:0:4136::1",
        "2001:db8::1",
        "2002:c000:204::1",
        "3fff::1",
        "4000::",
        "5f00::1",
        "fc00::1",
        "fd00::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "::ffff:10.0.0.1",
    ] {
        assert!(special(text), "{text}");
    }
}

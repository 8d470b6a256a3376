use super::list_kind;

#[test]
fn the_given_kind_comes_before_the_name() {
    assert_eq!(
        list_kind("networks/vpn.txt", Some(" Hosting ")).as_deref(),
        Some("hosting")
    );
    assert_eq!(list_kind("networks/vpn.txt", None).as_deref(), Some("vpn"));
}

#[test]
fn the_name_of_the_file_comes_before_that_of_its_folders() {
    assert_eq!(
        list_kind("vpn/datacenter-ipv4.txt", None).as_deref(),
        Some("hosting")
    );
    assert_eq!(list_kind("output/vpn/ipv4.txt", None).as_deref(), Some("vpn"));
    assert_eq!(
        list_kind("networks/tor_exits.ipset", None).as_deref(),
        Some("proxy")
    );
    assert_eq!(
        list_kind("networks/STARLINK.csv", None).as_deref(),
        Some("satellite")
    );
}

#[test]
fn names_that_say_nothing_or_two_things_say_no_kind() {
    assert_eq!(list_kind("networks/monitor.txt", None), None);
    assert_eq!(list_kind("networks/vpn-and-proxy.txt", None), None);
    assert_eq!(
        list_kind("networks/tor-proxies.txt", None).as_deref(),
        Some("proxy")
    );
}

#[test]
fn a_kind_within_a_longer_word_or_after_a_negation_is_none() {
    for name in [
        "nonvpn.txt",
        "vpnfree.txt",
        "non-vpn.txt",
        "vpn/not_vpn.txt",
        "no-proxy/ipv4.txt",
    ] {
        assert_eq!(list_kind(name, None), None, "{name}");
    }
    assert_eq!(
        list_kind("non-vpn.txt", Some("hosting")).as_deref(),
        Some("hosting")
    );
    assert_eq!(list_kind("ipv4.VPN.txt", None).as_deref(), Some("vpn"));
}

use super::{Address, Form, Prefix};

#[test]
fn an_ipv4_address_has_two_texts_and_one_number() {
    let address = Address::v4(203, 0, 113, 7);
    assert_eq!(address.text(Form::Usual), "203.0.113.7");
    assert_eq!(address.text(Form::Mapped), "::ffff:203.0.113.7");
}

#[test]
fn an_ipv6_address_prints_short_or_long() {
    let address = Address(Prefix::v6([0x2001, 0xdb8, 0x0a, 0], 48).first().0 + 1);
    assert_eq!(address.to_string(), "2001:db8:a::1");
    assert_eq!(
        address.text(Form::Long),
        "2001:0DB8:000A:0000:0000:0000:0000:0001"
    );
}

#[test]
fn a_prefix_holds_its_first_and_last_address_and_no_more() {
    let prefix = Prefix::v4(240, 1, 2, 0, 24);
    assert_eq!(prefix.to_string(), "240.1.2.0/24");
    assert!(prefix.contains(Address::v4(240, 1, 2, 0)) && prefix.contains(Address::v4(240, 1, 2, 255)));
    assert!(!prefix.contains(Address::v4(240, 1, 1, 255)) && !prefix.contains(Address::v4(240, 1, 3, 0)));
    assert_eq!(Prefix::v6([0x2001, 0xdb8, 0, 0], 32).to_string(), "2001:db8::/32");
}

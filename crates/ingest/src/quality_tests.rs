use tieline_index::Address;

use super::{FlagCounts, POSSIBLY_TRUNCATED_IP, QUALITY_FLAGS, SPECIAL_IP, address_flags};

fn flags(text: &str) -> i32 {
    address_flags(Address::parse(text).unwrap())
}

#[test]
fn flags_are_the_powers_of_two_that_the_data_model_lists() {
    let document = include_str!("../../../docs/data-model.md");
    for (position, (bit, name)) in QUALITY_FLAGS.iter().enumerate() {
        assert_eq!(*bit, 1 << position);
        assert!(document.contains(&format!("| {bit} | `{name}` |")), "{name}");
    }
}

#[test]
fn zero_host_parts_and_special_blocks_are_flagged() {
    assert_eq!(flags("1.2.3.0"), POSSIBLY_TRUNCATED_IP);
    assert_eq!(flags("1.2.3.4"), 0);
    assert_eq!(flags("192.0.2.0"), POSSIBLY_TRUNCATED_IP | SPECIAL_IP);
    assert_eq!(flags("2001:db8:1:2::"), POSSIBLY_TRUNCATED_IP | SPECIAL_IP);
    assert_eq!(flags("2001:db8:1:2::1"), SPECIAL_IP);
    assert_eq!(flags("2400::1:0"), 0);
}

#[test]
fn only_flags_that_occurred_are_named() {
    let mut counts = FlagCounts::default();
    counts.count(0);
    counts.count(SPECIAL_IP | POSSIBLY_TRUNCATED_IP);
    counts.count(SPECIAL_IP);
    assert_eq!(counts.named(), [("possibly_truncated_ip", 1), ("special_ip", 2)]);
}

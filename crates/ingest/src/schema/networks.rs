//! `networks`, `network_prefixes`, `address_networks` and `routable_ranges`.

use arrow::datatypes::Field;

use super::fields::{address, int64, nullable, text, timestamp};

pub(super) fn networks() -> Vec<Field> {
    vec![
        address("first_ip"),
        address("last_ip"),
        text("source_prefix"),
        nullable(int64("asn")),
        nullable(text("organisation")),
        nullable(text("country")),
        nullable(text("kind")),
        text("source"),
        timestamp("valid_from"),
        timestamp("valid_to"),
        text("source_file"),
        int64("source_row"),
    ]
}

pub(super) fn address_networks() -> Vec<Field> {
    vec![
        address("first_ip"),
        address("last_ip"),
        nullable(int64("asn")),
        nullable(text("organisation")),
        nullable(text("country")),
        nullable(text("kind")),
        text("sources"),
        timestamp("valid_from"),
        timestamp("valid_to"),
    ]
}

pub(super) fn routable_ranges() -> Vec<Field> {
    vec![address("first_ip"), address("last_ip"), text("source_prefix")]
}

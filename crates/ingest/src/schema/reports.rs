//! `reports`, `report_ip_events` and `protected_ip_events`.

use arrow::datatypes::Field;

use super::fields::{address, bool, int32, int64, nullable, text, timestamp};

pub(super) fn reports() -> Vec<Field> {
    vec![
        text("report_id"),
        nullable(timestamp("received_at")),
        nullable(text("incident_type")),
        nullable(text("incident_type_raw")),
        nullable(timestamp("incident_at")),
        nullable(text("reporter")),
        nullable(bool("sextortion")),
        text("source_file"),
        int64("source_row"),
    ]
}

pub(super) fn ip_events() -> Vec<Field> {
    vec![
        text("report_id"),
        int32("event_seq"),
        text("party_id"),
        text("role"),
        text("path"),
        address("ip"),
        nullable(int32("port")),
        nullable(text("event_name")),
        nullable(timestamp("observed_at")),
        nullable(bool("possible_proxy")),
        nullable(bool("compromised_account")),
        nullable(bool("third_party_user_reported")),
        text("time_quality"),
        int32("quality_flags"),
        text("source_file"),
        int64("source_row"),
    ]
}

//! `rejects` and `ledger`: what became of every source row.

use arrow::datatypes::Field;

use super::fields::{int64, nullable, text, timestamp};

pub(super) fn rejects() -> Vec<Field> {
    vec![
        timestamp("ingested_at"),
        text("kind"),
        text("source_file"),
        nullable(int64("source_row")),
        text("unit"),
        nullable(text("field")),
        text("reason"),
    ]
}

pub(super) fn ledger() -> Vec<Field> {
    vec![
        timestamp("ingested_at"),
        text("kind"),
        nullable(text("layout")),
        text("source_file"),
        text("source_sha256"),
        int64("size_bytes"),
        text("unit"),
        int64("rows_in"),
        int64("rows_loaded"),
        int64("rows_rejected"),
        nullable(text("network_kind")),
        nullable(timestamp("valid_from")),
        nullable(timestamp("valid_to")),
    ]
}

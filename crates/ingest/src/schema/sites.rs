//! `sites`.

use arrow::datatypes::Field;

use super::fields::{geometry, int32, int64, nullable, text, timestamp};

pub(super) fn sites() -> Vec<Field> {
    vec![
        text("site_id"),
        nullable(text("name")),
        nullable(text("country")),
        text("status"),
        timestamp("valid_from"),
        timestamp("valid_to"),
        nullable(text("time_zone")),
        geometry("geometry"),
        int32("quality_flags"),
        text("source_file"),
        int64("source_row"),
        nullable(text("ended_by_file")),
        nullable(int64("ended_by_row")),
    ]
}

//! `telemetry`.

use arrow::datatypes::Field;

use super::fields::{address, float64, int32, int64, nullable, text, timestamp};

pub(super) fn telemetry() -> Vec<Field> {
    vec![
        text("observation_id"),
        nullable(text("device_id")),
        nullable(text("id_type")),
        timestamp("observed_at"),
        timestamp("located_at"),
        float64("lat"),
        float64("lon"),
        nullable(float64("horizontal_accuracy_m")),
        address("ip"),
        text("provider"),
        int32("quality_flags"),
        text("source_file"),
        int64("source_row"),
    ]
}

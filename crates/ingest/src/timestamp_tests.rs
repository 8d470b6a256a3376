use chrono::{TimeZone, Utc};
use proptest::prelude::*;

use super::{
    Moment, OPEN_BEGINNING_US, OPEN_END_US, TimestampProblem, parse_date, parse_time, parse_timestamp,
};

fn micros(year: i32, month: u32, day: u32, hour: u32, minute: u32) -> i64 {
    Utc.with_ymd_and_hms(year, month, day, hour, minute, 0)
        .unwrap()
        .timestamp_micros()
}

#[test]
fn the_open_ends_are_the_years_1_and_9999() {
    assert_eq!(OPEN_BEGINNING_US, micros(1, 1, 1, 0, 0));
    assert_eq!(OPEN_END_US, micros(9999, 12, 31, 0, 0));
}

#[test]
fn offsets_are_applied_and_missing_ones_marked() {
    let expected = micros(2025, 11, 3, 10, 0);
    for text in [
        "2025-11-03T10:00:00Z",
        "2025-11-03t10:00:00z",
        " 2025-11-03 10:00:00Z",
        "2025-11-03 10:00:00 UTC",
        "2025-11-03T17:00:00+07:00",
        "2025-11-03T16:30:00.000+0630",
        "2025-11-03T10:00:00.0000009Z",
    ] {
        assert_eq!(
            parse_time(text),
            Some(Moment {
                micros: expected,
                has_offset: true
            }),
            "{text}"
        );
    }
    assert_eq!(
        parse_time("2025-11-03T10:00:00"),
        Some(Moment {
            micros: expected,
            has_offset: false
        })
    );
    let fraction = parse_time("2025-11-03 10:00:00.25").unwrap();
    assert_eq!(
        (fraction.micros, fraction.has_offset),
        (expected + 250_000, false)
    );
}

#[test]
fn what_is_no_time_is_none() {
    for text in [
        "",
        "2025-11-03",
        "10:00:00",
        "2025-13-03T10:00:00Z",
        "2025-11-03T25:00:00Z",
        "yesterday",
        "2025-11-03X10:00:00Z",
        "ééééééééééé",
        "UTC",
        "+025-11-03T10:00:00",
        "-025-11-03T10:00:00Z",
    ] {
        assert_eq!(parse_time(text), None, "{text}");
    }
    assert_eq!(parse_date("2025-11-03"), Some(micros(2025, 11, 3, 0, 0)));
    assert_eq!(parse_date("2025-11-03T10:00:00Z"), None);
    assert_eq!(parse_date("+025-11-03"), None);
}

#[test]
fn epochs_are_told_apart_by_magnitude() {
    let expected = micros(2025, 11, 3, 10, 0);
    let seconds = expected / 1_000_000;
    for text in [
        format!("{seconds}"),
        format!("{seconds}.0"),
        format!("{seconds}000"),
        format!("{seconds}000000"),
    ] {
        assert_eq!(
            parse_timestamp(&text),
            Ok(Moment {
                micros: expected,
                has_offset: true
            }),
            "{text}"
        );
    }
    assert_eq!(
        parse_timestamp(&format!("{seconds}.1234567")).unwrap().micros,
        expected + 123_456
    );
    assert_eq!(
        parse_timestamp(&format!("{seconds}001.5")).unwrap().micros,
        expected + 1_500
    );
}

#[test]
fn times_out_of_range_or_not_understood_say_which() {
    for text in [
        "0",
        "631151999",
        "4102444800",
        "99999999999999999999",
        "1980-01-01T00:00:00Z",
        "2200-01-01T00:00:00Z",
    ] {
        assert_eq!(parse_timestamp(text), Err(TimestampProblem::OutOfRange), "{text}");
    }
    for text in [".", "1.7e9", "-5", "12.5.2020", "NULL"] {
        assert_eq!(
            parse_timestamp(text),
            Err(TimestampProblem::NotUnderstood),
            "{text}"
        );
    }
    assert_eq!(parse_timestamp(" "), Err(TimestampProblem::Missing));
}

proptest! {
    #[test]
    fn no_text_panics(text in ".{0,40}", near in "[0-9TZ:.+ -]{0,32}") {
        for text in [text, near] {
            let _ = (parse_time(&text), parse_date(&text), parse_timestamp(&text));
        }
    }
}

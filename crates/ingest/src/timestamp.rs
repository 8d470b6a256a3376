//! Times as sources write them, to microseconds since 1970 in UTC.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime};

/// The open beginning of a validity: `0001-01-01T00:00:00Z`.
pub const OPEN_BEGINNING_US: i64 = -62_135_596_800_000_000;
/// The open end of a validity: `9999-12-31T00:00:00Z`.
pub const OPEN_END_US: i64 = 253_402_214_400_000_000;

/// 1990-01-01 and 2100-01-01 in seconds: epochs outside cannot be told apart by their unit, nor be right.
const EARLIEST_EPOCH_S: i64 = 631_152_000;
const LATEST_EPOCH_S: i64 = 4_102_444_800;

/// A time and whether its offset from UTC was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) micros: i64,
    pub(crate) has_offset: bool,
}

/// Why a telemetry timestamp is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimestampProblem {
    Missing,
    NotUnderstood,
    OutOfRange,
}

impl TimestampProblem {
    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Self::Missing => "no time",
            Self::NotUnderstood => "time not understood",
            Self::OutOfRange => "time outside 1990 to 2100",
        }
    }
}

/// Reads a date and time by RFC 3339; a missing offset is read as UTC. A blank may stand for the `T`, `UTC` for the `Z`.
pub(crate) fn parse_time(text: &str) -> Option<Moment> {
    let text = text.trim();
    let text = match text.strip_suffix("UTC") {
        Some(time) => format!("{}Z", time.trim_end()),
        None => text.to_owned(),
    };
    let (date, time) = (text.get(..10)?, text.get(11..)?);
    // A year has four digits: chrono would take a sign for one of them.
    if !matches!(text.as_bytes()[10], b'T' | b't' | b' ')
        || !text.starts_with(|first: char| first.is_ascii_digit())
    {
        return None;
    }
    let text = format!("{date}T{}", time.trim_start());
    let with_offset = DateTime::parse_from_rfc3339(&text)
        .or_else(|_| DateTime::parse_from_str(&text, "%Y-%m-%dT%H:%M:%S%.f%z"));
    let (time, has_offset) = match with_offset {
        Ok(time) => (time.naive_utc(), true),
        Err(_) => (
            NaiveDateTime::parse_from_str(&text, "%Y-%m-%dT%H:%M:%S%.f").ok()?,
            false,
        ),
    };
    let within_calendar = (1..=9999).contains(&time.year());
    within_calendar.then(|| Moment {
        micros: time.and_utc().timestamp_micros(),
        has_offset,
    })
}

/// Reads a date as the beginning of that day in UTC.
pub(crate) fn parse_date(text: &str) -> Option<i64> {
    let text = text.trim();
    if !text.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    let within_calendar = (1..=9999).contains(&date.year());
    within_calendar.then(|| {
        date.and_hms_opt(0, 0, 0)
            .map(|time| time.and_utc().timestamp_micros())
    })?
}

/// Reads a telemetry timestamp: RFC 3339, or an epoch whose unit (s, ms, µs) shows in its magnitude.
pub(crate) fn parse_timestamp(text: &str) -> Result<Moment, TimestampProblem> {
    let text = text.trim();
    if text.is_empty() {
        return Err(TimestampProblem::Missing);
    }
    let moment = if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        Moment {
            micros: parse_epoch(text)?,
            has_offset: true,
        }
    } else {
        parse_time(text).ok_or(TimestampProblem::NotUnderstood)?
    };
    let seconds = moment.micros.div_euclid(1_000_000);
    let in_range = (EARLIEST_EPOCH_S..LATEST_EPOCH_S).contains(&seconds);
    if in_range {
        Ok(moment)
    } else {
        Err(TimestampProblem::OutOfRange)
    }
}

/// Microseconds of an epoch in s, ms or µs. The three ranges for 1990 to 2100 do not overlap.
fn parse_epoch(text: &str) -> Result<i64, TimestampProblem> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) {
        return Err(TimestampProblem::NotUnderstood);
    }
    let whole: i64 = whole.parse().map_err(|_| TimestampProblem::OutOfRange)?;
    for micros_per_unit in [1_000_000, 1_000, 1] {
        let units_per_second = 1_000_000 / micros_per_unit;
        if (EARLIEST_EPOCH_S * units_per_second..LATEST_EPOCH_S * units_per_second).contains(&whole) {
            return Ok(whole * micros_per_unit + fraction_micros(fraction, micros_per_unit));
        }
    }
    Err(TimestampProblem::OutOfRange)
}

/// The microseconds of the decimals of a number of units, cut off below the microsecond.
fn fraction_micros(fraction: &str, micros_per_unit: i64) -> i64 {
    let mut place = micros_per_unit;
    let mut micros = 0;
    for digit in fraction.bytes() {
        place /= 10;
        micros += i64::from(digit - b'0') * place;
    }
    micros
}

#[cfg(test)]
#[path = "timestamp_tests.rs"]
mod tests;

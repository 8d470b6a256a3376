//! Moments in time, without a clock and without a calendar library.

/// A moment: microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(pub(crate) i64);

pub(crate) const SECOND_US: i64 = 1_000_000;
const DAY_S: i64 = 86_400;

impl Moment {
    /// Midnight UTC of a day of the Gregorian calendar.
    pub(crate) fn of_date(year: i64, month: i64, day: i64) -> Self {
        // Days since the epoch, counting years from March so that the leap day comes last.
        let shifted_year = if month <= 2 { year - 1 } else { year };
        let era = shifted_year.div_euclid(400);
        let year_of_era = shifted_year.rem_euclid(400);
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Self((era * 146_097 + day_of_era - 719_468) * DAY_S * SECOND_US)
    }

    pub(crate) fn plus_s(self, seconds: i64) -> Self {
        Self(self.0 + seconds * SECOND_US)
    }

    pub(crate) fn plus_ms(self, milliseconds: i64) -> Self {
        Self(self.0 + milliseconds * 1_000)
    }

    /// The whole second this moment lies in.
    pub(crate) fn whole_second(self) -> Self {
        Self(self.0.div_euclid(SECOND_US) * SECOND_US)
    }

    /// Days since 1970-01-01, in UTC.
    pub(crate) fn utc_day(self) -> i64 {
        self.0.div_euclid(DAY_S * SECOND_US)
    }

    /// Midnight UTC that begins the moment's day.
    pub(crate) fn midnight(self) -> Self {
        Self(self.utc_day() * DAY_S * SECOND_US)
    }

    /// Milliseconds since the epoch.
    pub(crate) fn epoch_ms(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// Year, month and day, in UTC.
    pub(crate) fn date(self) -> (i64, i64, i64) {
        let shifted = self.utc_day() + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = (month_from_march + 2) % 12 + 1;
        let year = era * 400 + year_of_era + i64::from(month <= 2);
        (year, month, day)
    }

    /// `2025-11`, in UTC.
    pub(crate) fn month_text(self) -> String {
        let (year, month, _) = self.date();
        format!("{year:04}-{month:02}")
    }

    /// `2025-11-03T10:00:00`, with milliseconds only where there are any: what the clock shows in UTC.
    pub(crate) fn clock_text(self) -> String {
        let (year, month, day) = self.date();
        let in_day_us = self.0.rem_euclid(DAY_S * SECOND_US);
        let second = in_day_us / SECOND_US;
        let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
        let millisecond = in_day_us % SECOND_US / 1_000;
        let mut text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
        if millisecond != 0 {
            text.push_str(&format!(".{millisecond:03}"));
        }
        text
    }

    /// RFC 3339 in UTC: `2025-11-03T10:00:00Z`.
    pub(crate) fn utc_text(self) -> String {
        format!("{}Z", self.clock_text())
    }

    /// RFC 3339 at an offset of whole hours east of UTC: `2025-11-03T17:00:00+07:00`.
    pub(crate) fn offset_text(self, hours_east: i64) -> String {
        let local = self.plus_s(hours_east * 3_600).clock_text();
        let sign = if hours_east < 0 { '-' } else { '+' };
        format!("{local}{sign}{:02}:00", hours_east.abs())
    }
}

#[cfg(test)]
#[path = "moment_tests.rs"]
mod tests;

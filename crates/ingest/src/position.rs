//! Checks of a position by itself.

use crate::quality::{LOW_DECIMALS, NULL_ISLAND, flag_if};

/// The coordinate of a position that is out of range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OutOfRange {
    Latitude { possibly_swapped: bool },
    Longitude { possibly_swapped: bool },
}

impl OutOfRange {
    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Self::Latitude {
                possibly_swapped: true,
            } => "latitude out of range; possibly swapped",
            Self::Latitude {
                possibly_swapped: false,
            } => "latitude out of range",
            Self::Longitude {
                possibly_swapped: true,
            } => "longitude out of range; possibly swapped",
            Self::Longitude {
                possibly_swapped: false,
            } => "longitude out of range",
        }
    }
}

/// Checks that a position in degrees exists; not a number counts as out of range.
pub(crate) fn check_range(lat: f64, lon: f64) -> Result<(), OutOfRange> {
    let possibly_swapped = in_range(lon, lat);
    if !(-90.0..=90.0).contains(&lat) {
        Err(OutOfRange::Latitude { possibly_swapped })
    } else if !(-180.0..=180.0).contains(&lon) {
        Err(OutOfRange::Longitude { possibly_swapped })
    } else {
        Ok(())
    }
}

/// Whether the position in degrees exists.
pub(crate) fn in_range(lat: f64, lon: f64) -> bool {
    (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon)
}

/// The flags that a position earns by itself.
pub(crate) fn position_flags(lat: f64, lon: f64) -> i32 {
    flag_if(lat == 0.0 && lon == 0.0, NULL_ISLAND)
        | flag_if(
            at_most_two_decimals(lat) && at_most_two_decimals(lon),
            LOW_DECIMALS,
        )
}

/// Whether the number is the one nearest to a decimal of two places; trailing zeros in its text then do not count.
fn at_most_two_decimals(degrees: f64) -> bool {
    (degrees * 100.0).round() / 100.0 == degrees
}

#[cfg(test)]
#[path = "position_tests.rs"]
mod tests;

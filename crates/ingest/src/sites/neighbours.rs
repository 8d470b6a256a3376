//! Which sites of a file stand where the others do not.

/// How far apart, in degrees of latitude and of longitude, sites still count as near each other.
const NEAR_DEGREES: f64 = 5.0;
/// Sites that the exchanged position must be near to before the site counts as possibly swapped.
const FEWEST_NEAR: usize = 2;

/// For each position (latitude, longitude): whether no other is near it, but several are near it with latitude and
/// longitude exchanged.
pub(super) fn possibly_swapped(positions: &[(f64, f64)]) -> Vec<bool> {
    let near = |one: (f64, f64), other: (f64, f64)| {
        (one.0 - other.0).abs() <= NEAR_DEGREES && (one.1 - other.1).abs() <= NEAR_DEGREES
    };
    let swapped = |(index, &(lat, lon)): (usize, &(f64, f64))| {
        let others = || {
            positions
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != index)
                .map(|(_, at)| *at)
        };
        !others().any(|other| near((lat, lon), other))
            && others()
                .filter(|&other| near((lon, lat), other))
                .take(FEWEST_NEAR)
                .count()
                == FEWEST_NEAR
    };
    positions.iter().enumerate().map(swapped).collect()
}

#[cfg(test)]
#[path = "neighbours_tests.rs"]
mod tests;

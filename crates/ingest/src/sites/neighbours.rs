//! Which sites of a file stand where the others do not.

/// How far apart, in degrees of latitude and of longitude, sites still count as near each other.
const NEAR_DEGREES: f64 = 5.0;

/// For each site (`site_id`; latitude and longitude): whether no other site is near it, but at least two others are with
/// latitude and longitude exchanged. Versions of one site are one site.
pub(super) fn possibly_swapped(sites: &[(&str, (f64, f64))]) -> Vec<bool> {
    let near = |one: (f64, f64), other: (f64, f64)| {
        (one.0 - other.0).abs() <= NEAR_DEGREES && (one.1 - other.1).abs() <= NEAR_DEGREES
    };
    let swapped = |&(site_id, (lat, lon)): &(&str, (f64, f64))| {
        let others_near = |position| {
            let others = sites.iter().filter(move |(other, _)| *other != site_id);
            others
                .filter(move |(_, at)| near(position, *at))
                .map(|(other, _)| *other)
        };
        let mut near_exchanged = others_near((lon, lat));
        others_near((lat, lon)).next().is_none()
            && near_exchanged
                .next()
                .is_some_and(|first| near_exchanged.any(|other| other != first))
    };
    sites.iter().map(swapped).collect()
}

#[cfg(test)]
#[path = "neighbours_tests.rs"]
mod tests;

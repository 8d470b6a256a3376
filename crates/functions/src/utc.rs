//! Which zone is the one that times without a zone count in.

/// Whether the clock of a zone shows what a timestamp without one counts.
///
/// ```
/// assert!(tieline_functions::is_utc("UTC") && !tieline_functions::is_utc("Europe/London"));
/// ```
pub fn is_utc(zone: &str) -> bool {
    matches!(zone, "UTC" | "Z" | "Etc/UTC" | "+00:00")
}

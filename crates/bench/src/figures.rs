//! What is said of several measurements.

use serde::{Deserialize, Serialize};

/// Times of one contestant in one case.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// The middle one: half of the runs took longer.
    pub median_s: f64,
    /// The shortest.
    pub min_s: f64,
    /// The longest.
    pub max_s: f64,
    /// Half the distance between the quartiles, relative to the median: what a run is off by, give or take.
    pub spread: f64,
    /// How many runs.
    pub runs: usize,
}

impl Figures {
    /// Of at least one time, in seconds; `None` of none.
    pub fn of(times_s: &[f64]) -> Option<Self> {
        let mut sorted = times_s.to_vec();
        sorted.sort_by(f64::total_cmp);
        let median_s = quantile(&sorted, 0.5)?;
        let quartiles = quantile(&sorted, 0.75)? - quantile(&sorted, 0.25)?;
        Some(Self {
            median_s,
            min_s: *sorted.first()?,
            max_s: *sorted.last()?,
            spread: if median_s > 0.0 {
                quartiles / 2.0 / median_s
            } else {
                0.0
            },
            runs: sorted.len(),
        })
    }
}

/// Between two measurements, the straight line between them.
fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let position = share * sorted.len().checked_sub(1)? as f64;
    let low = *sorted.get(position.floor() as usize)?;
    let high = *sorted.get(position.ceil() as usize)?;
    Some(low + (high - low) * position.fract())
}

#[cfg(test)]
#[path = "figures_tests.rs"]
mod tests;

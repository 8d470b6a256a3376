//! Sites as they are delivered.

use crate::geography::{Polygon, Position};
use crate::moment::Moment;

/// What is known of a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Confirmed,
    Suspected,
    Control,
}

impl Status {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Suspected => "suspected",
            Self::Control => "control",
        }
    }
}

/// One version of a site.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    pub(crate) site_id: String,
    pub(crate) name: String,
    /// Not stated, where absent.
    pub(crate) country: Option<&'static str>,
    pub(crate) status: Status,
    /// The version holds from this moment on; always, where absent.
    pub(crate) valid_from: Option<Moment>,
    /// The version holds before this moment; for ever, where absent.
    pub(crate) valid_to: Option<Moment>,
    pub(crate) time_zone: &'static str,
    /// One polygon, or several parts.
    pub(crate) polygons: Vec<Polygon>,
    pub(crate) centre: Position,
}

//! Advertising ids: one form, and what is wrong with one.

use crate::quality::{ID_MALFORMED, ID_MISSING, ID_OPTED_OUT};

/// What an id column says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum DeviceId {
    /// There is no id.
    Missing,
    /// The all-zero id that devices send whose user has opted out.
    OptedOut,
    /// An id of the shape of a UUID, in lower case.
    WellFormed(String),
    /// Anything else, in lower case.
    Malformed(String),
}

impl DeviceId {
    /// Normalises the text of an id column.
    pub(super) fn parse(text: &str) -> Self {
        let id = text.trim().to_lowercase();
        if is_missing(&id) || id == "0" {
            Self::Missing
        } else if id.bytes().all(|byte| matches!(byte, b'0' | b'-')) {
            Self::OptedOut
        } else if has_uuid_shape(&id) {
            Self::WellFormed(id)
        } else {
            Self::Malformed(id)
        }
    }

    /// The flag that the id earns.
    pub(super) const fn quality_flags(&self) -> i32 {
        match self {
            Self::Missing => ID_MISSING,
            Self::OptedOut => ID_OPTED_OUT,
            Self::WellFormed(_) => 0,
            Self::Malformed(_) => ID_MALFORMED,
        }
    }

    /// The normalised id of which a pseudonym is kept.
    pub(super) fn normalised(&self) -> Option<&str> {
        match self {
            Self::Missing | Self::OptedOut => None,
            Self::WellFormed(id) | Self::Malformed(id) => Some(id),
        }
    }
}

/// Whether a text, in lower case, is what programs write in place of no value.
fn is_missing(text: &str) -> bool {
    const NO_VALUE: [&str; 6] = ["null", "(null)", "none", "nan", "n/a", "undefined"];
    NO_VALUE.contains(&text) || text.bytes().all(|byte| byte == b'-')
}

/// Whether the text is hex digits in groups of 8, 4, 4, 4 and 12 (RFC 9562 section 4).
fn has_uuid_shape(id: &str) -> bool {
    let hyphens = [8, 13, 18, 23];
    let fits = |(position, byte): (usize, u8)| {
        if hyphens.contains(&position) {
            byte == b'-'
        } else {
            byte.is_ascii_hexdigit()
        }
    };
    id.len() == 36 && id.bytes().enumerate().all(fits)
}

/// The name of the kind of id: synonyms become one, others stay as delivered in lower case.
pub(super) fn id_type(text: &str) -> Option<String> {
    let name = text.trim().to_lowercase();
    match name.as_str() {
        name if is_missing(name) => None,
        "aaid" | "adid" | "gaid" => Some("gaid".to_owned()),
        _ => Some(name),
    }
}

#[cfg(test)]
#[path = "device_id_tests.rs"]
mod tests;

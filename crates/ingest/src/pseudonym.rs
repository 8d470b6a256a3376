//! Keyed pseudonyms in place of advertising ids.

use std::collections::HashMap;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::digest::hex;

/// The keyed pseudonym of a normalised (trimmed, lower-case) id: 32 hex digits.
///
/// The same id has the same pseudonym under the same key, so that devices can be counted and followed between files;
/// without the key the id cannot be confirmed by hashing guesses.
///
/// # Source
/// HMAC-SHA-256 (RFC 2104, FIPS 180-4) of the id's UTF-8 text, cut to its first 16 bytes.
pub fn pseudonym(key: &[u8; 32], normalised_id: &str) -> String {
    // A key of any length is allowed, so that this cannot fail for 32 bytes.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return String::new();
    };
    mac.update(normalised_id.as_bytes());
    hex(&mac.finalize().into_bytes()[..16])
}

/// How many pseudonyms are kept for reuse before the cache starts again, which bounds its memory.
const MOST_CACHED: usize = 1 << 20;

/// Pseudonyms under one key, computed once per distinct id as far as memory allows.
pub(crate) struct Pseudonyms {
    key: [u8; 32],
    by_id: HashMap<String, String>,
}

impl Pseudonyms {
    pub(crate) fn new(key: [u8; 32]) -> Self {
        Self {
            key,
            by_id: HashMap::new(),
        }
    }

    /// The pseudonym of a normalised id.
    pub(crate) fn of(&mut self, normalised_id: &str) -> &str {
        if self.by_id.len() >= MOST_CACHED && !self.by_id.contains_key(normalised_id) {
            self.by_id.clear();
        }
        let key = &self.key;
        self.by_id
            .entry(normalised_id.to_owned())
            .or_insert_with(|| pseudonym(key, normalised_id))
    }
}

#[cfg(test)]
#[path = "pseudonym_tests.rs"]
mod tests;

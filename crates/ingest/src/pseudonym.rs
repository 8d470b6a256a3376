//! Keyed pseudonyms in place of advertising ids.

use hmac::digest::Key;
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
    Pseudonyms::new(key).of(normalised_id)
}

/// The pseudonyms under one key.
pub(crate) struct Pseudonyms {
    /// Has taken in the key and nothing else. Going on from here takes as long as looking an id up among a million.
    keyed: Hmac<Sha256>,
}

impl Pseudonyms {
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        let mut block = Key::<Hmac<Sha256>>::default();
        // HMAC fills a key that is shorter than a block up with zeros.
        block[..key.len()].copy_from_slice(key);
        Self {
            keyed: Hmac::new(&block),
        }
    }

    /// The [`pseudonym`] of a normalised id.
    pub(crate) fn of(&self, normalised_id: &str) -> String {
        let mut mac = self.keyed.clone();
        mac.update(normalised_id.as_bytes());
        hex(&mac.finalize().into_bytes()[..16])
    }
}

#[cfg(test)]
#[path = "pseudonym_tests.rs"]
mod tests;

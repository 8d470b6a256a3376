//! Plain lists: one prefix a line.

use std::io::BufRead;

use tieline_index::{Prefix, PrefixError};

use crate::error::Error;
use crate::kind::Unit;
use crate::lines::Lines;
use crate::outcome::Account;
use crate::reading::Reading;

use super::{Delivered, reject};

/// Reads the prefixes; blank lines and comments are no rows.
pub(super) fn read(
    file: impl BufRead,
    kind: &str,
    reading: &mut Reading<'_>,
) -> Result<Vec<Delivered>, Error> {
    reading.account.open_unit(Unit::Prefix);
    let mut lines = Lines::new(file);
    let mut delivered = Vec::new();
    loop {
        let line = match lines.next_line() {
            Ok(Some(line)) => line,
            Ok(None) => return Ok(delivered),
            Err(error) => return reading.reject_rest(&error).map(|()| delivered),
        };
        let text = match line.text() {
            Ok(text) => without_comment(text),
            Err(reason) => {
                reject(reading, line.number, None, reason)?;
                continue;
            }
        };
        if text.is_empty() {
            continue;
        }
        match prefix(text, &mut reading.account) {
            Ok(prefix) => {
                delivered.push(Delivered {
                    prefix,
                    source_prefix: text.to_owned(),
                    asn: None,
                    organisation: None,
                    country: None,
                    kind: Some(kind.to_owned()),
                    source_row: line.number,
                });
                reading.account.loaded(Unit::Prefix, 0);
            }
            Err(error) => reject(reading, line.number, None, &error.to_string())?,
        }
    }
}

/// A prefix; one with host bits set is the network that contains it, which is noted.
///
/// The lists name what is to be left out: an address whose line was rejected would count as a subscriber's.
fn prefix(text: &str, account: &mut Account) -> Result<Prefix, PrefixError> {
    let prefix = Prefix::parse(text);
    if prefix == Err(PrefixError::HostBitsSet) {
        account.note("prefix", "host bits set, taken as its network");
        return Prefix::parse_lenient(text);
    }
    prefix
}

/// The line up to a `#`, without the white space around it.
pub(super) fn without_comment(line: &str) -> &str {
    line.split('#').next().unwrap_or_default().trim()
}

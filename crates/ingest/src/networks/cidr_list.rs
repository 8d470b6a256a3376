//! Plain lists: one prefix a line.

use std::io::BufRead;

use tieline_index::Prefix;

use crate::error::Error;
use crate::kind::Unit;
use crate::lines::Lines;
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
        let Some(text) = line
            .bytes
            .as_deref()
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
        else {
            reject(reading, line.number, None, "neither UTF-8 text nor a prefix")?;
            continue;
        };
        let text = without_comment(text);
        if text.is_empty() {
            continue;
        }
        match Prefix::parse(text) {
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

/// The line up to a `#`, without the white space around it.
pub(super) fn without_comment(line: &str) -> &str {
    line.split('#').next().unwrap_or_default().trim()
}

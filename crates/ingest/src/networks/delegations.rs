//! The statistics exchange format of the regional Internet registries.

use std::io::BufRead;

use tieline_index::{Address, Prefix, range_to_prefixes};

use crate::error::Error;
use crate::kind::Unit;
use crate::lines::Lines;
use crate::reading::Reading;

use super::{Delivered, reject};

/// The fields of a record: registry, country, type, start, value, date, status.
const FEWEST_FIELDS: usize = 7;

/// What a line of the file is.
#[derive(Debug, PartialEq, Eq)]
enum Record<'a> {
    /// A comment, the header, a summary, an AS number or a block that nobody holds.
    NotANetwork,
    Network {
        country: &'a str,
        family: u8,
        start: &'a str,
        value: &'a str,
    },
    Malformed {
        field: Option<&'static str>,
        reason: &'static str,
    },
}

/// Whether the line is the header or a record of this layout.
pub(super) fn is_delegation(line: &str) -> bool {
    let fields: Vec<_> = line.trim().split('|').collect();
    let is_record = || matches!(fields[2], "asn" | "ipv4" | "ipv6");
    fields.len() >= FEWEST_FIELDS && (is_version(fields[0]) || is_record())
}

/// Reads the blocks that are allocated or assigned.
pub(super) fn read(file: impl BufRead, reading: &mut Reading<'_>) -> Result<Vec<Delivered>, Error> {
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
            Ok(text) => text,
            Err(reason) => {
                reject(reading, line.number, None, reason)?;
                continue;
            }
        };
        let blocks = match record(text) {
            Record::NotANetwork => continue,
            Record::Malformed { field, reason } => Err((field, reason)),
            Record::Network {
                country,
                family,
                start,
                value,
            } => blocks(family, start, value)
                .map(|blocks| (country, blocks))
                .map_err(|(f, r)| (Some(f), r)),
        };
        match blocks {
            Ok((country, blocks)) => {
                delivered.extend(
                    blocks
                        .into_iter()
                        .map(|prefix| network(prefix, country, line.number)),
                );
                reading.account.loaded(Unit::Prefix, 0);
            }
            Err((field, reason)) => reject(reading, line.number, field, reason)?,
        }
    }
}

fn is_version(field: &str) -> bool {
    !field.is_empty() && field.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// Whether these are the fields of a header: version, registry, serial number and so on. There is one for each file that was put together
/// into this.
fn is_header(fields: &[&str]) -> bool {
    let is_serial = |field: &str| !field.is_empty() && field.bytes().all(|byte| byte.is_ascii_digit());
    fields.len() >= FEWEST_FIELDS && is_version(fields[0]) && is_serial(fields[2])
}

fn record(line: &str) -> Record<'_> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return Record::NotANetwork;
    }
    let fields: Vec<_> = line.split('|').map(str::trim).collect();
    if is_header(&fields) || fields.last() == Some(&"summary") {
        return Record::NotANetwork;
    }
    if fields.len() < FEWEST_FIELDS {
        return Record::Malformed {
            field: None,
            reason: "record with fewer than 7 fields",
        };
    }
    let family = match fields[2] {
        "ipv4" => 4,
        "ipv6" => 6,
        "asn" => return Record::NotANetwork,
        _ => {
            return Record::Malformed {
                field: Some("type"),
                reason: "type is none of asn, ipv4 and ipv6",
            };
        }
    };
    let has_status = |names: [&str; 2]| names.iter().any(|name| fields[6].eq_ignore_ascii_case(name));
    if has_status(["allocated", "assigned"]) {
        Record::Network {
            country: fields[1],
            family,
            start: fields[3],
            value: fields[4],
        }
    } else if has_status(["available", "reserved"]) {
        Record::NotANetwork
    } else {
        Record::Malformed {
            field: Some("status"),
            reason: "status is none of allocated, assigned, available and reserved",
        }
    }
}

/// The prefixes of a block: IPv4 is given by address count, which need not be a power of two, IPv6 by prefix length.
fn blocks(family: u8, start: &str, value: &str) -> Result<Vec<Prefix>, (&'static str, &'static str)> {
    let first = Address::parse(start).ok_or(("start", "not an IP address"))?;
    if first.family() != family {
        return Err(("start", "address of another family than the type says"));
    }
    if family == 6 {
        let prefix = Prefix::parse(&format!("{start}/{value}"));
        return prefix
            .map(|prefix| vec![prefix])
            .map_err(|_| ("value", "not the length of a prefix that starts here"));
    }
    let count: u128 = value.parse().map_err(|_| ("value", "not an address count"))?;
    let last = first
        .to_u128()
        .checked_add(count)
        .and_then(|end| end.checked_sub(1));
    let last = last.filter(|last| count > 0 && *last <= Address::LAST_V4.to_u128());
    let last = last.ok_or(("value", "address count out of range"))?;
    Ok(range_to_prefixes(first, last.into()))
}

fn network(prefix: Prefix, country: &str, source_row: u64) -> Delivered {
    // The registries write ZZ where no country is named.
    let named = country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_alphabetic());
    let country = Some(country.to_uppercase()).filter(|country| named && country != "ZZ");
    Delivered {
        prefix,
        source_prefix: prefix.to_string(),
        asn: None,
        organisation: None,
        country,
        kind: None,
        source_row,
    }
}

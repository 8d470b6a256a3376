//! Networks: address ranges and whose they are, as delivered and made disjoint.

mod asn_csv;
mod cidr_list;
mod delegations;
mod list_kind;

use std::io::BufRead;
use std::path::Path;

use tieline_index::{Prefix, most_specific};

use crate::error::Error;
use crate::kind::{Layout, Unit};
use crate::lines::{CARRIAGE_RETURNS, LINE_TOO_LONG, Lines, is_blank};
use crate::reading::Reading;
use crate::schema::Table;
use crate::table_rows::Value;
use crate::timestamp::{OPEN_BEGINNING_US, OPEN_END_US};

/// A prefix of a source file and what the file says about it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Delivered {
    prefix: Prefix,
    /// The prefix as the file writes it; where it writes none, the canonical text.
    source_prefix: String,
    asn: Option<i64>,
    organisation: Option<String>,
    country: Option<String>,
    kind: Option<String>,
    source_row: u64,
}

/// Lines of a file that are looked at to recognise its layout.
const LINES_LOOKED_AT: usize = 100;

/// Reads a file of networks.
pub(crate) fn read(reading: &mut Reading<'_>) -> Result<(), Error> {
    let Some(file) = reading.open()? else {
        return Ok(());
    };
    let layout = match recognise(file) {
        Ok(Recognised::Empty) => return reading.reject_file("empty file"),
        Ok(Recognised::CarriageReturns) => return reading.reject_file(CARRIAGE_RETURNS),
        Ok(Recognised::LineTooLong) => return reading.reject_file(LINE_TOO_LONG),
        Ok(Recognised::Unknown) => return reading.reject_layout(),
        Ok(Recognised::Layout(layout)) => layout,
        Err(error) => return reading.reject_rest(&error),
    };
    reading.account.layout = Some(layout);
    let Some(file) = reading.open()? else {
        return Ok(());
    };
    let delivered = match layout {
        Layout::Geolite2Asn => asn_csv::read(file, reading)?,
        Layout::RirDelegated => delegations::read(file, reading)?,
        _ => {
            let Some(kind) =
                list_kind::list_kind(&reading.source.name, reading.options.network_kind.as_deref())
            else {
                return reading.reject_file(list_kind::UNKNOWN_KIND);
            };
            cidr_list::read(file, &kind, reading)?
        }
    };
    load(reading, layout, &delivered)
}

enum Recognised {
    Layout(Layout),
    Unknown,
    Empty,
    /// Lines end in carriage returns alone, so that the file is one line.
    CarriageReturns,
    /// There is nothing but lines that are too long to be kept.
    LineTooLong,
}

/// Recognises the layout by the first lines that are neither blank nor comments.
fn recognise(file: impl BufRead) -> std::io::Result<Recognised> {
    let mut lines = Lines::new(file);
    let mut looked_at = 0;
    let (mut has_long_line, mut has_carriage_return) = (false, false);
    while looked_at < LINES_LOOKED_AT {
        let Some(line) = lines.next_line()? else { break };
        let Some(bytes) = line.bytes else {
            has_long_line = true;
            continue;
        };
        if bytes.contains(&b'\r') {
            has_carriage_return = true;
            looked_at += 1;
            continue;
        }
        if is_blank(&bytes) || bytes.trim_ascii_start().starts_with(b"#") {
            continue;
        }
        let Ok(text) = String::from_utf8(bytes) else {
            // A fault of the line: of which layout the file is, others say.
            looked_at += 1;
            continue;
        };
        if looked_at == 0 && asn_csv::is_header(&text) {
            return Ok(Recognised::Layout(Layout::Geolite2Asn));
        }
        if looked_at == 0 && delegations::is_delegation(&text) {
            return Ok(Recognised::Layout(Layout::RirDelegated));
        }
        if Prefix::parse_lenient(cidr_list::without_comment(&text)).is_ok() {
            return Ok(Recognised::Layout(Layout::CidrList));
        }
        looked_at += 1;
    }
    Ok(match looked_at {
        0 if has_long_line => Recognised::LineTooLong,
        0 => Recognised::Empty,
        _ if has_carriage_return => Recognised::CarriageReturns,
        _ => Recognised::Unknown,
    })
}

fn load(reading: &mut Reading<'_>, layout: Layout, delivered: &[Delivered]) -> Result<(), Error> {
    let name = Path::new(&reading.source.name);
    let stem = name
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default();
    let source = format!("{layout}:{stem}");
    let mut ranges = Vec::with_capacity(delivered.len());
    let mut owners = Vec::with_capacity(delivered.len());
    for network in delivered {
        for (first, last) in network.prefix.ranges() {
            ranges.push((first.to_u128(), last.to_u128()));
            owners.push(network);
        }
    }
    for (&range, network) in ranges.iter().zip(&owners) {
        push(reading, Table::NetworkPrefixes, range, network, &source)?;
    }
    for segment in most_specific(&ranges) {
        push(
            reading,
            Table::Networks,
            (segment.first, segment.last),
            owners[segment.source],
            &source,
        )?;
    }
    Ok(())
}

fn push(
    reading: &mut Reading<'_>,
    table: Table,
    (first, last): (u128, u128),
    network: &Delivered,
    source: &str,
) -> Result<(), Error> {
    let source_file = reading.source.name.as_str();
    let options = reading.options;
    reading.staging.push(
        table,
        &[
            Value::Address(first.into()),
            Value::Address(last.into()),
            Value::Text(&network.source_prefix),
            Value::int64(network.asn),
            Value::text(network.organisation.as_deref()),
            Value::text(network.country.as_deref()),
            Value::text(network.kind.as_deref()),
            Value::Text(source),
            Value::Time(options.valid_from.unwrap_or(OPEN_BEGINNING_US)),
            Value::Time(options.valid_to.unwrap_or(OPEN_END_US)),
            Value::Text(source_file),
            Value::count(network.source_row),
        ],
    )
}

/// Rejects a row of the file; rows of all layouts are counted as prefixes.
fn reject(reading: &mut Reading<'_>, row: u64, field: Option<&str>, reason: &str) -> Result<(), Error> {
    reading.reject_row(Unit::Prefix, row, field, reason)
}

#[cfg(test)]
#[path = "networks_tests.rs"]
mod tests;

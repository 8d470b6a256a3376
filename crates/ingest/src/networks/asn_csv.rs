//! MaxMind's GeoLite2 ASN blocks.

use std::io::BufRead;

use tieline_index::Prefix;

use crate::csv_header::{CsvHeader, HeaderProblem};
use crate::csv_rows::{CsvProblem, CsvRows};
use crate::error::Error;
use crate::kind::Unit;
use crate::reading::Reading;

use super::{Delivered, reject};

const NETWORK: &str = "network";
const NUMBER: &str = "autonomous_system_number";
const ORGANISATION: &str = "autonomous_system_organization";

/// Whether the line is the header of this layout.
pub(super) fn is_header(line: &str) -> bool {
    let names: Vec<_> = line
        .split(',')
        .map(|name| name.trim().trim_matches('"'))
        .collect();
    let has = |wanted: &str| names.iter().any(|name| name.eq_ignore_ascii_case(wanted));
    has(NETWORK) && has(NUMBER)
}

/// Where the columns stand.
struct Columns {
    count: usize,
    network: usize,
    number: usize,
    organisation: Option<usize>,
}

/// Reads the rows below the header.
pub(super) fn read(file: impl BufRead, reading: &mut Reading<'_>) -> Result<Vec<Delivered>, Error> {
    let mut rows = CsvRows::new(file);
    let mut columns: Option<Columns> = None;
    let mut delivered = Vec::new();
    loop {
        let row = match rows.next_row(columns.as_ref().map(|columns| columns.count)) {
            Ok(Some(row)) => row,
            Ok(None) => break,
            Err(error) => {
                reading.reject_rest(&error)?;
                break;
            }
        };
        let Some(columns) = &columns else {
            // Comments may stand above the header.
            if let Some(problem @ CsvProblem::LineTooLong) = row.problem {
                reject(reading, row.number, None, &problem.reason())?;
            } else if !rows.field(0).trim_ascii_start().starts_with(b"#") {
                columns = match find(&rows) {
                    Ok(columns) => Some(columns),
                    Err(problem) => return problem.reject(reading).map(|()| delivered),
                };
                reading.account.open_unit(Unit::Prefix);
            }
            continue;
        };
        if let Some(problem) = row.problem {
            reject(reading, row.number, None, &problem.reason())?;
            continue;
        }
        match network(&rows, columns, row.number) {
            Ok(network) => {
                delivered.push(network);
                reading.account.loaded(Unit::Prefix, 0);
            }
            Err((field, reason)) => reject(reading, row.number, Some(field), &reason)?,
        }
    }
    Ok(delivered)
}

fn find<R: BufRead>(rows: &CsvRows<R>) -> Result<Columns, HeaderProblem> {
    let header = CsvHeader::of(rows);
    Ok(Columns {
        count: header.count(),
        network: header.required(NETWORK)?,
        number: header.required(NUMBER)?,
        organisation: header.optional(ORGANISATION)?,
    })
}

fn network<R: BufRead>(
    rows: &CsvRows<R>,
    columns: &Columns,
    source_row: u64,
) -> Result<Delivered, (&'static str, String)> {
    let text = |field: &'static str, index: usize| {
        let text =
            std::str::from_utf8(rows.field(index)).map_err(|_| (field, "not UTF-8 text".to_owned()))?;
        if text.contains('\0') {
            Err((field, "NUL in text".to_owned()))
        } else {
            Ok(text.trim())
        }
    };
    let source_prefix = text(NETWORK, columns.network)?;
    let prefix = Prefix::parse(source_prefix).map_err(|error| (NETWORK, error.to_string()))?;
    let number = text(NUMBER, columns.number)?;
    let asn = as_number(number).map_err(|reason| (NUMBER, reason.to_owned()))?;
    let organisation = columns
        .organisation
        .map(|index| text(ORGANISATION, index))
        .transpose()?;
    Ok(Delivered {
        prefix,
        source_prefix: source_prefix.to_owned(),
        asn,
        organisation: organisation.filter(|name| !name.is_empty()).map(str::to_owned),
        country: None,
        kind: None,
        source_row,
    })
}

/// An AS number in decimal digits, with or without `AS` before it; `None` for empty text.
fn as_number(text: &str) -> Result<Option<i64>, &'static str> {
    if text.is_empty() {
        return Ok(None);
    }
    let digits = text.strip_prefix("AS").unwrap_or(text);
    // Parsing alone would accept a sign.
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("not an AS number");
    }
    let number: u32 = digits.parse().map_err(|_| "not an AS number")?;
    Ok(Some(number.into()))
}

//! One row of telemetry.

use std::io::BufRead;

use tieline_index::Address;

use crate::csv_rows::CsvRows;
use crate::outcome::Account;
use crate::position::{OutOfRange, check_range, position_flags};
use crate::pseudonym::Pseudonyms;
use crate::quality::{DOUBTFUL_ACCURACY, TIME_WITHOUT_OFFSET, address_flags, flag_if};
use crate::timestamp::parse_timestamp;

use super::device_id::{DeviceId, id_type};
use super::header::Columns;

/// A row of `telemetry` without its place in the file's name.
pub(super) struct Observation {
    pub(super) device_id: Option<String>,
    pub(super) id_type: Option<String>,
    pub(super) observed_at: i64,
    pub(super) lat: f64,
    pub(super) lon: f64,
    pub(super) horizontal_accuracy_m: Option<f64>,
    pub(super) ip: Address,
    pub(super) quality_flags: i32,
    pub(super) source_row: u64,
}

/// The column and the reason for which a row is rejected.
type Fault = (&'static str, &'static str);

/// Reads the row that `rows` stands at.
pub(super) fn observation<R: BufRead>(
    rows: &CsvRows<R>,
    columns: &Columns,
    source_row: u64,
    pseudonyms: &Pseudonyms,
    account: &mut Account,
) -> Result<Observation, Fault> {
    let field = |name, index| text(rows.field(index)).map_err(|reason| (name, reason));
    let optional_field = |name, index: Option<usize>| index.map_or(Ok(""), |index| field(name, index));

    let lat = degrees("latitude", field("latitude", columns.latitude)?)?;
    let lon = degrees("longitude", field("longitude", columns.longitude)?)?;
    check_range(lat, lon).map_err(|problem| match problem {
        OutOfRange::Latitude { .. } => ("latitude", problem.reason()),
        OutOfRange::Longitude { .. } => ("longitude", problem.reason()),
    })?;
    let moment = parse_timestamp(field("timestamp", columns.timestamp)?)
        .map_err(|problem| ("timestamp", problem.reason()))?;
    let ip = address(field("ip_address", columns.ip_address)?)?;
    let device_id = DeviceId::parse(optional_field("device_id", columns.device_id)?);
    let id_type = id_type(optional_field("id_type", columns.id_type)?);
    let accuracy = accuracy(
        optional_field("horizontal_accuracy", columns.horizontal_accuracy)?,
        account,
    );
    let quality_flags = device_id.quality_flags()
        | position_flags(lat, lon)
        | address_flags(ip)
        | flag_if(!moment.has_offset, TIME_WITHOUT_OFFSET)
        | flag_if(accuracy.is_some_and(|metres| metres < 0.1), DOUBTFUL_ACCURACY);
    Ok(Observation {
        device_id: device_id.normalised().map(|id| pseudonyms.of(id)),
        id_type,
        observed_at: moment.micros,
        lat,
        lon,
        horizontal_accuracy_m: accuracy,
        ip,
        quality_flags,
        source_row,
    })
}

/// The text of a field, without the white space around it.
fn text(bytes: &[u8]) -> Result<&str, &'static str> {
    let text = std::str::from_utf8(bytes).map_err(|_| "not UTF-8 text")?;
    if text.contains('\0') {
        Err("NUL in text")
    } else {
        Ok(text.trim())
    }
}

fn degrees(name: &'static str, text: &str) -> Result<f64, Fault> {
    if text.is_empty() {
        return Err((name, "no value"));
    }
    let degrees: f64 = text.parse().map_err(|_| (name, "not a number"))?;
    if degrees.is_nan() {
        Err((name, "not a number"))
    } else {
        Ok(degrees)
    }
}

fn address(text: &str) -> Result<Address, Fault> {
    if text.is_empty() || text.eq_ignore_ascii_case("null") {
        return Err(("ip_address", "no address"));
    }
    Address::parse(text).ok_or(("ip_address", "not an IP address"))
}

/// The accuracy as delivered; what is not a number counts as missing, which is noted.
fn accuracy(text: &str, account: &mut Account) -> Option<f64> {
    if text.is_empty() || text.eq_ignore_ascii_case("null") {
        return None;
    }
    let metres = text.parse().ok().filter(|metres: &f64| metres.is_finite());
    if metres.is_none() {
        account.note("horizontal_accuracy", "not a number");
    }
    metres
}

//! One feature as one version of a site.

use arrow::array::timezone::Tz;
use serde_json::Value as Json;

use crate::outcome::Account;
use crate::quality::{TIME_WITHOUT_OFFSET, flag_if};
use crate::timestamp::{Moment, parse_date, parse_time};

use super::outline::{OTHER_REFERENCE_SYSTEM, Outline, has_longitude_latitude, outline};

/// A row of `sites` without its file.
pub(super) struct Site {
    pub(super) site_id: String,
    pub(super) name: Option<String>,
    pub(super) country: Option<String>,
    pub(super) status: &'static str,
    pub(super) valid_from: i64,
    pub(super) valid_to: i64,
    pub(super) time_zone: Option<String>,
    pub(super) outline: Outline,
    pub(super) quality_flags: i32,
    pub(super) source_row: u64,
}

/// The path in the feature and the reason for which it is rejected.
pub(super) type Fault = (String, String);

/// Reads a feature; `open` stands in for the first moment and the end of a validity that it does not state.
pub(super) fn site(
    feature: &Json,
    source_row: u64,
    open: (i64, i64),
    account: &mut Account,
) -> Result<Site, Fault> {
    if feature.get("type").and_then(Json::as_str) != Some("Feature") {
        return Err(("type".to_owned(), "not a Feature".to_owned()));
    }
    if !has_longitude_latitude(feature) {
        return Err(("crs".to_owned(), OTHER_REFERENCE_SYSTEM.to_owned()));
    }
    let site_id = site_id(feature).ok_or_else(|| fault("site_id", "no site_id"))?;
    let status = status(feature)?;
    let from = validity(feature, "valid_from", open.0)?;
    let to = validity(feature, "valid_to", open.1)?;
    if from.micros >= to.micros {
        return Err(fault("valid_from", "valid_from is not before valid_to"));
    }
    let outline = outline(feature.get("geometry").unwrap_or(&Json::Null))?;
    for note in outline.repairs.notes() {
        account.note("geometry.coordinates", note);
    }
    let without_offset = !from.has_offset || !to.has_offset;
    Ok(Site {
        site_id,
        name: text(feature, "name", account),
        country: country(feature, account),
        status,
        valid_from: from.micros,
        valid_to: to.micros,
        time_zone: time_zone(feature, account),
        outline,
        quality_flags: flag_if(without_offset, TIME_WITHOUT_OFFSET),
        source_row,
    })
}

/// The identifier of a feature's site.
pub(super) fn site_id(feature: &Json) -> Option<String> {
    identifier(property(feature, "site_id")).or_else(|| identifier(feature.get("id")))
}

fn fault(property: &str, reason: &str) -> Fault {
    (format!("properties.{property}"), reason.to_owned())
}

/// A property that is neither null nor empty text.
fn property<'a>(feature: &'a Json, name: &str) -> Option<&'a Json> {
    let property = feature.get("properties")?.get(name)?;
    let is_empty = property.is_null() || property.as_str().is_some_and(|text| text.trim().is_empty());
    (!is_empty).then_some(property)
}

/// Text, or an integer as text.
fn identifier(json: Option<&Json>) -> Option<String> {
    let text = match json? {
        Json::String(text) => text.trim().to_owned(),
        Json::Number(number) if !number.is_f64() => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// Text; another type counts as missing, which is noted.
fn text(feature: &Json, name: &str, account: &mut Account) -> Option<String> {
    let property = property(feature, name)?;
    let text = property.as_str().map(|text| text.trim().to_owned());
    if text.is_none() {
        account.note(&format!("properties.{name}"), "not text");
    }
    text
}

fn country(feature: &Json, account: &mut Account) -> Option<String> {
    let code = text(feature, "country", account)?.to_uppercase();
    if code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Some(code);
    }
    account.note("properties.country", "not a country code of two letters");
    None
}

fn time_zone(feature: &Json, account: &mut Account) -> Option<String> {
    let name = text(feature, "time_zone", account)?;
    // What parses otherwise is an offset, which no name begins with.
    if name.starts_with(|letter: char| letter.is_ascii_alphabetic()) && name.parse::<Tz>().is_ok() {
        return Some(name);
    }
    account.note("properties.time_zone", "not a name of the IANA's time zones");
    None
}

fn status(feature: &Json) -> Result<&'static str, Fault> {
    let Some(status) = property(feature, "status") else {
        return Ok("suspected");
    };
    let status = status.as_str().unwrap_or_default().trim().to_lowercase();
    let known = ["confirmed", "suspected", "control"]
        .into_iter()
        .find(|known| *known == status);
    known.ok_or_else(|| fault("status", "status is none of confirmed, suspected and control"))
}

/// A time, or a date, which is its first moment in UTC; `open` where there is none.
fn validity(feature: &Json, name: &str, open: i64) -> Result<Moment, Fault> {
    let Some(json) = property(feature, name) else {
        return Ok(Moment {
            micros: open,
            has_offset: true,
        });
    };
    let text = json.as_str().unwrap_or_default();
    let date = || {
        parse_date(text).map(|micros| Moment {
            micros,
            has_offset: false,
        })
    };
    parse_time(text)
        .or_else(date)
        .ok_or_else(|| fault(name, "time not understood"))
}

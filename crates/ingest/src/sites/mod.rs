//! Sites as GeoJSON features.

mod area;
mod check;
mod feature;
mod neighbours;
mod outline;
mod repair;

use std::collections::HashMap;

use serde_json::Value as Json;

use crate::error::Error;
use crate::kind::{Layout, Unit};
use crate::quality::{POSSIBLY_SWAPPED, flag_if};
use crate::reading::Reading;
use crate::reports::broken_json;
use crate::schema::Table;
use crate::table_rows::Value;
use crate::timestamp::{OPEN_BEGINNING_US, OPEN_END_US};

pub use check::{Doubt, check_sites};
use feature::Site;
use neighbours::possibly_swapped;

/// Validities of the versions of sites by `site_id`: first moment and the moment from which on it no longer holds, in
/// microseconds since 1970.
pub type Validities = HashMap<String, Vec<(i64, i64)>>;

/// Reads a file of sites.
pub(crate) fn read(reading: &mut Reading<'_>, seen: &mut Validities) -> Result<(), Error> {
    let Some(bytes) = reading.read_document()? else {
        return Ok(());
    };
    let document = match Document::parse(&bytes) {
        Ok(document) => document,
        Err(Refusal::Layout) => return reading.reject_layout(),
        Err(Refusal::Reason(reason)) => return reading.reject_file(reason),
    };
    reading.account.layout = Some(Layout::GeoJson);
    if !document.has_longitude_latitude() {
        return reading.reject_file(OTHER_REFERENCE_SYSTEM);
    }
    let open = (
        reading.options.valid_from.unwrap_or(OPEN_BEGINNING_US),
        reading.options.valid_to.unwrap_or(OPEN_END_US),
    );
    reading.account.open_unit(Unit::Site);
    let mut sites = Vec::new();
    for (index, feature) in document.features().iter().enumerate() {
        let row = index as u64 + 1;
        let site = feature::site(feature, row, open, &mut reading.account);
        match site.and_then(|site| register(site, seen)) {
            Ok(site) => sites.push(site),
            Err((field, reason)) => reading.reject_row(Unit::Site, row, Some(&field), reason)?,
        }
    }
    load(reading, &sites)
}

const OTHER_REFERENCE_SYSTEM: &str = "coordinate reference system is not OGC:CRS84";

/// A document of GeoJSON that is a feature or a collection of features.
struct Document(Json);

/// Why a document is none.
enum Refusal {
    Layout,
    Reason(String),
}

impl Document {
    fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
            return Err(Refusal::Layout);
        }
        let json: Json =
            serde_json::from_slice(bytes).map_err(|error| Refusal::Reason(broken_json(&error)))?;
        match json.get("type").and_then(Json::as_str) {
            Some("FeatureCollection") if json.get("features").is_some_and(Json::is_array) => Ok(Self(json)),
            Some("FeatureCollection") => Err(Refusal::Reason(
                "FeatureCollection without an array of features".to_owned(),
            )),
            Some("Feature") => Ok(Self(json)),
            _ => Err(Refusal::Layout),
        }
    }

    fn features(&self) -> &[Json] {
        match self.0.get("features") {
            Some(Json::Array(features)) if self.0["type"] == "FeatureCollection" => features,
            _ => std::slice::from_ref(&self.0),
        }
    }

    /// Whether the coordinates are in degrees; before RFC 7946 a file could name another reference system.
    fn has_longitude_latitude(&self) -> bool {
        let Some(crs) = self.0.get("crs").filter(|crs| !crs.is_null()) else {
            return true;
        };
        let name = crs
            .pointer("/properties/name")
            .and_then(Json::as_str)
            .unwrap_or_default();
        name.ends_with("CRS84") || name.ends_with(":4326")
    }
}

/// Rejects a second version of a site for the same time, which would count everything at the site twice.
fn register(site: Site, seen: &mut Validities) -> Result<Site, feature::Fault> {
    let validities = seen.entry(site.site_id.clone()).or_default();
    if validities
        .iter()
        .any(|(from, to)| site.valid_from < *to && *from < site.valid_to)
    {
        let reason = "site_id occurs already, with a validity that overlaps".to_owned();
        return Err(("properties.site_id".to_owned(), reason));
    }
    validities.push((site.valid_from, site.valid_to));
    Ok(site)
}

fn load(reading: &mut Reading<'_>, sites: &[Site]) -> Result<(), Error> {
    let source_file = reading.source.name.clone();
    let centres: Vec<_> = sites
        .iter()
        .map(|site| (site.site_id.as_str(), site.outline.centre))
        .collect();
    for (site, swapped) in sites.iter().zip(possibly_swapped(&centres)) {
        let quality_flags = site.quality_flags | flag_if(swapped, POSSIBLY_SWAPPED);
        reading.push(
            Table::Sites,
            &[
                Value::Text(&site.site_id),
                Value::text(site.name.as_deref()),
                Value::text(site.country.as_deref()),
                Value::Text(site.status),
                Value::Time(site.valid_from),
                Value::Time(site.valid_to),
                Value::text(site.time_zone.as_deref()),
                Value::Bytes(&site.outline.wkb),
                Value::Int32(quality_flags),
                Value::Text(&source_file),
                Value::count(site.source_row),
            ],
        )?;
        reading.account.loaded(Unit::Site, quality_flags);
    }
    Ok(())
}

#[cfg(test)]
#[path = "sites_tests.rs"]
mod tests;

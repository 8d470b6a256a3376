//! Sites as GeoJSON features.

mod area;
mod check;
mod columns;
mod ends;
mod feature;
mod neighbours;
mod outline;
mod repair;
mod versions;

use serde_json::Value as Json;

use crate::error::Error;
use crate::json;
use crate::kind::{Layout, Unit};
use crate::quality::{POSSIBLY_SWAPPED, flag_if};
use crate::reading::Reading;
use crate::schema::Table;
use crate::table_rows::Value;
use crate::timestamp::{OPEN_BEGINNING_US, OPEN_END_US};

pub use check::{Doubt, SitesCheck, check_sites};
pub use ends::{SiteEnd, end_site_versions};
use feature::Site;
use neighbours::possibly_swapped;
use outline::{OTHER_REFERENCE_SYSTEM, has_longitude_latitude};
use versions::Entry;
pub use versions::SiteVersions;

/// Reads a file of sites.
pub(crate) fn read(reading: &mut Reading<'_>, versions: &mut SiteVersions) -> Result<(), Error> {
    let Some(bytes) = reading.read_document()? else {
        return Ok(());
    };
    let document = match Document::parse(&bytes) {
        Ok(document) => document,
        Err(Refusal::Layout) => return reading.reject_layout(),
        Err(Refusal::Reason(reason)) => return reading.reject_file(reason),
    };
    reading.account.layout = Some(Layout::GeoJson);
    if !has_longitude_latitude(&document.0) {
        return reading.reject_file(OTHER_REFERENCE_SYSTEM);
    }
    let open = (
        reading.options.valid_from.unwrap_or(OPEN_BEGINNING_US),
        reading.options.valid_to.unwrap_or(OPEN_END_US),
    );
    reading.account.open_unit(Unit::Site);
    let (mut sites, mut faults) = (Vec::new(), Vec::new());
    for (row, feature) in (1..).zip(document.features()) {
        match feature::site(feature, row, open, &mut reading.account) {
            Ok(site) => sites.push(site),
            Err(fault) => faults.push((row, fault)),
        }
    }
    let mut entered = Vec::with_capacity(sites.len());
    for (site, entry) in versions.enter(sites, &reading.source.name) {
        match entry {
            Ok(entry) => entered.push((site, entry)),
            Err(fault) => faults.push((site.source_row, fault)),
        }
    }
    faults.sort_by_key(|(row, _)| *row);
    for (row, (field, reason)) in faults {
        reading.reject_row(Unit::Site, row, Some(&field), reason)?;
    }
    load(reading, &entered)
}

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
        let json = json::parse_parts(bytes).map_err(Refusal::Reason)?;
        let refusal = |reason: &str| Err(Refusal::Reason(reason.to_owned()));
        match json.get("type").and_then(Json::as_str) {
            Some("FeatureCollection") => match json.get("features") {
                Some(features @ Json::Array(_)) => match json::reason_cut_off(features) {
                    Some(reason) => refusal(reason),
                    None => Ok(Self(json)),
                },
                _ => refusal("FeatureCollection without an array of features"),
            },
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
}

/// Loads the rows that are versions of their own. The others are counted as loaded too, since the case says what they say, and noted.
fn load(reading: &mut Reading<'_>, sites: &[(Site, Entry)]) -> Result<(), Error> {
    let centres: Vec<_> = sites
        .iter()
        .map(|(site, _)| (site.site_id.as_str(), site.outline.centre))
        .collect();
    for ((site, entry), swapped) in sites.iter().zip(possibly_swapped(&centres)) {
        let quality_flags = match entry {
            Entry::New => site.quality_flags | flag_if(swapped, POSSIBLY_SWAPPED),
            Entry::Ends => site.quality_flags,
            Entry::Known => 0,
        };
        match entry.note() {
            None => push(reading, site, quality_flags)?,
            Some((field, text)) => reading.account.note(field, text),
        }
        reading.account.loaded(Unit::Site, quality_flags);
    }
    Ok(())
}

fn push(reading: &mut Reading<'_>, site: &Site, quality_flags: i32) -> Result<(), Error> {
    let source_file = reading.source.name.clone();
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
            Value::Null,
            Value::Null,
        ],
    )
}

#[cfg(test)]
#[path = "sites_tests.rs"]
mod tests;

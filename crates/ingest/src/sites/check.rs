//! What is doubtful in files of sites, before they are ingested.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde_json::Value as Json;

use crate::outcome::Account;
use crate::reading::{BYTE_ORDER_MARK, LARGEST_DOCUMENT_BYTES};
use crate::sources::io_reason;
use crate::timestamp::{OPEN_BEGINNING_US, OPEN_END_US};

use super::feature::{self, Fault, Site};
use super::neighbours::possibly_swapped;
use super::outline::outline;
use super::{Document, OTHER_REFERENCE_SYSTEM, Refusal, Validities, register};

/// A site is hardly larger than this, in square kilometres: the largest special economic zones have some hundred.
const LARGE_KM2: f64 = 1_000.0;

/// Something about a feature that a person should look at; never a coordinate or a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// The position in the list of files given.
    pub file: usize,
    /// The feature in the file, 1-based; `None` where the whole file is doubtful.
    pub feature: Option<u64>,
    /// The site, where the feature says which.
    pub site_id: Option<String>,
    /// The path in the feature.
    pub field: Option<String>,
    /// What is doubtful. Where `rejected`, it is the reason.
    pub doubt: String,
    /// Whether ingest would reject it.
    pub rejected: bool,
    /// What to do about it.
    pub hint: &'static str,
}

/// Looks through files of sites as one set; nothing is written.
///
/// Rings drawn clockwise and positions that are repeated are no doubt: they change no area, and ingest takes them as they are. What
/// ingest repairs is said: spikes and repeated parts, which enclose nothing of their own. A ring that is not closed is rejected: its
/// last position may be missing, or others before it.
pub fn check_sites<P: AsRef<Path>>(paths: &[P]) -> Vec<Doubt> {
    let mut check = Check::default();
    for (file, path) in paths.iter().enumerate() {
        check.file = file;
        if let Err(reason) = check.read(path.as_ref()) {
            check.doubt(None, None, None, reason, true);
        }
    }
    check.look_at_ids();
    check.look_at_neighbours();
    check
        .doubts
        .sort_by_key(|doubt| (doubt.file, doubt.feature.unwrap_or(0)));
    check.doubts
}

#[derive(Default)]
struct Check {
    file: usize,
    doubts: Vec<Doubt>,
    /// The sites that ingest would take, each with its file.
    sites: Vec<(usize, Site)>,
    seen: Validities,
}

impl Check {
    fn doubt(
        &mut self,
        feature: Option<u64>,
        site_id: Option<String>,
        field: Option<&str>,
        doubt: String,
        rejected: bool,
    ) {
        self.doubts.push(Doubt {
            file: self.file,
            feature,
            site_id,
            field: field.map(str::to_owned),
            hint: hint(field, &doubt),
            doubt,
            rejected,
        });
    }

    /// Reads a file; the reason for which all of it would be rejected.
    fn read(&mut self, path: &Path) -> Result<(), String> {
        let document = Document::parse(&bytes(path)?).map_err(|refusal| match refusal {
            Refusal::Layout => "neither a GeoJSON FeatureCollection nor a Feature".to_owned(),
            Refusal::Reason(reason) => reason,
        })?;
        if !document.has_longitude_latitude() {
            return Err(OTHER_REFERENCE_SYSTEM.to_owned());
        }
        for (row, feature) in (1..).zip(document.features()) {
            self.look_at(row, feature);
        }
        Ok(())
    }

    fn look_at(&mut self, row: u64, feature: &Json) {
        let open = (OPEN_BEGINNING_US, OPEN_END_US);
        let site = feature::site(feature, row, open, &mut Account::default());
        let site_id = feature::site_id(feature);
        let mut reject = |(field, reason): Fault| {
            self.doubt(Some(row), site_id.clone(), Some(&field), reason, true);
        };
        let site = match site {
            Ok(site) => site,
            Err(fault) => {
                // A property at fault keeps ingest from looking at the outline.
                let of_properties = !fault.0.starts_with("geometry");
                reject(fault);
                if of_properties && let Err(fault) = outline(feature.get("geometry").unwrap_or(&Json::Null)) {
                    reject(fault);
                }
                return;
            }
        };
        if site.outline.area_km2 > LARGE_KM2 {
            let doubt = "larger than 1,000 km²".to_owned();
            self.doubt(Some(row), site_id.clone(), Some("geometry"), doubt, false);
        }
        for note in site.outline.repairs.notes() {
            let path = Some("geometry.coordinates");
            self.doubt(Some(row), site_id.clone(), path, note.to_owned(), false);
        }
        match register(site, &mut self.seen) {
            Ok(site) => self.sites.push((self.file, site)),
            Err((field, reason)) => self.doubt(Some(row), site_id, Some(&field), reason, true),
        }
    }

    /// Two identifiers that a person would read as one.
    fn look_at_ids(&mut self) {
        let mut first: HashMap<String, String> = HashMap::new();
        let mut alike = Vec::new();
        for (file, site) in &self.sites {
            let folded: String = site
                .site_id
                .to_lowercase()
                .chars()
                .filter(|letter| letter.is_alphanumeric())
                .collect();
            let known = first.entry(folded).or_insert_with(|| site.site_id.clone());
            if *known != site.site_id {
                alike.push((*file, site.source_row, site.site_id.clone()));
            }
        }
        for (file, row, site_id) in alike {
            self.file = file;
            let doubt = "site_id differs from another only in case or punctuation".to_owned();
            self.doubt(Some(row), Some(site_id), Some("properties.site_id"), doubt, false);
        }
    }

    fn look_at_neighbours(&mut self) {
        let centres: Vec<_> = self
            .sites
            .iter()
            .map(|(_, site)| (site.site_id.as_str(), site.outline.centre))
            .collect();
        let swapped: Vec<_> = self
            .sites
            .iter()
            .zip(possibly_swapped(&centres))
            .filter(|(_, swapped)| *swapped)
            .map(|((file, site), _)| (*file, site.source_row, site.site_id.clone()))
            .collect();
        for (file, row, site_id) in swapped {
            self.file = file;
            let doubt = "possibly swapped: only with exchanged coordinates is it near the others".to_owned();
            self.doubt(
                Some(row),
                Some(site_id),
                Some("geometry.coordinates"),
                doubt,
                false,
            );
        }
    }
}

fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    let reason = |error: std::io::Error| io_reason(&error);
    let mut bytes = Vec::new();
    File::open(path)
        .map_err(reason)?
        .take(LARGEST_DOCUMENT_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(reason)?;
    if bytes.len() as u64 > LARGEST_DOCUMENT_BYTES {
        return Err("larger than 256 MiB".to_owned());
    }
    if bytes.starts_with(BYTE_ORDER_MARK) {
        bytes.drain(..BYTE_ORDER_MARK.len());
    }
    Ok(bytes)
}

/// What to do about a doubt, by its words.
fn hint(field: Option<&str>, doubt: &str) -> &'static str {
    const HINTS: [(&str, &str); 12] = [
        ("possibly swapped", "a position is [longitude, latitude]"),
        (
            "antimeridian",
            "if it crosses the antimeridian, cut it there into a MultiPolygon with longitudes in ±180 (RFC 7946, 3.1.9)",
        ),
        ("out of range", "coordinates are degrees of WGS 84"),
        (
            "not closed",
            "if no position is missing, repeat the first one at the end",
        ),
        (
            "left out",
            "nothing need be done; compare the outline with its source",
        ),
        ("fewer than 4", "draw the outline again"),
        ("no area", "draw the outline again"),
        (
            "overlaps",
            "let one version end where the next begins, or give it a site_id of its own",
        ),
        ("differs from another only", "write one site always the same way"),
        ("larger than 1,000 km²", "draw the site, not its region"),
        ("larger than 256 MiB", "split the file"),
        ("reference system", "export the file in WGS 84"),
    ];
    let known = HINTS.iter().find(|(words, _)| doubt.contains(words));
    match (known, field) {
        (Some((_, hint)), _) => hint,
        (None, Some(field)) if field.starts_with("geometry.coordinates") => {
            "draw the outline again, so that no ring crosses or touches another or itself"
        }
        (None, Some(_)) => "correct the feature",
        (None, None) => "export the sites as GeoJSON",
    }
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;

//! What is doubtful in files of sites, before they are ingested.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use crate::json::{TOO_MANY_ELEMENTS, TOO_MANY_NESTED};
use crate::kind::Kind;
use crate::outcome::Account;
use crate::reading::{EMPTY, TOO_LARGE, read_document};
use crate::sources::{SourceFile, SourceProblem, find_files, io_reason};
use crate::timestamp::{OPEN_BEGINNING_US, OPEN_END_US};

use super::feature::{self, Site};
use super::neighbours::possibly_swapped;
use super::outline::{OTHER_REFERENCE_SYSTEM, has_longitude_latitude, outline};
use super::versions::SiteVersions;
use super::{Document, Refusal};

/// A site is hardly larger than this, in square kilometres: the largest special economic zones have some hundred.
const LARGE_KM2: f64 = 1_000.0;

/// Something about a feature that a person should look at; never a coordinate or a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// The position in [`SitesCheck::files`].
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

/// What was found in a set of files of sites.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SitesCheck {
    /// The files, as given or as found in a folder given.
    pub files: Vec<PathBuf>,
    /// What could not be looked at.
    pub problems: Vec<SourceProblem>,
    /// What is doubtful, in order of file and feature.
    pub doubts: Vec<Doubt>,
}

/// Looks through files of sites, or all files of folders as ingest takes them, as one set; nothing is written.
///
/// Rings drawn clockwise and positions that are repeated are no doubt: they change no area, and ingest takes them as they are. What
/// ingest notes is a doubt: spikes and repeated parts, which enclose nothing of their own and are left out, and properties that it
/// does not take over. A ring that is not closed is rejected: its last position may be missing, or others before it.
pub fn check_sites<P: AsRef<Path>>(paths: &[P]) -> SitesCheck {
    let paths: Vec<_> = paths.iter().map(|path| path.as_ref().to_path_buf()).collect();
    let (files, problems) = find_files(&paths, Kind::Sites);
    let mut check = Check::default();
    check.found.problems = problems;
    for (file, SourceFile { path, .. }) in files.into_iter().enumerate() {
        check.file = file;
        match read_document(&path) {
            Ok(bytes) => check.look_through(bytes.as_deref()),
            Err(error) => check.found.problems.push(SourceProblem {
                path: path.clone(),
                reason: io_reason(&error),
            }),
        }
        check.found.files.push(path);
    }
    check.look_at_ids();
    check.look_at_neighbours();
    let mut found = check.found;
    found
        .doubts
        .sort_by_key(|doubt| (doubt.file, doubt.feature.unwrap_or(0)));
    found
}

#[derive(Default)]
struct Check {
    file: usize,
    found: SitesCheck,
    /// The sites that ingest would take, each with its file.
    sites: Vec<(usize, Site)>,
    versions: SiteVersions,
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
        self.found.doubts.push(Doubt {
            file: self.file,
            feature,
            site_id,
            field: field.map(str::to_owned),
            hint: hint(field, &doubt),
            doubt,
            rejected,
        });
    }

    /// Looks through a document; there is none where it is too large.
    fn look_through(&mut self, bytes: Option<&[u8]>) {
        let document = match bytes {
            None => Err(TOO_LARGE.to_owned()),
            Some(bytes) => document(bytes),
        };
        let document = match document {
            Ok(document) => document,
            Err(reason) => return self.doubt(None, None, None, reason, true),
        };
        if document.features().is_empty() {
            self.doubt(None, None, None, "no sites".to_owned(), false);
        }
        let sites = (1..).zip(document.features());
        let sites = sites
            .filter_map(|(row, feature)| self.look_at(row, feature))
            .collect();
        // The name is for the ends of versions, which nothing is done with here.
        for (site, entry) in self.versions.enter(sites, "") {
            let (row, site_id) = (Some(site.source_row), Some(site.site_id.clone()));
            match entry {
                Ok(entry) => {
                    if let Some((field, text)) = entry.note() {
                        self.doubt(row, site_id, Some(field), text.to_owned(), false);
                    }
                    self.sites.push((self.file, site));
                }
                Err((field, reason)) => self.doubt(row, site_id, Some(&field), reason, true),
            }
        }
    }

    /// Looks at a feature by itself; the site that it is.
    fn look_at(&mut self, row: u64, feature: &Json) -> Option<Site> {
        let open = (OPEN_BEGINNING_US, OPEN_END_US);
        let mut account = Account::default();
        let site = feature::site(feature, row, open, &mut account);
        let site_id = feature::site_id(feature);
        let mut doubt = |field: &str, doubt: String, rejected| {
            self.doubt(Some(row), site_id.clone(), Some(field), doubt, rejected);
        };
        let site = match site {
            Ok(site) => site,
            Err((field, reason)) => {
                doubt(&field, reason, true);
                // A property at fault keeps ingest from looking at the outline.
                if !field.starts_with("geometry")
                    && let Err((field, reason)) = outline(feature.get("geometry").unwrap_or(&Json::Null))
                {
                    doubt(&field, reason, true);
                }
                return None;
            }
        };
        if site.outline.area_km2 > LARGE_KM2 {
            doubt("geometry", "larger than 1,000 km²".to_owned(), false);
        }
        if site.outline.holds_null_island {
            doubt("geometry", "holds longitude 0 and latitude 0".to_owned(), false);
        }
        for (field, text) in account.notes() {
            doubt(field, text.to_owned(), false);
        }
        Some(site)
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

/// The document, or the reason for which all of it would be rejected.
fn document(bytes: &[u8]) -> Result<Document, String> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(EMPTY.to_owned());
    }
    let document = Document::parse(bytes).map_err(|refusal| match refusal {
        Refusal::Layout => "neither a GeoJSON FeatureCollection nor a Feature".to_owned(),
        Refusal::Reason(reason) => reason,
    })?;
    match has_longitude_latitude(&document.0) {
        true => Ok(document),
        false => Err(OTHER_REFERENCE_SYSTEM.to_owned()),
    }
}

/// What to do about a doubt, by its words.
fn hint(field: Option<&str>, doubt: &str) -> &'static str {
    const HINTS: [(&str, &str); 22] = [
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
            "let one version end where the next begins: repeat its row, changed in nothing but valid_to; or give the new one a \
             site_id of its own",
        ),
        (
            "ends a version",
            "nothing need be done, if that version has ended",
        ),
        ("is there already", "nothing need be done"),
        ("differs from another only", "write one site always the same way"),
        ("larger than 1,000 km²", "draw the site, not its region"),
        (
            "latitude 0",
            "telemetry without a position lies there and would count as seen at the site",
        ),
        (TOO_LARGE, "split the file"),
        (TOO_MANY_ELEMENTS, "simplify the outline to what a map shows"),
        (TOO_MANY_NESTED, "simplify the outline to what a map shows"),
        (EMPTY, "see whether the export went wrong"),
        ("no sites", "see whether the export went wrong"),
        (
            "country code",
            "write the two letters of ISO 3166-1; ingest leaves the country out",
        ),
        (
            "time zones",
            "write a name such as Asia/Manila; ingest leaves the time zone out",
        ),
        ("not text", "write text; ingest leaves it out"),
        ("reference system", "export the file in WGS 84"),
    ];
    let known = HINTS.iter().find(|(words, _)| doubt.contains(words));
    match (known, field) {
        (_, None) if [TOO_MANY_ELEMENTS, TOO_MANY_NESTED].contains(&doubt) => {
            "split the file, or see whether its list has something else than features"
        }
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

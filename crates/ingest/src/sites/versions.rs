//! The versions of sites that there are, and how the rows of a file stand to them.

use std::collections::HashMap;

use arrow::array::{Array, AsArray, RecordBatch, StringArray};
use arrow::error::ArrowError;
use sha2::{Digest as _, Sha256};

use crate::error::Error;
use crate::schema::Table;

use super::columns::{column, misfit, texts, times};
use super::ends::SiteEnd;
use super::feature::{Fault, Site};

/// The versions of sites that a case has, to which files of sites are compared.
#[derive(Clone, Default)]
pub struct SiteVersions {
    of_site: HashMap<String, Vec<Version>>,
    /// Counts the files of this ingest; 0 is the case.
    file: u64,
    ends: Vec<SiteEnd>,
}

/// How a row stands to the versions that there are, where it contradicts none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// It is a version of its own.
    New,
    /// It is a version that is there already, with an earlier end.
    Ends,
    /// It is a version that is there already.
    Known,
}

impl Entry {
    /// The field and the words in which to say that nothing is added.
    pub(super) const fn note(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::New => None,
            Self::Ends => Some(("properties.valid_to", "ends a version that is there already")),
            Self::Known => Some((
                "properties.site_id",
                "this version is there already; nothing is added",
            )),
        }
    }
}

#[derive(Clone)]
struct Version {
    valid_from: i64,
    valid_to: i64,
    content: Content,
    /// The last file with a row for it: no second row of one file may say something else of it.
    stated_in: u64,
}

/// What a version says beside its validity. Its flags are not part of it: they also depend on the other sites of a file.
#[derive(Clone, PartialEq, Eq)]
struct Content {
    name: Option<String>,
    country: Option<String>,
    status: String,
    time_zone: Option<String>,
    /// The SHA-256 of the well-known binary, which may be a megabyte.
    geometry: [u8; 32],
}

impl Content {
    fn of(site: &Site) -> Self {
        Self {
            name: site.name.clone(),
            country: site.country.clone(),
            status: site.status.to_owned(),
            time_zone: site.time_zone.clone(),
            geometry: Sha256::digest(&site.outline.wkb).into(),
        }
    }

    /// The columns in which two differ.
    fn differences(&self, other: &Self) -> Vec<&'static str> {
        let columns = [
            ("name", self.name != other.name),
            ("country", self.country != other.country),
            ("status", self.status != other.status),
            ("time_zone", self.time_zone != other.time_zone),
            ("geometry", self.geometry != other.geometry),
        ];
        let differing = columns.into_iter().filter(|(_, differs)| *differs);
        differing.map(|(column, _)| column).collect()
    }
}

impl SiteVersions {
    /// The versions in rows of the table `sites`; of its columns, flags and sources may be missing.
    ///
    /// # Errors
    /// Where a batch has not the columns of `sites`.
    pub fn of(sites: &[RecordBatch]) -> Result<Self, Error> {
        let mut versions = Self::default();
        for batch in sites {
            versions.take(batch).map_err(Error::schema(Table::Sites))?;
        }
        Ok(versions)
    }

    fn take(&mut self, batch: &RecordBatch) -> Result<(), ArrowError> {
        let texts = |name: &str| texts(batch, name);
        let times = |name: &str| times(batch, name);
        let text = |column: &StringArray, row| column.is_valid(row).then(|| column.value(row).to_owned());
        let (site_id, name, country) = (texts("site_id")?, texts("name")?, texts("country")?);
        let (status, time_zone) = (texts("status")?, texts("time_zone")?);
        let (valid_from, valid_to) = (times("valid_from")?, times("valid_to")?);
        let geometry = column(batch, "geometry")?
            .as_binary_opt::<i32>()
            .ok_or_else(|| misfit("geometry"))?;
        for row in 0..batch.num_rows() {
            let versions = self.of_site.entry(site_id.value(row).to_owned()).or_default();
            versions.push(Version {
                valid_from: valid_from.value(row),
                valid_to: valid_to.value(row),
                content: Content {
                    name: text(name, row),
                    country: text(country, row),
                    status: status.value(row).to_owned(),
                    time_zone: text(time_zone, row),
                    geometry: Sha256::digest(geometry.value(row)).into(),
                },
                stated_in: 0,
            });
        }
        Ok(())
    }

    /// Enters the rows of a file, in their order; each with what it is, or the reason for which it is to be rejected.
    pub(super) fn enter(&mut self, sites: Vec<Site>, source_file: &str) -> Vec<(Site, Result<Entry, Fault>)> {
        self.file += 1;
        // Ends first: in whichever order the rows stand, a version makes room for the one that comes after it.
        let ends: Vec<_> = sites.iter().map(|site| self.end(site, source_file)).collect();
        let entered = sites.into_iter().zip(ends).map(|(site, ends)| {
            let entry = if ends { Ok(Entry::Ends) } else { self.add(&site) };
            (
                site,
                entry.map_err(|reason| ("properties.site_id".to_owned(), reason)),
            )
        });
        entered.collect()
    }

    /// What was ended, in the order in which it was.
    pub(crate) fn into_ends(self) -> Vec<SiteEnd> {
        self.ends
    }

    /// Ends the version that the row repeats in all but its end, which is earlier; whether there is one.
    fn end(&mut self, site: &Site, source_file: &str) -> bool {
        let content = Content::of(site);
        let versions = self.of_site.get_mut(&site.site_id).into_iter().flatten();
        let version = versions
            .filter(|version| version.stated_in != self.file && version.valid_from == site.valid_from)
            .find(|version| site.valid_to < version.valid_to && version.content == content);
        let Some(version) = version else { return false };
        version.valid_to = site.valid_to;
        version.stated_in = self.file;
        self.ends.push(SiteEnd {
            site_id: site.site_id.clone(),
            valid_from: site.valid_from,
            valid_to: site.valid_to,
            quality_flags: site.quality_flags,
            source_file: source_file.to_owned(),
            source_row: site.source_row,
        });
        true
    }

    /// Adds a version, or finds it. A second one for the same time would count everything at the site twice.
    fn add(&mut self, site: &Site) -> Result<Entry, String> {
        let content = Content::of(site);
        let versions = self.of_site.entry(site.site_id.clone()).or_default();
        let overlapping = versions
            .iter_mut()
            .find(|version| site.valid_from < version.valid_to && version.valid_from < site.valid_to);
        let Some(version) = overlapping else {
            versions.push(Version {
                valid_from: site.valid_from,
                valid_to: site.valid_to,
                content,
                stated_in: self.file,
            });
            return Ok(Entry::New);
        };
        let same_validity = version.valid_from == site.valid_from && version.valid_to == site.valid_to;
        if version.stated_in != self.file && same_validity && version.content == content {
            version.stated_in = self.file;
            return Ok(Entry::Known);
        }
        Err(contradiction(version, site, &content, self.file))
    }
}

/// Why a row is neither the version that it overlaps nor the end of it: by the names of columns, never their values.
fn contradiction(version: &Version, site: &Site, content: &Content, file: u64) -> String {
    let reason = "site_id occurs already, with a validity that overlaps";
    if version.stated_in == file || version.valid_from != site.valid_from {
        return reason.to_owned();
    }
    match version.content.differences(content).as_slice() {
        [] => format!("{reason}: from the same time on, but with an earlier end"),
        columns => format!(
            "{reason}: from the same time on, but with another {}",
            columns.join(", ")
        ),
    }
}

#[cfg(test)]
#[path = "versions_tests.rs"]
mod tests;

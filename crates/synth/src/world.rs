//! A world: everything that its files are written from.

use crate::background::{fill_reports, fill_telemetry};
use crate::error::Error;
use crate::ground::Ground;
use crate::observation::Observation;
use crate::options::WorldOptions;
use crate::plant::{self, PlantedLink};
use crate::pool::Pools;
use crate::report::Report;
use crate::rng::{Rng, Stream};
use crate::site::Site;
use crate::site_plan::make_sites;
use crate::truth::{Decoy, Truth};
use crate::write;

use std::path::Path;

/// A synthetic world in memory.
#[derive(Debug, Clone)]
pub struct World {
    pub(crate) options: WorldOptions,
    /// By number.
    pub(crate) reports: Vec<Report>,
    /// By time.
    pub(crate) observations: Vec<Observation>,
    pub(crate) sites: Vec<Site>,
    pub(crate) decoys: Vec<Decoy>,
    pub(crate) planted: Vec<PlantedLink>,
}

/// How much a world holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorldSummary {
    /// Reports, one file each.
    pub reports: usize,
    /// Captured addresses in all reports, of all roles.
    pub events: usize,
    /// Rows of telemetry.
    pub observations: usize,
    /// Versions of sites.
    pub sites: usize,
    /// Prefixes and ranges in all files of networks.
    pub prefixes: usize,
    /// Links that an investigation must find: one for each event and session.
    pub links: usize,
    /// Reports with at least one link.
    pub linked_reports: usize,
    /// Reports planted so that they nearly link.
    pub decoys: usize,
}

/// Makes a world in memory: the same options make the same world on every machine.
pub fn generate(options: &WorldOptions) -> World {
    let scale = options.size.scale();
    let plans = make_sites(&mut Rng::new(options.seed, Stream::Sites), scale);
    let mut rng = Rng::new(options.seed, Stream::Planting);
    let free_report_ids = report_ids(&mut rng, scale.reports);
    let mut ground = Ground {
        rng,
        plans,
        pools: Pools::new(),
        reports: Vec::new(),
        observations: Vec::new(),
        planted: Vec::new(),
        decoys: Vec::new(),
        free_report_ids,
    };
    plant::plant(&mut ground, scale.plantings);
    ground.rng = Rng::new(options.seed, Stream::Reports);
    fill_reports(&mut ground, scale.reports);
    ground.rng = Rng::new(options.seed, Stream::Telemetry);
    fill_telemetry(&mut ground, scale.observations);
    ground.into_world(*options)
}

/// Numbers of seven digits, in random order.
fn report_ids(rng: &mut Rng, count: usize) -> Vec<u32> {
    let mut next = 4_006_000;
    let mut ids = Vec::with_capacity(count);
    for _ in 0..count {
        next += rng.between(1, 19) as u32;
        ids.push(next);
    }
    rng.shuffle(&mut ids);
    ids
}

impl Ground {
    fn into_world(mut self, options: WorldOptions) -> World {
        self.reports.sort_by_key(|report| report.report_id);
        // A stable sort: rows of the same moment keep the order in which they were made.
        self.observations
            .sort_by_key(|observation| observation.observed_at);
        self.decoys
            .sort_by(|first, second| first.report_id.cmp(&second.report_id));
        World {
            options,
            reports: self.reports,
            observations: self.observations,
            sites: self.plans.into_iter().map(|plan| plan.site).collect(),
            decoys: self.decoys,
            planted: self.planted,
        }
    }
}

impl World {
    /// What an investigation with default parameters must find, by brute force.
    pub fn truth(&self) -> Truth {
        Truth::of(self)
    }

    /// What was planted as a link; the truth does not look at it.
    pub fn planted_links(&self) -> &[PlantedLink] {
        &self.planted
    }

    /// Writes the world's raw files and its truth into the folder `out`, which is made where it is missing.
    ///
    /// # Errors
    /// [`Error::NotEmpty`] where the folder holds anything; [`Error::Io`] where a file cannot be written.
    pub fn write(&self, out: &Path) -> Result<WorldSummary, Error> {
        let truth = self.truth();
        write::write(self, &truth, out)?;
        Ok(self.summary(&truth))
    }

    fn summary(&self, truth: &Truth) -> WorldSummary {
        let mut linked: Vec<&str> = truth.links.iter().map(|link| link.report_id.as_str()).collect();
        linked.dedup();
        WorldSummary {
            reports: self.reports.len(),
            events: self.reports.iter().map(|report| report.events().count()).sum(),
            observations: self.observations.len(),
            sites: self.sites.len(),
            prefixes: write::prefixes(),
            links: truth.links.len(),
            linked_reports: linked.len(),
            decoys: truth.decoys.len(),
        }
    }
}

/// Makes a world and writes its raw files and `truth.json` into the folder `out`.
///
/// # Errors
/// [`Error::NotEmpty`] where the folder holds anything; [`Error::Io`] where a file cannot be written.
pub fn write_world(options: &WorldOptions, out: &Path) -> Result<WorldSummary, Error> {
    generate(options).write(out)
}

#[cfg(test)]
#[path = "world_tests.rs"]
mod tests;

//! `tieline synth`: writes a synthetic world.

use std::thread::available_parallelism;
use std::time::Instant;

use tieline_synth::joins::write_joins_world;
use tieline_synth::{WorldOptions, write_world};

use crate::args::SynthArgs;
use crate::failure::Failure;
use crate::output::note;
use crate::output::words::thousands;

pub(crate) fn synth(args: &SynthArgs) -> Result<(), Failure> {
    match &args.size {
        Some(size) => raw_files(args, size),
        None => joins(args),
    }
}

fn raw_files(args: &SynthArgs, size: &str) -> Result<(), Failure> {
    let options = WorldOptions {
        seed: args.seed,
        size: size.parse().map_err(Failure::usage)?,
    };
    let summary = write_world(&options, &args.out).map_err(Failure::new)?;
    note(&format!(
        "{}: {} reports, {} observations, {} sites, {} prefixes; the truth has {} links and {} decoys",
        args.out.display(),
        summary.reports,
        summary.observations,
        summary.sites,
        summary.prefixes,
        summary.links,
        summary.decoys,
    ));
    Ok(())
}

fn joins(args: &SynthArgs) -> Result<(), Failure> {
    let start = Instant::now();
    let threads = available_parallelism().map_or(1, usize::from);
    let options = args.joins_options();
    options.check().map_err(Failure::usage)?;
    let summary = write_joins_world(&options, threads, &args.out).map_err(Failure::new)?;
    let rows: Vec<_> = summary
        .rows
        .iter()
        .map(|(table, rows)| format!("{} {table}", thousands(*rows)))
        .collect();
    let megabytes = summary.bytes.values().sum::<u64>().div_ceil(1_000_000);
    note(&format!(
        "{}: {}; {} MB, in {:.1} s",
        args.out.display(),
        rows.join(", "),
        thousands(megabytes),
        start.elapsed().as_secs_f64()
    ));
    Ok(())
}

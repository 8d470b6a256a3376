//! `tieline synth`: writes a synthetic world.

use tieline_synth::{WorldOptions, write_world};

use crate::args::SynthArgs;
use crate::failure::Failure;
use crate::output::note;

pub(crate) fn synth(args: &SynthArgs) -> Result<(), Failure> {
    let size = args.size.parse().map_err(Failure::usage)?;
    let options = WorldOptions {
        seed: args.seed,
        size,
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

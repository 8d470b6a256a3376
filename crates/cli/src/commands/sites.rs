//! `tieline sites`: looks at files of sites before they are ingested.

use std::path::PathBuf;
use std::sync::Arc;

use tieline::datafusion::arrow::array::{ArrayRef, RecordBatch, StringArray, UInt64Array};
use tieline::{Doubt, check_sites};

use crate::args::{Format, SitesArgs, SitesCheckArgs, SitesCommand};
use crate::failure::Failure;
use crate::output::words::count;
use crate::output::{Printer, note};

pub(crate) fn sites(args: &SitesArgs) -> Result<(), Failure> {
    match &args.command {
        SitesCommand::Check(args) => check(args),
    }
}

/// Prints one row per doubt; a doubt is a failure, so that a script can stop before it ingests.
fn check(args: &SitesCheckArgs) -> Result<(), Failure> {
    let doubts = check_sites(&args.files);
    // An empty table would be a frame without a word; the other formats are for programs, which read an empty one.
    if !doubts.is_empty() || args.format != Format::Table {
        let rows = rows(&args.files, &doubts)?;
        Printer::new(args.format).print_batches(&rows.schema(), std::slice::from_ref(&rows))?;
    }
    if doubts.is_empty() {
        note(&format!(
            "sites: {}, nothing doubtful",
            count(args.files.len() as u64, "file")
        ));
        return Ok(());
    }
    let rejected = doubts.iter().filter(|doubt| doubt.rejected).count();
    let failure = Failure::doubtful(format!("{} about the sites", count(doubts.len() as u64, "doubt")));
    Err(failure.hint(format!(
        "ingest rejects {rejected} of these and loads the others as they are"
    )))
}

fn rows(files: &[PathBuf], doubts: &[Doubt]) -> Result<RecordBatch, Failure> {
    let texts = |text: fn(&Doubt) -> Option<&str>| {
        Arc::new(doubts.iter().map(text).collect::<StringArray>()) as ArrayRef
    };
    let names = doubts
        .iter()
        .map(|doubt| files.get(doubt.file).map(|path| path.display().to_string()));
    let features = doubts.iter().map(|doubt| doubt.feature);
    Ok(RecordBatch::try_from_iter_with_nullable([
        ("file", Arc::new(names.collect::<StringArray>()) as ArrayRef, true),
        ("feature", Arc::new(features.collect::<UInt64Array>()), true),
        ("site_id", texts(|doubt| doubt.site_id.as_deref()), true),
        ("field", texts(|doubt| doubt.field.as_deref()), true),
        ("doubt", texts(|doubt| Some(&doubt.doubt)), true),
        (
            "at_ingest",
            texts(|doubt| Some(if doubt.rejected { "rejected" } else { "loaded" })),
            true,
        ),
        ("hint", texts(|doubt| Some(doubt.hint)), true),
    ])?)
}

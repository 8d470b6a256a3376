//! `tieline sites`: looks at files of sites before they are ingested.

use std::sync::Arc;

use tieline::datafusion::arrow::array::{ArrayRef, RecordBatch, StringArray, UInt64Array};
use tieline::{Doubt, SitesCheck, SourceProblem, check_sites};

use crate::args::{Format, SitesArgs, SitesCheckArgs, SitesCommand};
use crate::failure::Failure;
use crate::output::words::{count, defused};
use crate::output::{Printer, note};

pub(crate) fn sites(args: &SitesArgs) -> Result<(), Failure> {
    match &args.command {
        SitesCommand::Check(args) => check(args),
    }
}

/// Prints one row per doubt; a doubt is a failure, so that a script can stop before it ingests.
fn check(args: &SitesCheckArgs) -> Result<(), Failure> {
    let found = check_sites(&args.paths);
    // An empty table would be a frame without a word; the other formats are for programs, which read an empty one.
    if !found.doubts.is_empty() || args.format != Format::Table {
        let rows = rows(&found)?;
        Printer::new(args.format).print_batches(&rows.schema(), std::slice::from_ref(&rows))?;
    }
    let doubts = match found.doubts.len() as u64 {
        0 => "nothing doubtful".to_owned(),
        doubts => format!("{} about the sites", count(doubts, "doubt")),
    };
    if !found.problems.is_empty() {
        let failure = unread(&found.problems);
        return Err(match found.files.is_empty() {
            true => failure,
            false => failure.hint(format!("of what could be read: {doubts}")),
        });
    }
    if found.doubts.is_empty() {
        let files = count(found.files.len() as u64, "file");
        note(&format!("sites: {files}, {doubts}"));
        return Ok(());
    }
    let rejected = found.doubts.iter().filter(|doubt| doubt.rejected).count();
    let hint = format!("ingest rejects {rejected} of these and loads the others");
    Err(Failure::doubtful(doubts).hint(hint))
}

/// What cannot be read is a wrong input and no doubt; one line each where it is more than one.
fn unread(problems: &[SourceProblem]) -> Failure {
    let line = |problem: &SourceProblem| format!("{}: {}", problem.path.display(), problem.reason);
    if let [problem] = problems {
        return Failure::new(line(problem));
    }
    for problem in problems {
        note(&defused(&line(problem)));
    }
    Failure::new(format!("{} cannot be read", count(problems.len() as u64, "path")))
}

fn rows(SitesCheck { files, doubts, .. }: &SitesCheck) -> Result<RecordBatch, Failure> {
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

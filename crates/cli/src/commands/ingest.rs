//! `tieline ingest`: adds files to a case and says what became of them.

use tieline::{Case, FileReport, IngestOptions, IngestReport, Kind, Note, Unit};

use crate::args::IngestArgs;
use crate::failure::Failure;
use crate::output::note;
use crate::output::words::{count, defused, thousands};

/// More lines of a kind than this are counted, not listed.
const LISTED: usize = 50;

pub(crate) async fn ingest(args: &IngestArgs) -> Result<(), Failure> {
    check_options(args)?;
    let options = IngestOptions {
        network_kind: args.network_kind.clone(),
        valid_from_us: args.valid_from,
        valid_to_us: args.valid_to,
    };
    let mut case = Case::open_or_create(&args.case, args.case_options())?;
    let report = case.ingest(args.kind.into(), &args.paths, &options).await?;
    describe(args.kind.into(), &report);
    if report.settings_adopted {
        note("settings: case.toml beside the files is now the case's");
    }
    if report.loaded_nothing() {
        let failure = Failure::new("nothing could be loaded");
        return Err(failure.hint("every reason is a line above, and a row of the case's table rejects"));
    }
    Ok(())
}

/// An option that would be ignored, or a validity that never holds, is a mistake.
fn check_options(args: &IngestArgs) -> Result<(), Failure> {
    let of_networks = args.network_kind.is_some() || args.valid_from.is_some() || args.valid_to.is_some();
    if of_networks && Kind::from(args.kind) != Kind::Networks {
        return Err(Failure::usage(
            "--network-kind, --valid-from and --valid-to are for networks",
        ));
    }
    match (args.valid_from, args.valid_to) {
        (Some(from), Some(to)) if from >= to => Err(Failure::usage("--valid-from is not before --valid-to")),
        _ => Ok(()),
    }
}

/// One line per reject, note and duplicate, then the counts.
fn describe(kind: Kind, report: &IngestReport) {
    let rejects = report.read().flat_map(|outcome| {
        outcome
            .rejects
            .iter()
            .map(|reject| format!("rejected: {}: {reject}", outcome.source_file))
    });
    let notes = report.read().flat_map(|outcome| {
        let line = |note: &Note| {
            format!(
                "note: {}: {}: {} ({})",
                outcome.source_file,
                note.field,
                note.text,
                count(note.count, "time")
            )
        };
        outcome.notes.iter().map(line)
    });
    let duplicates = report.files.iter().filter_map(|file| match file {
        FileReport::Duplicate(source) => Some(format!("{}: in the case already, 0 rows added", source.name)),
        FileReport::Read(_) => None,
    });
    list(rejects, "the case's table rejects has them all");
    list(notes, "of the same kinds");
    list(duplicates, "files that the case has already");
    note(&summary(kind, report));
    let flags = flags(report);
    if !flags.is_empty() {
        note(&format!("{kind}: loaded and flagged: {flags}"));
    }
}

/// Prints the first lines and counts the others.
fn list(lines: impl Iterator<Item = String>, others: &str) {
    let mut more = 0;
    for (position, line) in lines.enumerate() {
        if position < LISTED {
            note(&defused(&line));
        } else {
            more += 1;
        }
    }
    if more > 0 {
        note(&format!("… {} more: {others}", count(more, "line")));
    }
}

/// `telemetry: 3 files; 20,104 rows in = 20,100 loaded + 4 rejected`
pub(crate) fn summary(kind: Kind, report: &IngestReport) -> String {
    let mut text = format!("{kind}: {}", count(report.files.len() as u64, "file"));
    if report.duplicates() > 0 {
        text += &format!(", {} in the case already", report.duplicates());
    }
    for counts in report.units() {
        text += &format!(
            "; {} in = {} loaded + {} rejected",
            count(counts.rows_in, noun(counts.unit)),
            thousands(counts.rows_loaded),
            thousands(counts.rows_rejected)
        );
    }
    text
}

/// `212 low_decimals, 3 null_island`; empty where nothing is doubtful.
pub(crate) fn flags(report: &IngestReport) -> String {
    let flags: Vec<_> = report
        .flags()
        .into_iter()
        .map(|(flag, rows)| format!("{} {flag}", thousands(rows)))
        .collect();
    flags.join(", ")
}

fn noun(unit: Unit) -> &'static str {
    match unit {
        Unit::File => "whole file",
        Unit::Report => "report",
        Unit::IpEvent => "address event",
        Unit::Row => "row",
        Unit::Site => "site",
        Unit::Prefix => "prefix",
    }
}

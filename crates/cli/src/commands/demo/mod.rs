//! `tieline demo`: the whole way on the synthetic world that the binary carries.

mod samples;
mod truth;

use std::io::{self, Write};
use std::path::Path;
use std::time::Instant;

use tieline::{Case, CaseOptions, Error, IngestOptions, KeySource, Kind, Params, Run};

use crate::args::DemoArgs;
use crate::commands::ingest::{flags, summary};
use crate::commands::run::{cautions, section};
use crate::failure::Failure;
use crate::output::json;

pub(crate) async fn demo(args: &DemoArgs) -> Result<(), Failure> {
    let start = Instant::now();
    let raw = tempfile::tempdir()?;
    samples::unpack(raw.path())?;
    let mut case = fresh_case(&args.case)?;

    let mut out = io::stdout().lock();
    writeln!(
        out,
        "A synthetic world: every report, device, address and site in it is invented, and the sites lie at sea.\n"
    )?;
    writeln!(out, "1. Raw files in")?;
    for kind in Kind::ALL {
        let report = case
            .ingest(
                kind,
                [raw.path().join(kind.to_string())],
                &IngestOptions::default(),
            )
            .await?;
        writeln!(out, "   {}", summary(kind, &report))?;
        let flags = flags(&report);
        if !flags.is_empty() {
            writeln!(out, "     flagged: {flags}")?;
        }
    }
    writeln!(out, "\n2. The investigation\n")?;
    let run = case.run("nexus", &Params::default()).await?;
    for step in run.investigation().steps() {
        if let Some(text) = section(&run, step, SHOWN_ROWS)? {
            writeln!(out, "{text}")?;
        }
    }
    writeln!(out, "{}", headline(&run).await?)?;
    writeln!(out, "\n3. Compared with the planted truth")?;
    let verdict = truth::compare(&run, &raw.path().join("truth.json"))?;
    writeln!(out, "   {verdict}")?;
    writeln!(out, "\n{}", cautions())?;
    writeln!(out, "\nDone in {:.1} s. Try next:", start.elapsed().as_secs_f64())?;
    write!(out, "{}", next_commands(&args.case))?;
    out.flush()?;
    if verdict.is_exact() {
        Ok(())
    } else {
        Err(Failure::new("the links differ from the planted truth"))
    }
}

/// A new case; one of an earlier demonstration makes way, anything else does not.
fn fresh_case(folder: &Path) -> Result<Case, Failure> {
    let options = CaseOptions {
        key: KeySource::Ephemeral,
        purpose: Some(PURPOSE.into()),
        ..CaseOptions::default()
    };
    let marker = folder.join(MARKER);
    if marker.is_file() {
        if Case::open(folder)?.manifest().version > DEMO_VERSION {
            let failure = Failure::new(format!(
                "{}: more than the demonstration is in it",
                folder.display()
            ));
            return Err(failure.hint("name another folder with --case DIR, or delete it"));
        }
        Case::remove(folder)?;
        std::fs::remove_file(&marker)?;
    }
    let created = Case::create_with(folder, options);
    let case = created.map_err(|error| match error {
        Error::CaseExists { .. } | Error::FolderInUse { .. } => {
            Failure::from(error).hint("name another folder with --case DIR")
        }
        error => error.into(),
    })?;
    std::fs::write(
        marker,
        "Made by `tieline demo`, which replaces this folder when it runs again.\n",
    )?;
    Ok(case)
}

/// Enough rows to see what a result is like.
const SHOWN_ROWS: usize = 10;

const PURPOSE: &str = "demonstration on synthetic data";

/// The version of a case after a demonstration: made, and one ingest of each kind.
const DEMO_VERSION: u64 = 1 + Kind::ALL.len() as u64;

/// Says that a folder is a demonstration's and may be replaced.
const MARKER: &str = "DEMO";

/// `27 of 300 reports are linked to 7 sites; chance alone would have linked 0.4.`
async fn headline(run: &Run) -> Result<String, Failure> {
    let query = "SELECT f.reports, a.reports AS all_reports, f.sites, round(f.expected_by_chance, 2) AS expected \
                 FROM funnel AS f CROSS JOIN funnel AS a WHERE f.step = 'linked' AND a.step = 'reports'";
    let rows = json::value(&run.session().sql(query).await?.collect().await?)?;
    let row = &rows[0];
    Ok(format!(
        "{} of {} reports are linked to {} sites; chance alone would have linked {}.",
        row["reports"], row["all_reports"], row["sites"], row["expected"]
    ))
}

/// Three commands, written as the reader just ran this one.
fn next_commands(case: &Path) -> String {
    let program = if std::env::var_os("CARGO").is_some() {
        "cargo run -q --"
    } else {
        "tieline"
    };
    let case = quoted(&case.display().to_string());
    format!(
        "   {program} run nexus --case {case} --param window='10 minutes'\n   \
         {program} sql --case {case} -c \"SELECT excluded_reason, count(*) FROM nexus.candidates GROUP BY 1\"\n   \
         {program} sql --case {case} -c \"SELECT unit, sum(rows_in), sum(rows_loaded), sum(rows_rejected) FROM ledger GROUP BY unit\"\n"
    )
}

/// A word as a shell takes it for one.
fn quoted(word: &str) -> String {
    if word.chars().all(|c| c.is_alphanumeric() || "/._-".contains(c)) {
        return word.into();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

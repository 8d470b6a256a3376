//! `tieline run`: runs an investigation and prints what it found.

use std::io::{self, Write};

use serde_json::{Map, Value};
use tieline::{CAUTIONS, Case, Investigation, OutputColumns, Params, Run, Step};

use crate::args::{Format, RunArgs};
use crate::failure::Failure;
use crate::output::csv::CsvRows;
use crate::output::table::{TableRows, Texts, render_columns};
use crate::output::{Rows, json, note};

/// A terminal shows so many rows of a result; the result's file has them all.
const SHOWN_ROWS: usize = 20;

/// What csv prints unless another result is named.
const CSV_RESULT: &str = "links";

pub(crate) async fn run(args: &RunArgs) -> Result<(), Failure> {
    let investigation = match &args.plans {
        Some(folder) => Investigation::from_folder(&args.investigation, folder)?,
        None => Investigation::shipped(&args.investigation)?,
    };
    // Before anything runs: csv prints one result, which must be there.
    let printed = match (&args.table, args.format) {
        (None, Format::Csv) => Some(CSV_RESULT),
        (table, _) => table.as_deref(),
    };
    if let Some(name) = printed
        && !investigation.steps().iter().any(|step| step.header.name == name)
    {
        let names: Vec<_> = investigation
            .steps()
            .iter()
            .map(|step| step.header.name.as_str())
            .collect();
        let failure = Failure::usage(format!("no result is called '{name}'"));
        return Err(failure.hint(format!("name one with --table: {}", names.join(", "))));
    }
    let mut params = Params::default();
    for (name, value) in &args.params {
        if params.iter().any(|(given, _)| given == name) {
            let failure = Failure::usage(format!("--param {name} is given twice"));
            return Err(failure.hint("a list is one value: --param roles='reported, file'"));
        }
        params = params.with(name, value);
    }
    let case = Case::open_with(&args.case, args.case_options())?;
    let run = case.run_investigation(&investigation, &params).await?;
    print(&run, args)?;
    for text in &run.manifest().notes {
        note(&format!("note: {text}"));
    }
    note(&format!("results: {}", run.folder().display()));
    Ok(())
}

fn print(run: &Run, args: &RunArgs) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match (args.format, &args.table) {
        (Format::Table, None) => out.write_all(report(run)?.as_bytes())?,
        (Format::Table, Some(name)) => {
            let rows = TableRows::new(run.schema(name)?.as_ref(), Texts::Values);
            print_rows(run, name, rows, &mut out)?;
            writeln!(out, "\n{}", cautions())?;
        }
        (Format::Json, None) => writeln!(out, "{:#}", object(run)?)?,
        (Format::Json, Some(name)) => {
            let mut object = frame(run);
            object.insert(name.clone(), json::value(&run.batches(name)?)?);
            writeln!(out, "{:#}", Value::Object(closed(object)))?;
        }
        (Format::Csv, name) => {
            let name = name.as_deref().unwrap_or(CSV_RESULT);
            let rows = CsvRows::new(run.schema(name)?.as_ref());
            print_rows(run, name, rows, &mut out)?;
            // A csv file has no place for a sentence.
            note(&cautions());
        }
    }
    out.flush()?;
    Ok(())
}

fn print_rows(run: &Run, name: &str, mut rows: impl Rows, out: &mut dyn Write) -> Result<(), Failure> {
    for batch in run.reader(name)? {
        rows.add(&batch?, out)?;
    }
    rows.end(out)
}

/// Everything for people, one result after another.
fn report(run: &Run) -> Result<String, Failure> {
    let mut text = String::new();
    for step in run.investigation().steps() {
        if let Some(table) = section(run, step, SHOWN_ROWS)? {
            text += &table;
            text.push('\n');
        }
    }
    Ok(text + &cautions() + "\n")
}

/// The title and the first rows of a result for people; `None` for an intermediate one.
pub(crate) fn section(run: &Run, step: &Step, most_rows: usize) -> Result<Option<String>, Failure> {
    let Some(output) = &step.header.output else {
        return Ok(None);
    };
    let name = &step.header.name;
    let schema = run.schema(name)?;
    let columns: Vec<usize> = match output {
        OutputColumns::All => (0..schema.fields().len()).collect(),
        OutputColumns::Some(columns) => columns
            .iter()
            .filter_map(|name| schema.index_of(name).ok())
            .collect(),
    };
    let mut text = format!("{name}: {}\n", step.header.description);
    let mut batches = Vec::new();
    let mut rows = 0;
    for batch in run.reader(name)? {
        let batch = batch?;
        rows += batch.num_rows();
        batches.push(batch);
        if rows >= most_rows {
            break;
        }
    }
    text += &render_columns(&schema, &batches, &columns, most_rows)?;
    let more = (run.rows(name) as usize).saturating_sub(most_rows);
    if more > 0 {
        text += &format!(" … {more} more; --table {name} prints all with every column\n");
    }
    Ok(Some(text))
}

/// Results for people under their names, with what is needed to understand and repeat them.
fn object(run: &Run) -> Result<Value, Failure> {
    let mut object = frame(run);
    for step in run
        .investigation()
        .steps()
        .iter()
        .filter(|step| step.header.output.is_some())
    {
        object.insert(
            step.header.name.clone(),
            json::value(&run.batches(&step.header.name)?)?,
        );
    }
    Ok(Value::Object(closed(object)))
}

fn frame(run: &Run) -> Map<String, Value> {
    let manifest = run.manifest();
    let parameters = manifest
        .parameters
        .iter()
        .map(|(name, value)| (name.clone(), value.to_string().into()));
    let mut object = Map::new();
    object.insert("investigation".into(), manifest.investigation.clone().into());
    object.insert("run".into(), manifest.run.clone().into());
    object.insert("parameters".into(), Value::Object(parameters.collect()));
    object.insert("notes".into(), manifest.notes.clone().into());
    object
}

fn closed(mut object: Map<String, Value>) -> Map<String, Value> {
    object.insert("cautions".into(), CAUTIONS.to_vec().into());
    object
}

/// The cautions as lines.
pub(crate) fn cautions() -> String {
    CAUTIONS.map(|caution| format!("! {caution}")).join("\n")
}

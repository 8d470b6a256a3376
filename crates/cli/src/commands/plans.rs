//! `tieline plans`: the SQL of the investigations, to be read, copied and changed.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use tieline::Investigation;

use crate::args::PlansArgs;
use crate::failure::Failure;
use crate::output::note;

pub(crate) fn plans(args: &PlansArgs) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let Some(name) = &args.investigation else {
        for name in Investigation::shipped_names() {
            writeln!(out, "{name}")?;
        }
        return Ok(());
    };
    let investigation = Investigation::shipped(name)?;
    if let Some(folder) = &args.out {
        return export(&investigation, folder);
    }
    for step in investigation.steps() {
        writeln!(out, "{:<22} {}", step.header.name, step.header.description)?;
    }
    writeln!(out)?;
    for parameter in investigation.parameters() {
        let words = match parameter.words.as_slice() {
            [] => String::new(),
            words => format!("; of {}", words.join(", ")),
        };
        writeln!(
            out,
            "--param {}='{}'  {}{words}",
            parameter.name, parameter.default, parameter.description
        )?;
    }
    Ok(())
}

/// Writes the plans under `folder/<investigation>/`, all of them or none, and never over a file.
fn export(investigation: &Investigation, folder: &Path) -> Result<(), Failure> {
    let folder = folder.join(investigation.name());
    fs::create_dir_all(&folder).map_err(|error| failed(&folder, &error))?;
    let files = investigation
        .steps()
        .iter()
        .map(|step| (folder.join(&step.file), &step.sql));
    let files: Vec<_> = files.collect();
    if let Some((path, _)) = files.iter().find(|(path, _)| path.exists()) {
        return Err(failed(path, &ErrorKind::AlreadyExists.into()));
    }
    for (path, sql) in &files {
        let written = fs::File::create_new(path).and_then(|mut file| file.write_all(sql.as_bytes()));
        written.map_err(|error| failed(path, &error))?;
    }
    note(&format!("{}: {} plans", folder.display(), files.len()));
    Ok(())
}

fn failed(path: &Path, error: &io::Error) -> Failure {
    let another = "name another folder with --out DIR";
    match error.kind() {
        ErrorKind::AlreadyExists => Failure::new(format!("{}: there already", path.display()))
            .hint(format!("plans are never overwritten: {another}")),
        ErrorKind::NotADirectory => Failure::new(format!("{}: {error}", path.display())).hint(another),
        _ => Failure::new(format!("{}: {error}", path.display())),
    }
}

//! `tieline plans`: the SQL of the investigations, to be read, copied and changed.

use std::fs;
use std::io::{self, Write};

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

/// Writes the plans under `folder/<investigation>/`, never over a file.
fn export(investigation: &Investigation, folder: &std::path::Path) -> Result<(), Failure> {
    let folder = folder.join(investigation.name());
    let failed = |error: io::Error| Failure::new(format!("{}: {error}", folder.display()));
    fs::create_dir_all(&folder).map_err(failed)?;
    for step in investigation.steps() {
        let mut file = fs::File::create_new(folder.join(&step.file)).map_err(failed)?;
        file.write_all(step.sql.as_bytes()).map_err(failed)?;
    }
    note(&format!(
        "{}: {} plans",
        folder.display(),
        investigation.steps().len()
    ));
    Ok(())
}

//! Records on disk.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use tieline_bench::Record;

use crate::failure::Failure;

/// Writes the record as JSON.
pub(crate) fn write_record(record: &Record, path: &Path) -> Result<(), Failure> {
    let mut text = serde_json::to_string_pretty(record).map_err(Failure::new)?;
    text.push('\n');
    write(path, &text)
}

/// Writes the record and what was printed to `<folder>/<date>-<machine>/`, or with `-2` and so on where that is taken;
/// returns that.
pub(crate) fn keep(record: &Record, printed: &str, folder: &Path) -> Result<PathBuf, Failure> {
    let date = record.started_at.split('T').next().unwrap_or_default();
    let kept = new_folder(folder, &format!("{date}-{}", record.machine.short_name()))?;
    write_record(record, &kept.join("run.json"))?;
    let command: Vec<_> = std::env::args().skip(1).collect();
    let summary = format!(
        "# {date}, {}\n\n`tieline {}`, started {}, took {:.0} s.\n\n{}\n\nRaw times: `run.json`.\n\n```\n{printed}```\n",
        record.machine.short_name(),
        command.join(" "),
        record.started_at,
        record.seconds,
        machine_text(record),
    );
    write(&kept.join("summary.md"), &summary)?;
    Ok(kept)
}

fn new_folder(folder: &Path, name: &str) -> Result<PathBuf, Failure> {
    fs::create_dir_all(folder).map_err(|error| Failure::new(format!("{}: {error}", folder.display())))?;
    let mut path = folder.join(name);
    let mut number = 1;
    loop {
        match fs::create_dir(&path) {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                number += 1;
                path = folder.join(format!("{name}-{number}"));
            }
            Err(error) => return Err(Failure::new(format!("{}: {error}", path.display()))),
        }
    }
}

fn machine_text(record: &Record) -> String {
    let machine = &record.machine;
    let unknown = || "not known".to_owned();
    [
        format!("- commit: {}", machine.commit.clone().unwrap_or_else(unknown)),
        format!(
            "- tieline {}, {} build",
            machine.version,
            if machine.release_build {
                "release"
            } else {
                "development"
            }
        ),
        format!(
            "- processor: {}, {} cores",
            machine.processor.clone().unwrap_or_else(unknown),
            machine.cores
        ),
        format!(
            "- memory: {}",
            machine.memory_mb.map_or_else(unknown, |mb| format!("{mb} MB"))
        ),
        format!("- system: {}", machine.system),
    ]
    .join("\n")
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text).map_err(|error| Failure::new(format!("{}: {error}", path.display())))
}

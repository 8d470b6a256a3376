//! Records on disk.

use std::fs;
use std::path::{Path, PathBuf};

use tieline_bench::Record;

use crate::failure::Failure;

/// Writes the record as JSON.
pub(crate) fn write_record(record: &Record, path: &Path) -> Result<(), Failure> {
    let mut text = serde_json::to_string_pretty(record).map_err(Failure::new)?;
    text.push('\n');
    write(path, &text)
}

/// Writes the record and what was printed to `<folder>/<date>-<machine>/`; returns that.
pub(crate) fn keep(record: &Record, printed: &str, folder: &Path) -> Result<PathBuf, Failure> {
    let date = record.started_at.split('T').next().unwrap_or_default();
    let kept = folder.join(format!("{date}-{}", record.machine.short_name()));
    fs::create_dir_all(&kept).map_err(|error| Failure::new(format!("{}: {error}", kept.display())))?;
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

//! Writing a world's files, each in the format in which such data is delivered.

mod gaps;
mod networks;
mod reports;
mod sites;
mod telemetry;

use std::fs;
use std::path::Path;

use serde::Serialize;

use crate::address::ROUTABLE;
use crate::error::Error;
use crate::truth::Truth;
use crate::world::World;

pub(crate) use networks::prefixes;

/// Writes everything into `out`, which must be missing or empty.
pub(crate) fn write(world: &World, truth: &Truth, out: &Path) -> Result<(), Error> {
    make_empty(out)?;
    reports::write(&world.reports, &folder(out, "reports")?)?;
    telemetry::write(&world.observations, &folder(out, "telemetry")?)?;
    sites::write(&world.sites, &folder(out, "sites")?)?;
    networks::write(&folder(out, "networks")?)?;
    write_file(&out.join("case.toml"), case_settings().as_bytes())?;
    write_file(&out.join("truth.json"), &pretty(truth, out)?)
}

pub(crate) fn make_empty(out: &Path) -> Result<(), Error> {
    let failed = |source| Error::Io {
        path: out.to_owned(),
        source,
    };
    fs::create_dir_all(out).map_err(failed)?;
    match fs::read_dir(out).map_err(failed)?.next() {
        Some(_) => Err(Error::NotEmpty { path: out.to_owned() }),
        None => Ok(()),
    }
}

fn folder(out: &Path, name: &str) -> Result<std::path::PathBuf, Error> {
    let path = out.join(name);
    match fs::create_dir(&path) {
        Ok(()) => Ok(path),
        Err(source) => Err(Error::Io { path, source }),
    }
}

fn write_file(path: &Path, contents: &[u8]) -> Result<(), Error> {
    fs::write(path, contents).map_err(|source| Error::Io {
        path: path.to_owned(),
        source,
    })
}

/// JSON for people: indented, and ending with a line break.
fn pretty<T: Serialize>(value: &T, path: &Path) -> Result<Vec<u8>, Error> {
    let mut text = serde_json::to_vec_pretty(value).map_err(|error| Error::Io {
        path: path.to_owned(),
        source: error.into(),
    })?;
    text.push(b'\n');
    Ok(text)
}

fn case_settings() -> String {
    let blocks: Vec<String> = ROUTABLE.iter().map(|block| format!("\"{block}\"")).collect();
    format!(
        "# Synthetic addresses lie in blocks that are never routed on the real internet: those for documentation\n\
         # (RFC 5737, RFC 3849) and one that is reserved (RFC 1112). An investigation leaves such addresses out\n\
         # unless its case declares them routable.\n\
         routable = [{}]\n",
        blocks.join(", ")
    )
}

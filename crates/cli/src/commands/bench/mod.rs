//! `tieline bench`: strategies and peers on the same files.

mod keep;
mod table;
mod verdict;
pub(crate) mod worker;

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::thread::available_parallelism;

use tieline_bench::{
    CASES, Case, Contestant, Peer, Peers, RaceOptions, Record, Setup, SqlFiles, Strategy, Worlds, race,
    shifts,
};
use tieline_synth::joins::JoinsOptions;

use crate::args::BenchArgs;
use crate::failure::Failure;
use crate::output::note;

pub(crate) fn bench(args: &BenchArgs) -> Result<(), Failure> {
    let cases = cases(args)?;
    let world = JoinsOptions {
        scale: args.scale,
        ..JoinsOptions::default()
    };
    world.check().map_err(Failure::usage)?;
    let files = match &args.sql {
        Some(folder) => SqlFiles::of(absolute(folder)?),
        None => SqlFiles::unpack(&absolute(&args.data)?.join("sql"))?,
    };
    let peers = Peers::below(absolute(&args.data)?.join("peers"));
    let named = named_peers(args)?;
    let troubles = if args.setup_peers {
        set_up(&peers, &files, named.as_deref())?
    } else {
        Vec::new()
    };
    let raced = named.clone().unwrap_or_else(|| installed(&peers));
    let before = args.against.as_deref().map(read_record).transpose()?;
    let options = RaceOptions {
        cases,
        contestants: contestants(args, &raced)?,
        threads: args
            .threads
            .or(available_parallelism().ok())
            .map_or(1, usize::from),
        time_limit: args.time_limit,
        budget: args.budget,
        worlds: Worlds {
            folder: absolute(&args.data)?.join("worlds"),
            given: args.world.clone(),
            scale: args.scale,
            seed: args.seed,
            codec: args.codec,
        },
        scratch: absolute(&args.data)?.join("scratch"),
        peers,
        files,
        ours: our_command()?,
    };
    if cfg!(debug_assertions) {
        note("note: this is a development build; its times mean nothing (cargo run --release)");
    }
    let record = race(&options, &mut |line| note(line));
    let mut text = table::render(&record);
    if named.is_none() {
        text.push_str(&missing(&raced));
    }
    if let Some(before) = &before {
        text.push_str(&table::shifts(&shifts(before, &record)));
    }
    io::stdout().lock().write_all(text.as_bytes())?;
    if let Some(path) = &args.json {
        keep::write_record(&record, path)?;
    }
    if let Some(folder) = &args.keep {
        let kept = keep::keep(&record, &text, folder)?;
        note(&format!("kept in {}", kept.display()));
    }
    verdict::verdict(&record, &troubles)
}

fn cases(args: &BenchArgs) -> Result<Vec<Case>, Failure> {
    let suites: Vec<_> = args.suite.iter().flat_map(|suites| suites.0.clone()).collect();
    let asked = |case: &&Case| {
        suites.contains(&case.suite)
            && (args.case.is_empty() || args.case.iter().any(|name| name == case.name))
    };
    for name in &args.case {
        if !CASES
            .iter()
            .any(|case| case.name == name && suites.contains(&case.suite))
        {
            let known: Vec<_> = CASES.iter().map(|case| case.name).collect();
            return Err(
                Failure::usage(format!("there is no such case in these suites: {name}"))
                    .hint(format!("the cases are {}", known.join(", "))),
            );
        }
    }
    Ok(CASES.iter().filter(asked).copied().collect())
}

/// The peers that were named, or `None` where none were.
fn named_peers(args: &BenchArgs) -> Result<Option<Vec<&'static Peer>>, Failure> {
    match args.peers.as_slice() {
        [] => Ok(None),
        [word] if word == "none" => Ok(Some(Vec::new())),
        [word] if word == "all" => Ok(Some(Peer::ALL.iter().collect())),
        names => Ok(Some(
            names
                .iter()
                .map(|name| Peer::of(name))
                .collect::<Result<_, _>>()?,
        )),
    }
}

fn installed(peers: &Peers) -> Vec<&'static Peer> {
    let there = |peer: &&Peer| peer.from_wheels && peers.python(peer).is_ok();
    Peer::ALL.iter().filter(there).collect()
}

fn contestants(args: &BenchArgs, peers: &[&'static Peer]) -> Result<Vec<Contestant>, Failure> {
    let strategies: Vec<_> = match args.strategies.as_slice() {
        [word] if word == "none" => Vec::new(),
        [word] if word == "all" => Strategy::ALL.iter().collect(),
        names => names
            .iter()
            .map(|name| Strategy::of(name))
            .collect::<Result<_, _>>()?,
    };
    let ours = strategies.into_iter().map(Contestant::Ours);
    Ok(ours.chain(peers.iter().copied().map(Contestant::Peer)).collect())
}

/// Sets the peers up, all of them where none were named; returns what could not be.
fn set_up(peers: &Peers, files: &SqlFiles, named: Option<&[&'static Peer]>) -> Result<Vec<String>, Failure> {
    let all: Vec<_> = Peer::ALL.iter().collect();
    let mut troubles = Vec::new();
    for peer in named.unwrap_or(&all) {
        note(&format!("setting up {} ({})", peer.name, peer.title));
        if let Setup::Failed(reason) = peers.set_up(peer, files)? {
            note(&format!("  {reason}"));
            troubles.push(format!("{}: {reason}", peer.name));
        }
    }
    Ok(troubles)
}

/// Who did not race because it is not there.
fn missing(raced: &[&'static Peer]) -> String {
    let missing: Vec<_> = Peer::ALL
        .iter()
        .filter(|peer| peer.from_wheels && !raced.contains(peer))
        .map(|peer| peer.name)
        .collect();
    match missing.as_slice() {
        [] => String::new(),
        names => format!(
            "not installed: {} (tieline bench --setup-peers)\n",
            names.join(", ")
        ),
    }
}

fn our_command() -> Result<Vec<OsString>, Failure> {
    Ok(vec![
        std::env::current_exe()?.into_os_string(),
        "bench-worker".into(),
    ])
}

fn absolute(path: &Path) -> Result<std::path::PathBuf, Failure> {
    Ok(std::path::absolute(path)?)
}

fn read_record(path: &Path) -> Result<Record, Failure> {
    let text = fs::read(path).map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
    serde_json::from_slice(&text)
        .map_err(|error| Failure::new(format!("{}: not a record of a race: {error}", path.display())))
}

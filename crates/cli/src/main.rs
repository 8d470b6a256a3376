//! The command `tieline`: results go to stdout, everything else to stderr, and the exit code says how it ended.
//!
//! | code | meaning |
//! |---:|---|
//! | 0 | done |
//! | 1 | a statement, a plan or an input is wrong, or nothing could be loaded |
//! | 2 | the command line is wrong |
//! | 3 | a check found something doubtful |
//! | 4 | a memory or time limit ended the work, or the disk is too small |
//! | 5 | an answer was wrong |
//! | 130 | Ctrl-C ended it |
//! | 143 | SIGTERM ended it |

mod allocator;
mod args;
mod commands;
mod failure;
mod memory;
mod output;
mod runtime;
mod scratch;
mod signals;

use std::panic;
use std::process::ExitCode;
use std::time::Duration;

use clap::{CommandFactory, FromArgMatches};

use args::{Cli, Command};
use failure::Failure;
use output::note;
use scratch::Scratch;
use signals::Signals;

/// How long work that has been given up may take to end by itself.
const LAST_STEPS: Duration = Duration::from_millis(100);

fn main() -> ExitCode {
    allocator::keep_memory();
    // Where, and not what: the text of a panic may quote a value.
    panic::set_hook(Box::new(|panic| {
        if let Some(place) = panic.location() {
            note(&format!("note: a fault at {}:{}", place.file(), place.line()));
        }
    }));
    let matches = Cli::command().get_matches();
    let result = Cli::from_arg_matches(&matches)
        .map_err(Failure::from)
        .and_then(|cli| runtime::on_deep_stack(|| work(cli.command, &matches))?);
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report().into(),
    }
}

fn work(command: Command, matches: &clap::ArgMatches) -> Result<(), Failure> {
    let runtime = runtime::runtime(command.threads())?;
    let scratch = command.leaves_files().then(Scratch::make);
    let signals = scratch.as_ref().map(|scratch| Signals::listen(scratch.removal()));
    let work = dispatch(command, matches);
    let result = match signals.transpose()? {
        Some(signals) => runtime.block_on(signals.or_told(work)),
        None => runtime.block_on(work),
    };
    // What a limit or a signal has ended may be in the middle of a step that nothing interrupts: the prompt does not wait for it.
    runtime.shutdown_timeout(LAST_STEPS);
    // And what it has spilled goes all the same.
    drop(scratch);
    result
}

async fn dispatch(command: Command, matches: &clap::ArgMatches) -> Result<(), Failure> {
    match command {
        Command::Bench(args) => commands::bench::bench(&args),
        Command::BenchWorker(args) => commands::bench::worker::worker(&args).await,
        Command::Demo(args) => commands::demo::demo(&args).await,
        Command::Ingest(args) => commands::ingest::ingest(&args).await,
        Command::Plans(args) => commands::plans::plans(&args),
        Command::Run(args) => commands::run::run(&args).await,
        Command::Sites(args) => commands::sites::sites(&args),
        Command::Sql(args) => {
            let order = matches
                .subcommand()
                .map(|(_, matches)| args.in_order(matches))
                .unwrap_or_default();
            commands::sql::sql(&args, order).await
        }
        Command::Synth(args) => commands::synth::synth(&args),
    }
}

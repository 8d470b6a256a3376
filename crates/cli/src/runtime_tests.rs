use clap::Parser;

use super::{on_deep_stack, runtime};
use crate::args::Cli;

#[test]
fn a_statement_runs_on_as_many_threads_as_asked_for() {
    for command in [
        &["tieline", "sql", "--threads", "3", "-c", "SELECT 1"][..],
        &["tieline", "run", "nexus", "--case", "c", "--threads", "3"][..],
    ] {
        let cli = Cli::try_parse_from(command).unwrap();
        let runtime = runtime(cli.command.threads()).unwrap();
        assert_eq!(runtime.metrics().num_workers(), 3, "{command:?}");
    }
}

/// Calls itself so many times, each time with a kilobyte on the stack, as DataFusion does for each OR of a condition.
fn descend(times: usize) -> usize {
    let kilobyte = std::hint::black_box([times as u8; 1024]);
    match times {
        0 => 0,
        _ => descend(times - 1) + usize::from(kilobyte[0] == times as u8),
    }
}

#[test]
fn conditions_of_thousands_of_parts_have_the_stack_they_take() {
    assert_eq!(on_deep_stack(|| descend(200_000)).unwrap(), 200_000);
    let runtime = runtime(None).unwrap();
    let task = runtime.spawn(async { descend(25_000) });
    assert_eq!(runtime.block_on(task).unwrap(), 25_000);
}

#[test]
fn a_panic_on_the_deep_stack_is_one_here() {
    let panicked = std::panic::catch_unwind(|| on_deep_stack(|| assert_eq!(descend(1), 2)));
    assert!(panicked.is_err());
}

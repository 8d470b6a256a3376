use clap::Parser;

use super::runtime;
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

//! What `--help` prints.

use crate::tieline::Desk;

#[test]
fn help_says_what_comes_out() {
    let desk = Desk::new();
    insta::assert_snapshot!("tieline", desk.ok(["--help"]));
    for command in ["bench", "demo", "ingest", "plans", "run", "sites", "sql", "synth"] {
        insta::assert_snapshot!(command, desk.ok([command, "--help"]));
    }
}

#[test]
fn plans_lists_results_and_parameters() {
    let desk = Desk::new();
    assert_eq!(desk.ok(["plans"]), "nexus\n");
    insta::assert_snapshot!("plans_nexus", desk.ok(["plans", "nexus"]));
}

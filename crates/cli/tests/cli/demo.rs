//! The demonstration.

use crate::tieline::Desk;

#[test]
fn the_demo_finds_the_planted_truth_from_any_folder() {
    let desk = Desk::new();
    let text = desk.ok(["demo"]);
    assert!(text.contains(": exact"), "{text}");
    assert!(text.contains("0 of 73 decoys linked"), "{text}");
    assert!(
        text.contains("not prevalence") && text.contains("may be victims"),
        "{text}"
    );
    assert!(desk.path("tieline-demo/manifest.json").is_file());
    assert!(
        !desk.path("config").exists(),
        "the demonstration leaves no key behind"
    );
}

#[test]
fn the_three_commands_it_ends_with_work() {
    let desk = Desk::new();
    let text = desk.ok(["demo"]);
    let commands: Vec<_> = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("tieline "))
        .collect();
    assert_eq!(commands.len(), 3, "{text}");
    for command in commands {
        let words = words(command);
        assert!(!desk.ok(&words).is_empty(), "{command}");
    }
}

/// Splits a command as a shell would: quotes hold words together.
fn words(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for character in command.chars() {
        match (character, quote) {
            ('\'' | '"', None) => quote = Some(character),
            (character, Some(open)) if character == open => quote = None,
            (' ', None) => words.push(String::new()),
            (character, _) => words.last_mut().unwrap().push(character),
        }
    }
    words
}

#[test]
fn a_second_demo_replaces_the_first_and_nothing_else() {
    let desk = Desk::new();
    desk.ok(["demo"]);
    desk.ok(["demo"]);
    desk.write("mine/notes.txt", "keep");
    let ended = desk.run(["demo", "--case", "mine"]);
    assert_eq!(ended.code, 1);
    assert!(
        ended.stderr.contains("not empty, and not a case"),
        "{}",
        ended.stderr
    );
    assert!(desk.path("mine/notes.txt").is_file());
}

#[test]
fn a_case_of_real_work_is_never_replaced() {
    let desk = Desk::new();
    desk.write(
        "raw/sites.geojson",
        r#"{"type":"FeatureCollection","features":[]}"#,
    );
    desk.run(["ingest", "sites", "raw", "--case", "work"]);
    assert!(desk.path("work/manifest.json").is_file());
    assert_eq!(desk.run(["demo", "--case", "work"]).code, 1);
    assert!(desk.path("work/manifest.json").is_file());
}

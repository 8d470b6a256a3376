//! The race track: what goes wrong is in the table, the rest goes on, and the exit code tells.

use crate::tieline::Desk;

/// A world of 2,000 observations, raced by ourselves alone.
const TINY: [&str; 6] = ["bench", "--scale", "0.0001", "--peers", "none", "--threads"];

fn read(desk: &Desk, name: &str) -> String {
    std::fs::read_to_string(desk.path(name)).unwrap()
}

#[test]
fn every_suite_runs_and_every_answer_is_right() {
    let desk = Desk::new();
    let output = desk
        .command()
        .args(TINY)
        .args(["2", "--json", "run.json", "--keep", "runs"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    for case in [
        "ranges",
        "fences_few",
        "fences_many",
        "fences_most",
        "bands_hour",
        "bands_day",
        "bands_skew",
        "nexus",
        "nexus_inside",
    ] {
        assert!(
            text.contains(&format!("\n{case}: ")) || text.starts_with(&format!("{case}: ")),
            "{case}\n{text}"
        );
    }
    for operator in ["IndexJoinExec", "NestedLoopJoinExec", "HashJoinExec"] {
        assert!(text.contains(operator), "{operator}\n{text}");
    }
    assert!(!text.contains("wrong") && !text.contains("failed"), "{text}");
    let record: serde_json::Value = serde_json::from_str(&read(&desk, "run.json")).unwrap();
    let entry = &record["cases"][0]["entries"][0];
    assert!(
        entry["warm"]["median_s"].as_f64().unwrap() > 0.0 && entry["bytes_read"].as_u64().unwrap() > 0,
        "{entry}"
    );
    assert_eq!(
        entry["warm_s"].as_array().unwrap().len() as u64,
        entry["warm"]["runs"].as_u64().unwrap()
    );
    // What was kept is the same record and what was printed.
    let kept = std::fs::read_dir(desk.path("runs"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let summary = std::fs::read_to_string(kept.join("summary.md")).unwrap();
    assert!(
        summary.contains(&text) && summary.contains("--scale 0.0001"),
        "{summary}"
    );
    assert_eq!(
        std::fs::read_to_string(kept.join("run.json")).unwrap(),
        read(&desk, "run.json")
    );
}

#[test]
fn a_wrong_answer_is_wrong_and_has_no_time() {
    let desk = Desk::new();
    desk.ok([
        "bench",
        "--scale",
        "0.0001",
        "--peers",
        "none",
        "--case",
        "bands_day",
        "--strategies",
        "datafusion",
    ]);
    // The world's right answer is changed: now everybody's is wrong.
    let answers = desk.path("tieline-bench/worlds/scale-0.0001-seed-42/answers.json");
    let text = std::fs::read_to_string(&answers).unwrap();
    let mut value: serde_json::Value = serde_json::from_str(&text).unwrap();
    value["answers"]["bands_day"][0][0] = 7.into();
    std::fs::write(&answers, value.to_string()).unwrap();
    let output = desk
        .command()
        .args(TINY)
        .args([
            "1",
            "--case",
            "bands_day,bands_hour",
            "--strategies",
            "datafusion",
        ])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(5));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("wrong answer: (") && text.contains(" where (7, "),
        "{text}"
    );
    // The other case ran and has its time.
    let (hour, day) = text.split_once("bands_day:").unwrap();
    assert!(
        hour.contains("HashJoinExec") && !hour.contains("wrong") && day.contains("wrong"),
        "{text}"
    );
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("error: 2 wrong answers")
    );
}

#[test]
fn a_run_that_takes_too_long_is_a_timeout() {
    let desk = Desk::new();
    let output = desk
        .command()
        .args([
            "bench",
            "--scale",
            "0.02",
            "--peers",
            "none",
            "--case",
            "ranges",
            "--strategies",
            "datafusion,auto",
        ])
        .args(["--time-limit", "1"])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(4), "{text}");
    assert!(text.contains("more than 1 s"), "{text}");
}

#[test]
fn without_python_the_peers_are_not_installed_and_the_rest_goes_on() {
    let desk = Desk::new();
    let output = desk
        .command()
        .args([
            "bench",
            "--scale",
            "0.0001",
            "--case",
            "ranges",
            "--peers",
            "duckdb,polars",
            "--setup-peers",
        ])
        .env("PATH", desk.path("nowhere"))
        .output()
        .unwrap();
    let (text, errors) = (
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    );
    assert_eq!(output.status.code(), Some(1), "{text}{errors}");
    assert!(errors.contains("no Python on the path"), "{errors}");
    assert_eq!(text.matches("not installed").count(), 2, "{text}");
    assert!(text.contains("IndexJoinExec"), "{text}");
}

#[test]
fn without_named_peers_those_that_are_missing_are_no_failure() {
    let desk = Desk::new();
    let text = desk.ok([
        "bench",
        "--scale",
        "0.0001",
        "--case",
        "ranges",
        "--strategies",
        "auto",
    ]);
    assert!(
        text.contains("not installed: duckdb, duckdb_spatial, chdb, sedonadb, polars"),
        "{text}"
    );
}

#[test]
fn ratios_are_compared_with_an_earlier_record() {
    let desk = Desk::new();
    let race = [
        "bench", "--scale", "0.0001", "--peers", "none", "--case", "ranges",
    ];
    desk.ok(race.into_iter().chain(["--json", "first.json"]));
    let mut record: serde_json::Value = serde_json::from_str(&read(&desk, "first.json")).unwrap();
    // An earlier run in which the bare scan was a million times slower.
    for entry in record["cases"][0]["entries"].as_array_mut().unwrap() {
        entry["times_scan"] = 0.000_001.into();
    }
    desk.write("first.json", record.to_string());
    let text = desk.ok(race.into_iter().chain(["--against", "first.json"]));
    assert!(
        text.contains("moved by more than 15 %") && text.contains("over scan: 0.00 then, "),
        "{text}"
    );
}

#[test]
fn a_command_line_that_cannot_be_meant_is_refused() {
    let desk = Desk::new();
    for (arguments, word) in [
        (vec!["--suite", "joins"], "not a suite"),
        (vec!["--case", "fences"], "fences_few"),
        (vec!["--peers", "duckdb,sqlite"], "sqlite"),
        (vec!["--strategies", "hope"], "hope"),
        (vec!["--scale", "0.1", "--world", "w"], "--world"),
    ] {
        let output = desk.command().arg("bench").args(&arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(
            String::from_utf8(output.stderr).unwrap().contains(word),
            "{arguments:?}"
        );
    }
    let output = desk
        .command()
        .args(["bench", "--scale", "0", "--peers", "none", "--case", "ranges"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
}

#[test]
fn a_world_of_ones_own_must_be_whole() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("half")).unwrap();
    let output = desk
        .command()
        .args(["bench", "--world", "half", "--peers", "none", "--case", "ranges"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(4));
    assert!(String::from_utf8(output.stdout).unwrap().contains("not run: "));
    desk.ok([
        "synth",
        "--joins",
        "--scale",
        "0.0001",
        "--ipv6-share",
        "0.5",
        "--out",
        "whole",
    ]);
    let text = desk.ok([
        "bench",
        "--world",
        "whole",
        "--peers",
        "none",
        "--case",
        "ranges,bands_day",
    ]);
    assert!(text.contains("IndexJoinExec"), "{text}");
    // A world takes the place of nothing.
    let output = desk
        .command()
        .args(["synth", "--joins", "--out", "whole"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
}

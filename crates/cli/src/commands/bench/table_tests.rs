use tieline_bench::{Figures, Machine};
use tieline_synth::joins::{Codec, JoinsOptions};

use super::*;

fn entry(contestant: &str, outcome: Outcome, warm_s: &[f64]) -> Entry {
    Entry {
        contestant: contestant.to_owned(),
        outcome,
        version: Some(format!("{contestant} 1.0")),
        warm: Figures::of(warm_s),
        ..Entry::default()
    }
}

#[test]
fn the_fastest_is_first_and_what_has_no_time_says_why() {
    let timed = Entry {
        cold_s: Some(1.5),
        scan: Figures::of(&[0.25]),
        times_best: Some(1.0),
        times_scan: Some(2.0),
        peak_bytes: Some(812_345_678),
        bytes_read: Some(1_234_567_890),
        operator: Some("HashJoinExec".to_owned()),
        ..entry("fast", Outcome::Right, &[0.5, 0.4, 0.6])
    };
    let slow = Entry {
        times_best: Some(4.0),
        scan_trouble: Some("no such column".to_owned()),
        ..entry("slow", Outcome::Right, &[2.0])
    };
    let wrong = Entry {
        cold_s: Some(0.1),
        ..entry(
            "wrong",
            Outcome::Wrong("(1, 2) where (1, 3) is right".to_owned()),
            &[],
        )
    };
    let case = CaseRecord {
        case: "bands_day".to_owned(),
        question: "The same address within a day".to_owned(),
        world: Some(JoinsOptions {
            codec: Codec::Lz4,
            ..JoinsOptions::default()
        }),
        world_format: None,
        rows: vec![
            ("observations".to_owned(), 20_000_000),
            ("report_addresses".to_owned(), 3_170_000),
        ],
        trouble: None,
        entries: vec![
            wrong,
            slow,
            entry("late", Outcome::TimedOut(30), &[]),
            entry(
                "ill",
                Outcome::Failed("it ended, signal: 9 (SIGKILL)\u{1b}[2J".to_owned()),
                &[],
            ),
            entry("mute", Outcome::Cannot, &[]),
            timed,
        ],
    };
    let empty = CaseRecord {
        case: "ranges".to_owned(),
        trouble: Some("the disk is too small: 1430 MB are needed, 7 MB are free".to_owned()),
        entries: Vec::new(),
        ..case.clone()
    };
    let record = Record {
        started_at: "2026-11-24T00:00:00Z".to_owned(),
        seconds: 1.0,
        machine: Machine::default(),
        threads: 2,
        cases: vec![case, empty],
    };
    insta::assert_snapshot!(render(&record));
}

#[test]
fn only_ratios_that_moved_are_listed() {
    let shift = |contestant: &str, before, after| Shift {
        case: "ranges".to_owned(),
        contestant: contestant.to_owned(),
        over: "duckdb".to_owned(),
        before,
        after,
    };
    insta::assert_snapshot!(shifts(&[
        shift("steady", 2.0, 2.2),
        shift("moved", 2.0, 2.5),
        shift("down", 2.0, 1.5)
    ]));
}

#[test]
fn nothing_in_common_is_not_nothing_moved() {
    insta::assert_snapshot!(shifts(&[]), @"nothing to compare: the earlier race had no such case in the same world");
}

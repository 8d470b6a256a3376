use std::fs;

use tieline_synth::joins::Codec;

use super::*;
use crate::contestant::{Peer, Strategy};
use crate::suite::CASES;

/// A race of our own side in a tiny world, where our own side is a shell script that is given the strategy's name.
fn race_of(script: &str, time_limit: Duration, peers: &[&'static Peer]) -> (Record, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap_or_else(|error| unusable(&error));
    let path = folder.path().join("contestant.sh");
    fs::write(&path, script).unwrap_or_else(|error| unusable(&error));
    let files = SqlFiles::unpack(&folder.path().join("sql")).unwrap_or_else(|error| unusable(&error));
    let ours = Contestant::Ours(&Strategy::ALL[0]);
    let options = RaceOptions {
        cases: vec![CASES[0]],
        contestants: [ours]
            .into_iter()
            .chain(peers.iter().copied().map(Contestant::Peer))
            .collect(),
        threads: 1,
        time_limit,
        budget: Duration::from_secs(1),
        worlds: Worlds {
            folder: folder.path().join("worlds"),
            given: None,
            scale: 0.0001,
            seed: 7,
            codec: Codec::Snappy,
        },
        peers: Peers::below(folder.path().join("peers")),
        files,
        scratch: folder.path().join("scratch"),
        ours: vec!["sh".into(), path.into()],
    };
    (race(&options, &mut |_| ()), folder)
}

#[expect(clippy::panic, reason = "a test without a temporary folder cannot run")]
fn unusable<T>(error: &dyn std::fmt::Display) -> T {
    panic!("no temporary folder: {error}")
}

/// Answers every run alike; the right answer lies in the world, which the request names.
fn answering(answer: &str) -> String {
    format!(
        r#"read open
world=$(printf '%s' "$open" | sed 's/.*"report_addresses":"\([^"]*\)\/report_addresses.parquet".*/\1/')
right=$(tr -d ' \n' < "$world/answers.json" | sed 's/.*"ranges":\(\[\[[^]]*\]\]\).*"scans".*/\1/')
scan=$(tr -d ' \n' < "$world/answers.json" | sed 's/.*"scans".*"ranges":\(\[\[[^]]*\]\]\).*/\1/')
echo '{{"opened": {{"version": "script 1"}}}}'
while read run; do
    case "$run" in
        *join*) {answer} ;;
        *) echo "{{\"seconds\": 0.25, \"answer\": $scan}}" ;;
    esac
done
"#
    )
}

const LONG: Duration = Duration::from_secs(20);

#[test]
fn a_right_answer_has_times_and_ratios() {
    let script = answering(r#"echo "{\"seconds\": 0.5, \"answer\": $right, \"peak_bytes\": 7}""#);
    let (record, _folder) = race_of(&script, LONG, &[]);
    let entry = &record.cases[0].entries[0];
    assert_eq!(entry.outcome, Outcome::Right);
    assert_eq!(entry.version.as_deref(), Some("script 1"));
    assert_eq!(
        (entry.cold_s, entry.warm_s.len(), entry.scan_s.len()),
        (Some(0.5), FEWEST_ROUNDS, FEWEST_ROUNDS)
    );
    assert_eq!(
        (entry.times_best, entry.times_scan, entry.peak_bytes),
        (Some(1.0), Some(2.0), Some(7))
    );
}

#[test]
fn a_wrong_answer_is_wrong_and_has_no_time() {
    let script = answering(r#"echo '{"seconds": 0.001, "answer": [[1, 1]]}'"#);
    let (record, _folder) = race_of(&script, LONG, &[]);
    let entry = &record.cases[0].entries[0];
    assert!(
        matches!(&entry.outcome, Outcome::Wrong(why) if why.starts_with("(1, 1) where (")),
        "{:?}",
        entry.outcome
    );
    assert_eq!((entry.cold_s, entry.warm, entry.times_best), (None, None, None));
}

#[test]
fn an_answer_that_turns_wrong_later_is_wrong() {
    let script = answering(
        r#"n=$((n + 1)); if [ $n -lt 3 ]; then echo "{\"seconds\": 0.5, \"answer\": $right}"; else echo '{"seconds": 0.5, "answer": []}'; fi"#,
    );
    let (record, _folder) = race_of(&script, LONG, &[]);
    assert!(matches!(record.cases[0].entries[0].outcome, Outcome::Wrong(_)));
    assert_eq!(record.cases[0].entries[0].warm, None);
}

#[test]
fn one_that_hangs_is_killed_and_the_rest_goes_on() {
    let (record, _folder) = race_of(
        "read open; sleep 60",
        Duration::from_millis(100),
        &[&Peer::ALL[0]],
    );
    let outcomes: Vec<_> = record.cases[0]
        .entries
        .iter()
        .map(|entry| &entry.outcome)
        .collect();
    assert!(matches!(outcomes[0], Outcome::TimedOut(_)), "{outcomes:?}");
    assert_eq!(
        outcomes[1..],
        [&Outcome::NotInstalled("not installed".to_owned())]
    );
}

#[test]
fn a_run_over_its_time_is_over_its_time_even_if_it_says_so_itself() {
    let script = answering(r#"echo "{\"seconds\": 21.0, \"answer\": $right}""#);
    let (record, _folder) = race_of(&script, LONG, &[]);
    assert_eq!(record.cases[0].entries[0].outcome, Outcome::TimedOut(20));
}

#[test]
fn one_that_dies_is_quoted() {
    let (record, _folder) = race_of("read open; echo 'no memory' >&2; exit 3", LONG, &[]);
    let outcome = &record.cases[0].entries[0].outcome;
    assert!(
        matches!(outcome, Outcome::Failed(why) if why.ends_with("no memory")),
        "{outcome:?}"
    );
}

use tieline_synth::joins::{Codec, JoinsOptions};

use super::*;
use crate::machine::Machine;
use crate::record::Outcome;

fn record(times: &[(&str, f64, f64)]) -> Record {
    let entries = times.iter().map(|(contestant, warm_s, scan_s)| Entry {
        contestant: (*contestant).to_owned(),
        outcome: Outcome::Right,
        warm_s: vec![*warm_s],
        scan_s: vec![*scan_s],
        ..Entry::default()
    });
    let mut case = CaseRecord {
        case: "ranges".to_owned(),
        question: String::new(),
        world: None,
        world_format: None,
        rows: Vec::new(),
        trouble: None,
        entries: entries.collect(),
    };
    case.compute();
    Record {
        started_at: String::new(),
        seconds: 0.0,
        machine: Machine::default(),
        threads: 2,
        cases: vec![case],
    }
}

#[test]
fn a_slower_machine_moves_no_ratio() {
    let before = record(&[("fast", 1.0, 0.5), ("slow", 4.0, 0.5)]);
    let after = record(&[("fast", 2.0, 1.0), ("slow", 8.0, 1.0)]);
    let shifts = shifts(&before, &after);
    assert_eq!(shifts.len(), 3);
    assert!(shifts.iter().all(|shift| shift.size() < 1e-12), "{shifts:?}");
}

#[test]
fn worlds_that_differ_are_not_compared() {
    let of = |codec| {
        let mut record = record(&[("fast", 1.0, 0.5), ("slow", 4.0, 0.5)]);
        record.cases[0].world = Some(JoinsOptions {
            codec,
            ..JoinsOptions::default()
        });
        record
    };
    assert_eq!(shifts(&of(Codec::Zstd), &of(Codec::Zstd)).len(), 3);
    assert!(shifts(&of(Codec::Snappy), &of(Codec::Zstd)).is_empty());
    let mut of_another_format = of(Codec::Zstd);
    of_another_format.cases[0].world_format = Some(1);
    assert!(shifts(&of(Codec::Zstd), &of_another_format).is_empty());
}

#[test]
fn the_reference_stays_when_another_becomes_the_fastest() {
    let before = record(&[("one", 1.0, 1.0), ("two", 1.1, 1.0)]);
    let after = record(&[("one", 1.0, 1.0), ("two", 0.9, 1.0)]);
    let shifts = shifts(&before, &after);
    let two = shifts
        .iter()
        .find(|shift| shift.contestant == "two" && shift.over == "one");
    assert_eq!(two.map(|shift| (shift.before, shift.after)), Some((1.1, 0.9)));
    assert!(two.is_some_and(|shift| shift.size() > 0.22 && shift.size() < 0.23));
}

#[test]
fn who_has_no_time_in_one_of_them_is_left_out() {
    let before = record(&[("one", 1.0, 1.0), ("two", 1.1, 1.0)]);
    let after = record(&[("one", 1.0, 1.0)]);
    assert!(
        shifts(&before, &after)
            .iter()
            .all(|shift| shift.contestant == "one")
    );
}

use super::*;

fn entry(contestant: &str, outcome: Outcome, warm_s: &[f64], scan_s: &[f64]) -> Entry {
    Entry {
        contestant: contestant.to_owned(),
        outcome,
        warm_s: warm_s.to_vec(),
        scan_s: scan_s.to_vec(),
        ..Entry::default()
    }
}

fn case(entries: Vec<Entry>) -> CaseRecord {
    CaseRecord {
        case: "ranges".to_owned(),
        question: String::new(),
        world: None,
        world_format: None,
        rows: Vec::new(),
        trouble: None,
        entries,
    }
}

#[test]
fn ratios_are_of_medians_and_a_wrong_answer_has_none_however_fast() {
    let mut case = case(vec![
        entry("slow", Outcome::Right, &[2.0, 9.0, 2.2], &[0.5]),
        entry("fast", Outcome::Right, &[1.1, 1.0, 1.2], &[]),
        entry(
            "wrong",
            Outcome::Wrong("1 where 2 is right".to_owned()),
            &[0.1],
            &[0.1],
        ),
        entry("late", Outcome::TimedOut(30), &[], &[]),
    ]);
    case.compute();
    assert_eq!(case.best().map(|entry| entry.contestant.as_str()), Some("fast"));
    let ratios: Vec<_> = case
        .entries
        .iter()
        .map(|entry| (entry.times_best, entry.times_scan))
        .collect();
    assert_eq!(
        ratios,
        [
            (Some(2.0), Some(4.4)),
            (Some(1.0), None),
            (None, None),
            (None, None)
        ]
    );
}

#[test]
fn a_record_survives_being_written_and_read() -> serde_json::Result<()> {
    for outcome in [
        Outcome::Right,
        Outcome::Wrong("a".to_owned()),
        Outcome::TimedOut(3),
        Outcome::Failed("b".to_owned()),
        Outcome::Cannot,
        Outcome::NotInstalled("c".to_owned()),
    ] {
        let text = serde_json::to_string(&case(vec![entry("x", outcome.clone(), &[1.0], &[])]))?;
        let back: CaseRecord = serde_json::from_str(&text)?;
        assert_eq!(back.entries[0].outcome, outcome);
    }
    Ok(())
}

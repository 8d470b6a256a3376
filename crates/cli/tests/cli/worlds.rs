//! The links and the funnel equal the truth that was planted, in worlds of several seeds and both sizes.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use crate::tieline::{Desk, samples};

/// What makes a link, and what is said of it that the truth says too.
const KEY: [&str; 8] = [
    "report_id",
    "event_seq",
    "site_id",
    "ip",
    "event_observed_at",
    "session_started_at",
    "session_ended_at",
    "observations",
];

fn rows<'a>(object: &'a Value, name: &str) -> &'a [Value] {
    object[name].as_array().unwrap().as_slice()
}

fn links(object: &Value) -> Vec<String> {
    let key = |link: &Value| KEY.map(|key| link[key].to_string()).join(" ");
    let mut links: Vec<_> = rows(object, "links").iter().map(key).collect();
    links.sort();
    links
}

fn assert_world_is_found(desk: &Desk, world: &Path) {
    desk.ingest_world(world, "case");
    let text = desk.ok(["run", "nexus", "--case", "case", "--format", "json"]);
    let found: Value = serde_json::from_str(&text).unwrap();
    let truth: Value = serde_json::from_slice(&std::fs::read(world.join("truth.json")).unwrap()).unwrap();

    assert!(!links(&truth).is_empty());
    assert_eq!(links(&found), links(&truth));
    assert_gaps_agree(&found, &truth);

    let funnel = |object: &Value| -> Vec<_> {
        rows(object, "funnel")
            .iter()
            .map(|step| (step["step"].clone(), step["reports"].clone()))
            .collect()
    };
    assert_eq!(funnel(&found), funnel(&truth));
    assert_counts_agree(&found);
    assert_ledger_adds_up(desk);
}

fn assert_gaps_agree(found: &Value, truth: &Value) {
    let gaps = |object: &Value| -> Vec<f64> {
        let mut gaps: Vec<_> = rows(object, "links")
            .iter()
            .map(|link| link["time_gap_s"].as_f64().unwrap())
            .collect();
        gaps.sort_by(f64::total_cmp);
        gaps
    };
    for (found, planted) in gaps(found).iter().zip(gaps(truth)) {
        assert!((found - planted).abs() < 1e-6, "{found} against {planted}");
    }
}

/// A group of links of which nothing is known is called unknown.
fn named(value: &Value) -> &str {
    value.as_str().unwrap_or("unknown")
}

/// The counts are those of the links that are printed beside them.
fn assert_counts_agree(found: &Value) {
    let links = rows(found, "links");
    for (table, columns) in [
        ("by_site", vec![("site_id", "site_id")]),
        ("by_country", vec![("country", "site_country")]),
        (
            "by_network",
            vec![
                ("organisation", "organisation"),
                ("registry_country", "registry_country"),
                ("site_country", "site_country"),
            ],
        ),
    ] {
        let mut counted = 0;
        for row in rows(found, table) {
            let of_row: Vec<_> = links
                .iter()
                .filter(|link| {
                    columns
                        .iter()
                        .all(|(ours, theirs)| named(&row[*ours]) == named(&link[*theirs]))
                })
                .collect();
            let reports: BTreeSet<_> = of_row.iter().map(|link| link["report_id"].to_string()).collect();
            assert_eq!(row["links"], of_row.len(), "{table}: {row}");
            assert_eq!(row["reports"], reports.len(), "{table}: {row}");
            assert!(row["expected_by_chance"].as_f64().unwrap() >= 0.0);
            counted += of_row.len();
        }
        assert_eq!(counted, links.len(), "{table} leaves links out");
    }
    for link in links {
        let chance = link["chance"].as_f64().unwrap();
        assert!(chance > 0.0 && chance < 1.0, "{link}");
    }
    assert!(
        rows(found, "by_network")
            .iter()
            .any(|row| row["cross_border"] == true)
    );
    let cautions = found["cautions"].to_string();
    assert!(cautions.contains("prevalence") && cautions.contains("victims"));
}

fn assert_ledger_adds_up(desk: &Desk) {
    let wrong = desk.rows(
        "case",
        "SELECT * FROM ledger WHERE rows_in <> rows_loaded + rows_rejected",
    );
    assert_eq!(wrong, Value::Array(vec![]));
    let rejected = desk.rows("case", "SELECT sum(rows_rejected) AS rejected FROM ledger");
    assert_eq!(rejected[0]["rejected"], 0, "a synthetic world loads whole");
}

fn assert_seed_is_found(seed: u64, size: &str) {
    let desk = Desk::new();
    desk.ok([
        "synth",
        "--seed",
        &seed.to_string(),
        "--size",
        size,
        "--out",
        "world",
    ]);
    assert_world_is_found(&desk, &desk.path("world"));
}

#[test]
fn the_committed_sample_is_found_exactly() {
    assert_world_is_found(&Desk::new(), &samples());
}

#[test]
fn tiny_worlds_are_found_exactly() {
    for seed in [1, 2, 3, 5, 8, 13] {
        assert_seed_is_found(seed, "tiny");
    }
}

#[test]
fn small_worlds_are_found_exactly() {
    for seed in [1, 2, 3, 5, 8] {
        assert_seed_is_found(seed, "small");
    }
}

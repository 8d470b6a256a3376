use serde_json::{Value as Json, json};

use super::*;
use crate::scratch::{Scratch, counts, options, rejects};
use crate::{FileOutcome, Kind, Options, SiteEnd, Unit, end_site_versions};

const OVERLAPS: &str = "properties.site_id: site_id occurs already, with a validity that overlaps";

fn row(from: &str, to: Option<&str>, status: &str) -> Json {
    let outline = [[80.0, -20.0], [80.01, -20.0], [80.01, -19.99], [80.0, -20.0]];
    json!({"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [outline]},
        "properties": {"site_id": "S-9", "name": "A", "country": "XA", "time_zone": "Asia/Manila",
            "valid_from": format!("{from}T00:00:00Z"), "valid_to": to.map(|to| format!("{to}T00:00:00Z")), "status": status}})
}

fn collection(rows: &[Json]) -> String {
    json!({"type": "FeatureCollection", "features": rows}).to_string()
}

/// An ingest into a case that has these rows.
fn with_case(rows: &[Json]) -> Scratch {
    let mut before = Scratch::new(Kind::Sites);
    before.add("sites/v1.geojson", collection(rows));
    let rows = before.finish().rows(Table::Sites);
    Scratch::with_options(
        Kind::Sites,
        Options {
            known_sites: SiteVersions::of(&[rows]).unwrap(),
            ..options()
        },
    )
}

fn notes(outcome: &FileOutcome) -> Vec<String> {
    let line = |note: &crate::Note| format!("{}: {} ({})", note.field, note.text, note.count);
    outcome.notes.iter().map(line).collect()
}

#[test]
fn a_row_that_ends_a_version_makes_room_for_the_next_one() {
    let old = row("2025-01-01", Some("2025-06-01"), "suspected");
    let new = row("2025-06-01", None, "confirmed");
    for (rows, row_of_end, row_of_new) in [([&old, &new], 1, "2"), ([&new, &old], 2, "1")] {
        let mut scratch = with_case(&[row("2025-01-01", None, "suspected")]);
        let outcome = scratch.add("sites/v2.geojson", collection(&rows.map(Json::clone)));
        assert_eq!(counts(&outcome, Unit::Site), (2, 2, 0));
        assert_eq!(
            notes(&outcome),
            ["properties.valid_to: ends a version that is there already (1)"]
        );
        let tables = scratch.finish();
        assert_eq!(tables.column(Table::Sites, "status"), ["confirmed"]);
        assert_eq!(tables.column(Table::Sites, "source_row"), [row_of_new]);
        let [end] = tables.site_ends.as_slice() else {
            panic!()
        };
        assert_eq!(
            (end.site_id.as_str(), end.source_file.as_str(), end.source_row),
            ("S-9", "sites/v2.geojson", row_of_end)
        );
        assert_eq!(
            (end.valid_from, end.valid_to),
            (1_735_689_600_000_000, 1_748_736_000_000_000)
        );
    }
}

#[test]
fn a_row_that_is_there_already_is_found_again() {
    let rows = [
        row("2025-01-01", Some("2025-06-01"), "suspected"),
        row("2025-06-01", None, "confirmed"),
    ];
    let mut scratch = with_case(&rows);
    let outcome = scratch.add("sites/again.geojson", collection(&rows));
    assert_eq!(counts(&outcome, Unit::Site), (2, 2, 0));
    assert_eq!(
        notes(&outcome),
        ["properties.site_id: this version is there already; nothing is added (2)"]
    );
    let tables = scratch.finish();
    assert_eq!(tables.rows(Table::Sites).num_rows(), 0);
    assert!(tables.site_ends.is_empty());
}

#[test]
fn what_differs_in_more_than_an_earlier_end_is_rejected_with_the_difference() {
    let mut renamed = row("2025-01-01", Some("2025-03-01"), "confirmed");
    renamed["properties"]["name"] = json!("SECRET");
    let mut moved = row("2025-01-01", Some("2025-03-01"), "suspected");
    moved["geometry"]["coordinates"][0][1][0] = json!(80.02);
    let mut elsewhere = row("2025-01-01", Some("2025-03-01"), "suspected");
    elsewhere["properties"]["country"] = json!("XB");
    elsewhere["properties"]["time_zone"] = json!("Asia/Tokyo");
    for (other, detail) in [
        (renamed, ": from the same time on, but with another name, status"),
        (moved, ": from the same time on, but with another geometry"),
        (
            elsewhere,
            ": from the same time on, but with another country, time_zone",
        ),
        (
            row("2025-01-01", None, "suspected"),
            ": from the same time on, but with an earlier end",
        ),
        (row("2025-02-01", Some("2025-03-01"), "suspected"), ""),
        (row("2024-01-01", Some("2025-03-01"), "suspected"), ""),
    ] {
        let mut scratch = with_case(&[row("2025-01-01", Some("2025-06-01"), "suspected")]);
        let outcome = scratch.add("sites/v2.geojson", collection(&[other]));
        assert_eq!(rejects(&outcome), [format!("feature 1: {OVERLAPS}{detail}")]);
        let tables = scratch.finish();
        assert_eq!(tables.rows(Table::Sites).num_rows(), 0);
        assert!(tables.site_ends.is_empty());
    }
}

/// Which of two rows of one file should count nobody can know.
#[test]
fn rows_of_one_file_do_not_end_each_other() {
    let open = row("2025-01-01", None, "suspected");
    let ends = ["2025-06-01", "2025-03-01"].map(|to| row("2025-01-01", Some(to), "suspected"));
    let mut scratch = Scratch::new(Kind::Sites);
    let outcome = scratch.add(
        "sites/s.geojson",
        collection(&[open.clone(), ends[0].clone(), open.clone()]),
    );
    let rejected = |row: u64| format!("feature {row}: {OVERLAPS}");
    assert_eq!(rejects(&outcome), [rejected(2), rejected(3)]);
    let mut scratch = with_case(std::slice::from_ref(&open));
    let outcome = scratch.add(
        "sites/s.geojson",
        collection(&[open, ends[0].clone(), ends[1].clone()]),
    );
    assert_eq!(rejects(&outcome), [rejected(1), rejected(3)]);
    assert_eq!(scratch.finish().site_ends.len(), 1);
}

#[test]
fn files_of_one_ingest_follow_each_other_as_those_of_several_do() {
    let mut scratch = Scratch::new(Kind::Sites);
    scratch.add(
        "sites/1.geojson",
        collection(&[row("2025-01-01", None, "suspected")]),
    );
    for (name, to) in [
        ("sites/2.geojson", "2025-06-01"),
        ("sites/3.geojson", "2025-03-01"),
    ] {
        let outcome = scratch.add(name, collection(&[row("2025-01-01", Some(to), "suspected")]));
        assert_eq!(outcome.rejected(), 0, "{:?}", outcome.rejects);
    }
    let tables = scratch.finish();
    let rows = tables.rows(Table::Sites);
    let ended = end_site_versions(&[rows], &tables.site_ends).unwrap();
    // The versions as they are now are what a later ingest compares with.
    let known_sites = SiteVersions::of(&ended).unwrap();
    let mut scratch = Scratch::with_options(
        Kind::Sites,
        Options {
            known_sites,
            ..options()
        },
    );
    let outcome = scratch.add(
        "sites/4.geojson",
        collection(&[row("2025-01-01", Some("2025-03-01"), "suspected")]),
    );
    assert_eq!(
        notes(&outcome),
        ["properties.site_id: this version is there already; nothing is added (1)"]
    );
}

#[test]
fn rows_of_another_table_have_no_versions() {
    let batch = RecordBatch::new_empty(Table::Telemetry.schema());
    assert!(matches!(
        SiteVersions::of(std::slice::from_ref(&batch)),
        Err(Error::Schema { .. })
    ));
    assert!(matches!(
        end_site_versions(&[batch], &[] as &[SiteEnd]),
        Err(Error::Schema { .. })
    ));
}

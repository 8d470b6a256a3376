//! `tieline sites check`: what is doubtful is on stdout, and the exit code says whether anything is.

use serde_json::{Value, json};

use crate::tieline::Desk;

fn collection(rings: &[(&str, &[[f64; 2]])]) -> String {
    let features: Vec<Value> = rings
        .iter()
        .map(|(site_id, ring)| {
            json!({"type": "Feature", "properties": {"site_id": site_id, "name": "SECRET"},
                "geometry": {"type": "Polygon", "coordinates": [ring]}})
        })
        .collect();
    json!({"type": "FeatureCollection", "features": features}).to_string()
}

const GOOD: [[f64; 2]; 4] = [[80.0, -20.0], [80.01, -20.0], [80.01, -19.99], [80.0, -20.0]];
const OPEN: [[f64; 2]; 4] = [[80.0, -20.0], [80.01, -20.0], [80.01, -19.99], [80.0, -19.99]];

#[test]
fn nothing_doubtful_is_success() {
    let desk = Desk::new();
    std::fs::write(desk.path("s.geojson"), collection(&[("A", &GOOD)])).unwrap();
    let ended = desk.run(["sites", "check", "s.geojson"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (0, ""));
    assert_eq!(ended.stderr, "sites: 1 file, nothing doubtful\n");
    assert_eq!(
        desk.ok(["sites", "check", "s.geojson", "--format", "json"]),
        "[]\n"
    );
}

#[test]
fn a_doubt_is_a_row_and_exit_code_3() {
    let desk = Desk::new();
    std::fs::write(desk.path("s.geojson"), collection(&[("A", &GOOD), ("B", &OPEN)])).unwrap();
    let ended = desk.run(["sites", "check", "s.geojson", "none.geojson", "--format", "json"]);
    assert_eq!(ended.code, 3);
    let rows: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(
        rows[0],
        json!({"file": "s.geojson", "feature": 2, "site_id": "B", "field": "geometry.coordinates[0]",
            "doubt": "ring is not closed", "at_ingest": "rejected",
            "hint": "if no position is missing, repeat the first one at the end"})
    );
    assert_eq!(rows[1]["doubt"], "no such file or folder");
    assert_eq!(rows.as_array().unwrap().len(), 2);
    assert_eq!(
        ended.stderr,
        "error: 2 doubts about the sites (hint: ingest rejects 2 of these and loads the others as they are)\n"
    );
    for format in ["table", "csv"] {
        let ended = desk.run(["sites", "check", "s.geojson", "--format", format]);
        assert_eq!(ended.code, 3);
        assert!(ended.stdout.contains("ring is not closed"));
        assert!(!ended.stdout.contains("SECRET") && !ended.stdout.contains("19.99"));
    }
    assert_eq!(desk.run(["sites", "check"]).code, 2);
}

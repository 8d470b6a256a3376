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
    let ended = desk.run(["sites", "check", "s.geojson", "--format", "json"]);
    assert_eq!(ended.code, 3);
    let rows: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(
        rows[0],
        json!({"file": "s.geojson", "feature": 2, "site_id": "B", "field": "geometry.coordinates[0]",
            "doubt": "ring is not closed", "at_ingest": "rejected",
            "hint": "if no position is missing, repeat the first one at the end"})
    );
    assert_eq!(rows.as_array().unwrap().len(), 1);
    assert_eq!(
        ended.stderr,
        "error: 1 doubt about the sites (hint: ingest rejects 1 of these and loads the others)\n"
    );
    for format in ["table", "csv"] {
        let ended = desk.run(["sites", "check", "s.geojson", "--format", format]);
        assert_eq!(ended.code, 3);
        assert!(ended.stdout.contains("ring is not closed"));
        assert!(!ended.stdout.contains("SECRET") && !ended.stdout.contains("19.99"));
    }
    assert_eq!(desk.run(["sites", "check"]).code, 2);
}

#[test]
fn a_path_that_cannot_be_read_is_a_wrong_input_and_no_doubt() {
    let desk = Desk::new();
    desk.write("sites/s.geojson", collection(&[("A", &GOOD)]));
    desk.write("doubtful.geojson", collection(&[("B", &OPEN)]));
    let ended = desk.run(["sites", "check", "none.geojson"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (1, ""));
    assert_eq!(ended.stderr, "error: none.geojson: no such file or folder\n");
    std::fs::create_dir(desk.path("empty")).unwrap();
    let paths = ["none.geojson", "empty", "sites", "doubtful.geojson"];
    let ended = desk.run([&["sites", "check"], &paths[..]].concat());
    assert_eq!(ended.code, 1);
    assert!(ended.stdout.contains("ring is not closed"));
    assert_eq!(
        ended.stderr,
        "none.geojson: no such file or folder\nempty: no sites files in this folder\n\
         error: 2 paths cannot be read (hint: of what could be read: 1 doubt about the sites)\n"
    );
}

#[test]
fn a_folder_is_looked_at_as_ingest_takes_it() {
    let desk = Desk::new();
    desk.write("sites/a.geojson", collection(&[("A", &GOOD)]));
    desk.write("sites/below/b.geojson", collection(&[("B", &GOOD)]));
    desk.write("sites/README.md", "none");
    let ended = desk.run(["sites", "check", "sites"]);
    assert_eq!(
        (ended.code, ended.stderr.as_str()),
        (0, "sites: 2 files, nothing doubtful\n")
    );
    desk.write("sites/below/c.geojson", collection(&[]));
    let ended = desk.run(["sites", "check", "sites", "--format", "json"]);
    assert_eq!(ended.code, 3);
    let rows: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(
        (&rows[0]["file"], &rows[0]["doubt"]),
        (&json!("sites/below/c.geojson"), &json!("no sites"))
    );
    desk.ok(["ingest", "sites", "sites", "--case", "case"]);
}

#[test]
fn what_is_listed_as_loaded_is_what_ingest_notes() {
    let desk = Desk::new();
    let mut site: Value = serde_json::from_str(&collection(&[("A", &GOOD)])).unwrap();
    site["features"][0]["properties"]["country"] = json!("Nowhere");
    site["features"][0]["properties"]["time_zone"] = json!("Mars/Olympus");
    desk.write("sites/s.geojson", site.to_string());
    let ended = desk.run(["sites", "check", "sites", "--format", "csv"]);
    assert_eq!(ended.code, 3);
    let notes = desk.run(["ingest", "sites", "sites", "--case", "case"]).stderr;
    for (field, reason) in [
        ("properties.country", "not a country code of two letters"),
        ("properties.time_zone", "not a name of the IANA's time zones"),
    ] {
        assert!(
            ended.stdout.contains(&format!("{field},{reason},loaded")),
            "{}",
            ended.stdout
        );
        assert!(notes.contains(&format!("{field}: {reason} (1 time)")), "{notes}");
    }
    let columns = desk.rows("case", "SELECT country, time_zone FROM sites");
    assert_eq!(columns, json!([{"country": null, "time_zone": null}]));
}

/// `S-9` in two deliveries: suspected at first, from June on confirmed.
fn versions(rows: &[(&str, Option<&str>, &str)]) -> String {
    let mut collection: Value =
        serde_json::from_str(&collection(&vec![("S-9", &GOOD[..]); rows.len()])).unwrap();
    for (feature, (from, to, status)) in collection["features"]
        .as_array_mut()
        .unwrap()
        .iter_mut()
        .zip(rows)
    {
        let properties = &mut feature["properties"];
        properties["valid_from"] = json!(format!("{from}T00:00:00Z"));
        properties["valid_to"] = json!(to.map(|to| format!("{to}T00:00:00Z")));
        properties["status"] = json!(status);
    }
    collection.to_string()
}

const SITES: &str = "SELECT status, valid_from, valid_to, source_file, source_row, ended_by_file, ended_by_row \
                     FROM sites ORDER BY valid_from";

#[test]
fn a_new_version_of_a_site_ends_the_old_one_in_the_case() {
    let desk = Desk::new();
    let suspected = ("2025-01-01", None, "suspected");
    let closed = ("2025-01-01", Some("2025-06-01"), "suspected");
    let confirmed = ("2025-06-01", None, "confirmed");
    desk.write("one/v1.geojson", versions(&[suspected]));
    desk.write("two/v2.geojson", versions(&[confirmed, closed]));
    assert_eq!(desk.run(["sites", "check", "two"]).code, 0);
    desk.ok(["ingest", "sites", "one", "--case", "case"]);
    let before = desk.rows("case", "SELECT name FROM sites");
    let ended = desk.run(["ingest", "sites", "two", "--case", "case"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert_eq!(
        ended.stderr,
        "note: two/v2.geojson: properties.valid_to: ends a version that is there already (1 time)\n\
         sites: 1 file; 2 sites in = 2 loaded + 0 rejected\n"
    );
    let expected = json!([
        {"status": "suspected", "valid_from": "2025-01-01T00:00:00Z", "valid_to": "2025-06-01T00:00:00Z",
            "source_file": "one/v1.geojson", "source_row": 1, "ended_by_file": "two/v2.geojson", "ended_by_row": 2},
        {"status": "confirmed", "valid_from": "2025-06-01T00:00:00Z", "valid_to": "9999-12-31T00:00:00Z",
            "source_file": "two/v2.geojson", "source_row": 1, "ended_by_file": null, "ended_by_row": null},
    ]);
    assert_eq!(desk.rows("case", SITES), expected);
    assert_eq!(desk.rows("case", "SELECT name FROM sites LIMIT 1"), before);
    let rejects = desk.rows("case", "SELECT count(*) AS n FROM rejects");
    assert_eq!(rejects[0]["n"], 0);

    // The same rows in another file are known; what would undo them is not taken in silence.
    desk.write("three/v3.geojson", versions(&[closed, confirmed, suspected]));
    let ended = desk.run(["ingest", "sites", "three", "--case", "case"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert_eq!(
        ended.stderr,
        "rejected: three/v3.geojson: feature 3: properties.site_id: site_id occurs already, with a validity that overlaps\n\
         note: three/v3.geojson: properties.site_id: this version is there already; nothing is added (2 times)\n\
         sites: 1 file; 3 sites in = 2 loaded + 1 rejected\n"
    );
    assert_eq!(desk.rows("case", SITES), expected);

    // Both deliveries at once give the same sites.
    desk.ok(["ingest", "sites", "one", "two", "--case", "together"]);
    assert_eq!(desk.rows("together", SITES), expected);
    let ended = desk.run(["sites", "check", "one", "two", "--format", "csv"]);
    assert_eq!(ended.code, 3);
    assert!(
        ended
            .stdout
            .contains("ends a version that is there already,loaded,\"nothing need be done"),
        "{}",
        ended.stdout
    );
}

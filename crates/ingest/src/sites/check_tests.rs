use serde_json::{Value as Json, json};

use super::*;
use crate::json::MOST_ELEMENTS;

fn square(lon: f64, lat: f64, size: f64) -> Json {
    json!({"type": "Polygon", "coordinates": [[
        [lon, lat], [lon + size, lat], [lon + size, lat + size], [lon, lat + size], [lon, lat]
    ]]})
}

fn site(site_id: &str, geometry: Json) -> Json {
    json!({"type": "Feature", "properties": {"site_id": site_id}, "geometry": geometry})
}

fn ring(positions: &[[f64; 2]]) -> Json {
    json!({"type": "Polygon", "coordinates": [positions]})
}

fn versions(site_id: &str, from: &str, to: &str) -> Json {
    let mut feature = site(site_id, square(80.0, -20.0, 0.01));
    feature["properties"]["valid_from"] = json!(from);
    feature["properties"]["valid_to"] = json!(to);
    feature
}

/// The doubts about files of these features, as `file feature site_id field doubt`.
fn doubts(files: &[&[Json]]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let paths: Vec<_> = (0..files.len())
        .map(|file| folder.path().join(format!("{file}.geojson")))
        .collect();
    for (path, features) in paths.iter().zip(files) {
        let collection = json!({"type": "FeatureCollection", "features": features});
        std::fs::write(path, collection.to_string()).unwrap();
    }
    let line = |doubt: &Doubt| {
        assert!(!doubt.hint.is_empty());
        format!(
            "{} {} {} {} {}",
            doubt.file,
            doubt.feature.unwrap_or(0),
            doubt.site_id.as_deref().unwrap_or("-"),
            doubt.field.as_deref().unwrap_or("-"),
            doubt.doubt
        )
    };
    let found = check_sites(&paths);
    assert!(found.problems.is_empty() && found.files == paths);
    found.doubts.iter().map(line).collect()
}

#[test]
fn good_sites_leave_no_doubt() {
    let clockwise = ring(&[
        [80.0, -20.0],
        [80.0, -19.9],
        [80.1, -19.9],
        [80.1, -19.9],
        [80.0, -20.0],
    ]);
    let features = [
        site("A", square(80.0, -20.0, 0.01)),
        site("B", clockwise),
        versions("C", "2025-01-01", "2025-06-01"),
        versions("C", "2025-06-01", "2025-12-01"),
    ];
    assert!(doubts(&[&features]).is_empty());
}

#[test]
fn rings_that_are_none_are_found() {
    let features = [
        site(
            "OPEN",
            ring(&[[80.0, -20.0], [80.1, -20.0], [80.1, -19.9], [80.0, -19.9]]),
        ),
        site(
            "FLAT",
            ring(&[[80.0, -20.0], [80.1, -20.0], [80.2, -20.0], [80.0, -20.0]]),
        ),
        site(
            "BOW",
            ring(&[
                [80.0, -20.0],
                [80.1, -19.9],
                [80.1, -20.0],
                [80.0, -19.9],
                [80.0, -20.0],
            ]),
        ),
        site("OUT", square(20.0, 95.0, 0.01)),
    ];
    let doubts = doubts(&[&features]);
    assert_eq!(doubts.len(), 4, "{doubts:?}");
    for (doubt, (row, words)) in doubts.iter().zip([
        ("1 OPEN", "ring is not closed"),
        ("2 FLAT", "ring has no area"),
        ("3 BOW", "self-intersection"),
        ("4 OUT", "possibly swapped"),
    ]) {
        assert!(doubt.contains(row) && doubt.contains(words), "{doubt}");
        assert!(doubt.contains("geometry.coordinates"), "{doubt}");
        assert!(!doubt.contains("-19.9") && !doubt.contains("80."), "{doubt}");
    }
}

/// All edges of which are narrow enough that none goes the other way around.
#[test]
fn sites_as_large_as_the_world_are_doubtful() {
    let between = |south: f64, north: f64| {
        let lons = [-180.0, -60.0, 60.0, 180.0];
        let mut positions: Vec<_> = lons.map(|lon| [lon, south]).to_vec();
        positions.extend(lons.iter().rev().map(|lon| [*lon, north]));
        positions.push(positions[0]);
        ring(&positions)
    };
    let features = [
        site("WORLD", between(-90.0, 90.0)),
        site("NORTH", between(0.0, 90.0)),
        site("BAND", between(-20.1, -20.0)),
    ];
    let mut doubts = doubts(&[&features]);
    doubts.retain(|doubt| !doubt.contains("latitude 0"));
    assert_eq!(
        doubts,
        ["1 WORLD", "2 NORTH", "3 BAND"].map(|which| format!("0 {which} geometry larger than 1,000 km²"))
    );
}

#[test]
fn a_site_across_the_antimeridian_is_rejected_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.geojson");
    for east in [180.001, -179.999] {
        let crossing = ring(&[[179.999, -20.0], [east, -20.0], [east, -19.998], [179.999, -20.0]]);
        std::fs::write(&path, site("A", crossing).to_string()).unwrap();
        let doubts = check_sites(&[&path]).doubts;
        assert_eq!(doubts.len(), 1);
        assert!(
            doubts[0].rejected && doubts[0].hint.contains("cut it there"),
            "{doubts:?}"
        );
    }
}

#[test]
fn what_is_repaired_is_said_and_not_rejected() {
    let spiked = ring(&[
        [80.0, -20.0],
        [80.1, -20.0],
        [80.2, -19.9],
        [80.1, -20.0],
        [80.1, -20.1],
        [80.0, -20.0],
    ]);
    assert_eq!(
        doubts(&[&[site("A", spiked)]]),
        ["0 1 A geometry.coordinates spikes that enclose nothing are left out"]
    );
}

#[test]
fn versions_identifiers_sizes_and_neighbours_are_looked_at_across_files() {
    let first = [
        versions("A-1", "2025-01-01", "2025-07-01"),
        site("B", square(81.0, -21.0, 0.01)),
        site("LARGE", square(82.0, -22.0, 1.0)),
    ];
    let second = [
        versions("A-1", "2025-06-01", "2025-12-01"),
        site("a1", square(80.5, -20.5, 0.01)),
        site("S", square(-20.5, 80.5, 0.01)),
    ];
    assert_eq!(
        doubts(&[&first, &second]),
        [
            "0 3 LARGE geometry larger than 1,000 km²",
            "1 1 A-1 properties.site_id site_id occurs already, with a validity that overlaps",
            "1 2 a1 properties.site_id site_id differs from another only in case or punctuation",
            "1 3 S geometry.coordinates possibly swapped: only with exchanged coordinates is it near the others",
        ]
    );
}

#[test]
fn a_faulty_property_does_not_hide_a_faulty_outline() {
    let mut feature = site("A", ring(&[[80.0, -20.0], [80.1, -20.0]]));
    feature["properties"]["status"] = json!("unheard of");
    assert_eq!(
        doubts(&[&[feature]]),
        [
            "0 1 A properties.status status is none of confirmed, suspected and control",
            "0 1 A geometry.coordinates[0] ring is not closed",
        ]
    );
}

#[test]
fn a_file_that_cannot_be_understood_is_a_doubt_and_a_missing_one_a_problem() {
    let folder = tempfile::tempdir().unwrap();
    let (broken, missing) = (
        folder.path().join("broken.geojson"),
        folder.path().join("none.geojson"),
    );
    std::fs::write(&broken, "{\"type\": ").unwrap();
    let found = check_sites(&[&missing, &broken]);
    assert_eq!(found.files, [broken]);
    let [doubt] = found.doubts.as_slice() else {
        panic!()
    };
    assert!(doubt.rejected && doubt.feature.is_none());
    let [problem] = found.problems.as_slice() else {
        panic!()
    };
    assert_eq!(
        (&problem.path, problem.reason.as_str()),
        (&missing, "no such file or folder")
    );
}

#[test]
fn folders_are_taken_as_ingest_takes_them() {
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = (
        folder.path().join("a.geojson"),
        folder.path().join("below/b.geojson"),
    );
    std::fs::create_dir(folder.path().join("below")).unwrap();
    std::fs::write(&one, site("A-1", square(80.0, -20.0, 0.01)).to_string()).unwrap();
    std::fs::write(&other, site("a1", square(80.0, -20.0, 0.01)).to_string()).unwrap();
    for name in ["README.md", "case.toml", ".hidden"] {
        std::fs::write(folder.path().join(name), "none").unwrap();
    }
    let found = check_sites(&[folder.path()]);
    assert_eq!(found.files, [one, other]);
    let [doubt] = found.doubts.as_slice() else {
        panic!()
    };
    assert_eq!((doubt.file, doubt.feature), (1, Some(1)));
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(
        check_sites(&[empty.path()]).problems[0].reason,
        "no sites files in this folder"
    );
}

#[test]
fn what_ingest_will_note_is_listed() {
    let mut feature = site("A", square(80.0, -20.0, 0.01));
    feature["properties"]["country"] = json!("Nowhere");
    feature["properties"]["name"] = json!(7);
    feature["properties"]["time_zone"] = json!("Mars/Olympus");
    assert_eq!(
        doubts(&[&[feature]]),
        [
            "0 1 A properties.country not a country code of two letters",
            "0 1 A properties.name not text",
            "0 1 A properties.time_zone not a name of the IANA's time zones",
        ]
    );
}

#[test]
fn null_island_and_files_without_sites_are_doubtful() {
    let around = site("AROUND", square(-0.01, -0.01, 0.02));
    let corner = site("CORNER", square(0.0, 0.0, 0.01));
    let beside = site("BESIDE", square(0.01, 0.0, 0.01));
    assert_eq!(
        doubts(&[&[around, corner, beside], &[]]),
        [
            "0 1 AROUND geometry holds longitude 0 and latitude 0",
            "0 2 CORNER geometry holds longitude 0 and latitude 0",
            "1 0 - - no sites",
        ]
    );
}

#[test]
fn a_version_that_is_ended_or_repeated_in_another_file_is_not_rejected() {
    let until = |to| versions("A", "2025-01-01", to);
    let second = [until("2025-06-01"), versions("A", "2025-06-01", "2025-12-01")];
    let third = [until("2025-06-01"), until("2025-07-01")];
    let found = doubts(&[&[until("2025-12-01")], &second, &third]);
    assert_eq!(
        found,
        [
            "1 1 A properties.valid_to ends a version that is there already",
            "2 1 A properties.site_id this version is there already; nothing is added",
            "2 2 A properties.site_id site_id occurs already, with a validity that overlaps",
        ]
    );
}

#[test]
fn a_file_that_is_too_large_is_refused_by_its_size() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.geojson");
    // A terabyte that takes no room: reading it would take minutes.
    std::fs::File::create(&path).unwrap().set_len(1 << 40).unwrap();
    let doubts = check_sites(&[path]).doubts;
    assert_eq!(
        (doubts[0].doubt.as_str(), doubts[0].hint),
        ("larger than 256 MiB", "split the file")
    );
}

#[test]
fn a_list_of_features_that_is_too_long_is_not_called_an_outline() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.geojson");
    let features = vec!["{}"; MOST_ELEMENTS + 1].join(",");
    let content = format!("{{\"type\": \"FeatureCollection\", \"features\": [{features}]}}");
    std::fs::write(&path, content).unwrap();
    let doubts = check_sites(&[path]).doubts;
    assert_eq!(
        (doubts[0].doubt.as_str(), doubts[0].hint),
        (
            TOO_MANY_ELEMENTS,
            "split the file, or see whether its list has something else than features"
        )
    );
}

use serde_json::{Value as Json, json};

use crate::json::{MOST_ELEMENTS, TOO_MANY_ELEMENTS, TOO_MANY_NESTED};
use crate::scratch::{Scratch, counts, options, rejects};
use crate::{FileDigest, Ingest, Kind, Layout, Options, SourceFile, Table, Unit};

fn square(lon: f64, lat: f64) -> Json {
    let corners = [
        [lon, lat],
        [lon + 0.01, lat],
        [lon + 0.01, lat + 0.01],
        [lon, lat + 0.01],
        [lon, lat],
    ];
    json!({"type": "Polygon", "coordinates": [corners]})
}

fn site(id: &str, properties: Json) -> Json {
    let mut feature = json!({"type": "Feature", "geometry": square(80.0, -20.0), "properties": properties});
    feature["properties"]["site_id"] = json!(id);
    feature
}

fn collection(features: &[Json]) -> String {
    json!({"type": "FeatureCollection", "features": features}).to_string()
}

/// The one reject that the feature earns.
fn reject(feature: Json) -> String {
    let outcome = Scratch::new(Kind::Sites).add("s.geojson", collection(&[feature]));
    assert_eq!(counts(&outcome, Unit::Site), (1, 0, 1));
    rejects(&outcome).remove(0)
}

#[test]
fn a_site_across_the_antimeridian_is_rejected() {
    let mut feature = site("A", json!({}));
    feature["geometry"]["coordinates"] = json!([[
        [179.999, -20],
        [-179.999, -20],
        [-179.999, -19.998],
        [179.999, -19.998],
        [179.999, -20]
    ]]);
    let reject = reject(feature);
    assert!(
        reject.contains("edge wider than 180 degrees of longitude"),
        "{reject}"
    );
}

#[test]
fn a_site_is_loaded_with_its_properties() {
    let mut scratch = Scratch::new(Kind::Sites);
    let properties = json!({"name": " A ", "country": "xa", "status": "Confirmed", "time_zone": "Etc/GMT-7",
        "valid_from": "2025-10-01T00:00:00Z", "valid_to": null});
    let outcome = scratch.add("sites/s.geojson", collection(&[site("S-01", properties)]));
    assert_eq!(outcome.layout, Some(Layout::GeoJson));
    assert_eq!(counts(&outcome, Unit::Site), (1, 1, 0));
    assert!(outcome.notes.is_empty() && outcome.flagged.is_empty());
    let tables = scratch.finish();
    let column = |name| tables.column(Table::Sites, name).remove(0);
    assert_eq!(column("name"), "A");
    assert_eq!(column("country"), "XA");
    assert_eq!(column("status"), "confirmed");
    assert_eq!(column("time_zone"), "Etc/GMT-7");
    assert_eq!(column("valid_from"), "2025-10-01T00:00:00Z");
    assert_eq!(column("valid_to"), "9999-12-31T00:00:00Z");
    assert!(column("geometry").starts_with("0103000000"));
}

#[test]
fn a_single_feature_and_an_id_beside_the_properties_will_do() {
    let mut scratch = Scratch::new(Kind::Sites);
    let feature = json!({"type": "Feature", "id": 7, "geometry": square(80.0, -20.0), "properties": null});
    scratch.add("s.geojson", feature.to_string());
    let tables = scratch.finish();
    assert_eq!(tables.column(Table::Sites, "site_id"), ["7"]);
    assert_eq!(tables.column(Table::Sites, "status"), ["suspected"]);
    assert_eq!(
        tables.column(Table::Sites, "valid_from"),
        ["0001-01-01T00:00:00Z"]
    );
}

#[test]
fn the_options_stand_in_for_a_validity_that_is_not_stated() {
    let options = Options {
        valid_from: Some(0),
        valid_to: Some(86_400_000_000),
        ..options()
    };
    let mut scratch = Scratch::with_options(Kind::Sites, options);
    scratch.add(
        "s.geojson",
        collection(&[site("A", json!({"valid_from": "1969-01-01T00:00:00Z"}))]),
    );
    let tables = scratch.finish();
    assert_eq!(
        tables.column(Table::Sites, "valid_from"),
        ["1969-01-01T00:00:00Z"]
    );
    assert_eq!(tables.column(Table::Sites, "valid_to"), ["1970-01-02T00:00:00Z"]);
}

#[test]
fn dates_and_times_without_offset_are_read_as_utc_and_flagged() {
    let mut scratch = Scratch::new(Kind::Sites);
    let features = [
        site("A", json!({"valid_from": "2025-10-01"})),
        site("B", json!({"valid_to": "2025-10-01T12:00:00"})),
    ];
    let outcome = scratch.add("s.geojson", collection(&features));
    assert_eq!(outcome.flagged, [("time_without_offset", 2)]);
    let tables = scratch.finish();
    assert_eq!(
        tables.column(Table::Sites, "valid_from")[0],
        "2025-10-01T00:00:00Z"
    );
    assert_eq!(tables.column(Table::Sites, "valid_to")[1], "2025-10-01T12:00:00Z");
}

#[test]
fn a_bad_feature_is_rejected_alone_with_its_field() {
    let mut open = site("A", json!({}));
    open["geometry"]["coordinates"][0].as_array_mut().unwrap().pop();
    let mut scratch = Scratch::new(Kind::Sites);
    let outcome = scratch.add("s.geojson", collection(&[open, site("B", json!({})), Json::Null]));
    assert_eq!(counts(&outcome, Unit::Site), (3, 1, 2));
    let expected = [
        "feature 1: geometry.coordinates[0]: ring is not closed",
        "feature 3: type: not a Feature",
    ];
    assert_eq!(rejects(&outcome), expected);
    assert_eq!(scratch.finish().column(Table::Sites, "source_row"), ["2"]);
}

#[test]
fn faults_of_properties_are_told_apart() {
    let mut nameless = site("A", json!({}));
    nameless["properties"]["site_id"] = json!(" ");
    assert_eq!(reject(nameless), "feature 1: properties.site_id: no site_id");
    let status = "feature 1: properties.status: status is none of confirmed, suspected and control";
    assert_eq!(reject(site("A", json!({"status": "closed"}))), status);
    assert_eq!(reject(site("A", json!({"status": 1}))), status);
    let reason = "feature 1: properties.valid_from: time not understood";
    assert_eq!(reject(site("A", json!({"valid_from": "spring"}))), reason);
    let reversed = json!({"valid_from": "2025-10-02T00:00:00Z", "valid_to": "2025-10-02T00:00:00Z"});
    let reason = "feature 1: properties.valid_from: valid_from is not before valid_to";
    assert_eq!(reject(site("A", reversed)), reason);
    let mut pole = site("A", json!({}));
    pole["geometry"] = square(-20.0, 95.0);
    let reason = "feature 1: geometry.coordinates[0]: latitude out of range; possibly swapped";
    assert_eq!(reject(pole), reason);
}

#[test]
fn a_second_row_for_the_same_site_and_time_is_rejected_and_a_later_version_is_not() {
    let mut scratch = Scratch::new(Kind::Sites);
    let until = json!({"valid_to": "2025-10-01T00:00:00Z"});
    let from = json!({"valid_from": "2025-10-01T00:00:00Z"});
    let outcome = scratch.add(
        "s.geojson",
        collection(&[site("A", until), site("A", from), site("A", json!({}))]),
    );
    let reason = "feature 3: properties.site_id: site_id occurs already, with a validity that overlaps";
    assert_eq!(rejects(&outcome), [reason]);
}

#[test]
fn a_site_that_stands_swapped_among_others_is_flagged() {
    let mut scratch = Scratch::new(Kind::Sites);
    let mut features = ["A", "B", "C"].map(|id| site(id, json!({})));
    features[1]["geometry"] = square(81.0, -21.0);
    features[2]["geometry"] = square(-20.0, 80.0);
    let outcome = scratch.add("s.geojson", collection(&features));
    assert_eq!(outcome.flagged, [("possibly_swapped", 1)]);
    assert_eq!(
        scratch.finish().column(Table::Sites, "quality_flags"),
        ["0", "0", "16"]
    );
}

#[test]
fn what_is_odd_but_not_needed_is_noted() {
    let mut scratch = Scratch::new(Kind::Sites);
    let outcome = scratch.add(
        "s.geojson",
        collection(&[site(
            "A",
            json!({"name": 1, "country": "Nowhere", "time_zone": "Mars/Olympus"}),
        )]),
    );
    let notes: Vec<_> = outcome
        .notes
        .iter()
        .map(|note| (note.field.as_str(), note.text))
        .collect();
    let expected = [
        ("properties.country", "not a country code of two letters"),
        ("properties.name", "not text"),
        ("properties.time_zone", "not a name of the IANA's time zones"),
    ];
    assert_eq!(notes, expected);
    let tables = scratch.finish();
    for name in ["name", "country", "time_zone"] {
        assert_eq!(tables.column(Table::Sites, name), ["-"], "{name}");
    }
}

#[test]
fn time_zones_are_names_and_no_offsets() {
    let zones = [
        "Asia/Manila",
        "Asia/Rangoon",
        "Etc/GMT-7",
        "UTC",
        "+07:00",
        "GMT+7",
        "asia",
    ];
    let features: Vec<_> = (0..)
        .zip(zones)
        .map(|(number, zone)| site(&format!("S-{number}"), json!({"time_zone": zone})))
        .collect();
    let mut scratch = Scratch::new(Kind::Sites);
    scratch.add("s.geojson", collection(&features));
    let column = scratch.finish().column(Table::Sites, "time_zone");
    assert_eq!(
        column,
        ["Asia/Manila", "Asia/Rangoon", "Etc/GMT-7", "UTC", "-", "-", "-"]
    );
}

#[test]
fn a_file_that_is_too_large_is_rejected_by_its_size() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.geojson");
    let size_bytes = 1 << 40;
    // A file of a terabyte that takes no room: reading it would take minutes.
    std::fs::File::create(&path).unwrap().set_len(size_bytes).unwrap();
    let mut ingest = Ingest::new(Kind::Sites, options(), &folder.path().join("staging"));
    let digest = FileDigest {
        sha256: String::new(),
        size_bytes,
    };
    let name = "s.geojson".to_owned();
    let outcome = ingest.add_digested(&SourceFile { path, name }, &digest).unwrap();
    assert_eq!(rejects(&outcome), ["larger than 256 MiB"]);
}

#[test]
fn an_outline_of_more_positions_than_anybody_draws_is_rejected_alone() {
    let ring = |positions: usize| {
        let around = std::f64::consts::TAU / (positions - 1) as f64;
        let position = |at: usize| {
            let angle = (at % (positions - 1)) as f64 * around;
            json!([80.0 + angle.cos() / 10.0, -20.0 + angle.sin() / 10.0])
        };
        json!({"type": "Polygon", "coordinates": [(0..positions).map(position).collect::<Vec<_>>()]})
    };
    let drawn = |id: &str, positions| {
        let mut drawn = site(id, json!({}));
        drawn["geometry"] = ring(positions);
        drawn
    };
    // No ring of it is too long.
    let mut parts = site("D", json!({}));
    let ring = json!([vec![[80.0, -20.0]; 200_000]]);
    parts["geometry"] = json!({"type": "MultiPolygon", "coordinates": vec![ring; 11]});
    let features = [
        drawn("A", 100_000),
        drawn("B", MOST_ELEMENTS + 1),
        site("C", json!({})),
        parts,
        site("E", json!({})),
    ];
    let outcome = Scratch::new(Kind::Sites).add("s.geojson", collection(&features));
    assert_eq!(counts(&outcome, Unit::Site), (5, 3, 2));
    let reasons = [
        format!("feature 2: geometry.coordinates[0]: {TOO_MANY_ELEMENTS}"),
        format!("feature 4: geometry.coordinates: {TOO_MANY_NESTED}"),
    ];
    assert_eq!(rejects(&outcome), reasons);
}

#[test]
fn a_file_whose_features_would_be_cut_off_is_rejected_whole() {
    let list = |element: &str, count: usize| format!("[{}]", vec![element; count].join(","));
    let many = list("{}", MOST_ELEMENTS + 1);
    // What is no feature takes the room, so that those behind it would be passed over.
    let filled = list(&list("0", MOST_ELEMENTS), 6);
    let nested = format!("[{filled}, {}]", site("A", json!({})));
    let mut scratch = Scratch::new(Kind::Sites);
    for (features, reason) in [(many, TOO_MANY_ELEMENTS), (nested, TOO_MANY_NESTED)] {
        let content = format!("{{\"type\": \"FeatureCollection\", \"features\": {features}}}");
        let outcome = scratch.add("s.geojson", content);
        assert_eq!(counts(&outcome, Unit::File), (1, 0, 1));
        assert_eq!(outcome.rejects[0].reason, reason);
    }
}

#[test]
fn files_of_other_layouts_or_reference_systems_are_rejected_whole() {
    let mut scratch = Scratch::new(Kind::Sites);
    let projected = json!({"type": "FeatureCollection", "features": [],
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}});
    for (content, reason) in [
        ("a,b\n".to_owned(), "unknown layout"),
        ("{}".to_owned(), "unknown layout"),
        (square(1.0, 1.0).to_string(), "unknown layout"),
        (
            "{\"type\": \"FeatureCollection\"".to_owned(),
            "JSON ends too early at line 1",
        ),
        (
            "{\"type\": \"FeatureCollection\"}".to_owned(),
            "FeatureCollection without an array",
        ),
        (
            projected.to_string(),
            "coordinate reference system is not OGC:CRS84",
        ),
        (" ".to_owned(), "empty file"),
    ] {
        let outcome = scratch.add("s.geojson", content);
        assert_eq!(counts(&outcome, Unit::File), (1, 0, 1));
        assert!(outcome.rejects[0].reason.starts_with(reason), "{reason}");
    }
    let crs84 = json!({"type": "FeatureCollection", "features": [site("A", json!({}))],
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}});
    assert_eq!(
        counts(&scratch.add("s.geojson", crs84.to_string()), Unit::Site),
        (1, 1, 0)
    );
}

#[test]
fn a_feature_in_another_reference_system_is_rejected_alone() {
    let projected = json!({"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}});
    let (mut feature, mut geometry) = (site("A", json!({})), site("B", json!({})));
    feature["crs"] = projected.clone();
    geometry["geometry"]["crs"] = projected;
    let sites = json!({"type": "FeatureCollection", "features": [feature, geometry, site("C", json!({}))]});
    let outcome = Scratch::new(Kind::Sites).add("s.geojson", sites.to_string());
    assert_eq!(counts(&outcome, Unit::Site), (3, 1, 2));
    let fields: Vec<_> = outcome
        .rejects
        .iter()
        .map(|reject| reject.field.as_deref())
        .collect();
    assert_eq!(fields, [Some("crs"), Some("geometry.crs")]);
}

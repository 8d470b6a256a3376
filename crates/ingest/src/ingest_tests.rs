use proptest::prelude::*;

use super::Ingest;
use crate::scratch::{INGESTED_AT_US, Scratch, counts, options, rejects};
use crate::{Error, Kind, SourceFile, Table, Unit};

/// A small valid file of each layout.
const FILES: [(Kind, &str, &str); 6] = [
    (
        Kind::Reports,
        "reports/1.json",
        r#"{"reportId": "1", "dateReceived": "2025-11-05T00:00:00Z", "reportedInformation": {
            "incidentSummary": {"incidentType": "Online Enticement", "incidentDateTime": "2025-11-03T10:00:00Z"},
            "reportedPeople": {"reportedPersons": [{"sourceInformation": {"sourceCaptures": [
                {"captureType": "IP Address", "value": "203.0.113.7", "dateTime": "2025-11-03T09:30:00Z", "port": 443},
                {"captureType": "IP Address", "value": "2001:db8::1", "eventName": "Unknown"}]}}]}}}"#,
    ),
    (
        Kind::Telemetry,
        "telemetry/t.csv",
        "device_id,id_type,latitude,longitude,horizontal_accuracy,timestamp,ip_address,user_agent\n\
         0f8fad5b-d9cb-469f-a165-70867728950e,gaid,-20.12345,80.12345,5,1762164000000,203.0.113.7,\"a, b\"\n\
         ,,-20.2,80.2,-1,2025-11-03T10:00:00,2001:db8::1,\"c\"\"\nd\"\n\
         00000000-0000-0000-0000-000000000000,aaid,0,0,,1762164000,203.0.113.0,\n",
    ),
    (
        Kind::Sites,
        "sites/s.geojson",
        r#"{"type": "FeatureCollection", "features": [
            {"type": "Feature", "properties": {"site_id": "A", "status": "confirmed", "valid_from": "2025-10-01T00:00:00Z"},
             "geometry": {"type": "Polygon", "coordinates": [[[80, -20], [80.1, -20], [80.1, -20.1], [80, -20.1], [80, -20]]]}},
            {"type": "Feature", "id": "B", "properties": {"country": "XA"}, "geometry": {"type": "MultiPolygon", "coordinates":
             [[[[81, -20], [82, -20], [82, -21], [81, -21], [81, -20]], [[81.2, -20.2], [81.4, -20.2], [81.4, -20.4], [81.2, -20.2]]]]}}]}"#,
    ),
    (
        Kind::Networks,
        "networks/a.csv",
        "network,autonomous_system_number,autonomous_system_organization\n203.0.113.0/24,64496,\"A, B\"\n2001:db8::/32,64497,C\n",
    ),
    (
        Kind::Networks,
        "networks/vpn.txt",
        "# list\n203.0.113.0/25\n198.51.100.7 # one\n2001:db8::/48\n",
    ),
    (
        Kind::Networks,
        "networks/d.txt",
        "2.3|example|20260101|2|19830101|20260101|+0000\nexample|*|ipv4|*|1|summary\n\
         example|XA|ipv4|240.0.0.0|768|20200101|allocated|a\nexample|XT|ipv6|2001:db8::|32|20200101|assigned|b\n",
    ),
];

#[test]
fn the_valid_files_are_loaded_whole() {
    for (kind, name, content) in FILES {
        let outcome = Scratch::new(kind).add(name, content);
        assert_eq!(outcome.rejected(), 0, "{name}: {:?}", outcome.rejects);
        assert!(
            outcome.layout.is_some() && outcome.counts.iter().all(|counts| counts.rows_loaded > 0),
            "{name}"
        );
    }
}

#[test]
fn files_that_cannot_be_read_are_rejected_and_in_the_ledger() {
    for kind in Kind::ALL {
        let mut scratch = Scratch::new(kind);
        let folder = tempfile::tempdir().unwrap();
        let outcome = scratch.add_path(folder.path().join("none"), "x/none");
        assert_eq!(counts(&outcome, Unit::File), (1, 0, 1));
        assert_eq!(rejects(&outcome), ["no such file or folder"]);
        let outcome = scratch.add_path(folder.path().to_owned(), "x/folder");
        assert_eq!(rejects(&outcome), ["cannot be read: is a directory"]);
        let outcome = scratch.add("x/empty", "");
        assert_eq!(rejects(&outcome), ["empty file"]);
        let tables = scratch.finish();
        assert_eq!(
            tables.column(Table::Ledger, "source_file"),
            ["x/empty", "x/folder", "x/none"]
        );
        assert_eq!(tables.column(Table::Ledger, "layout"), ["-"; 3]);
        assert_eq!(tables.column(Table::Rejects, "kind"), [kind.name(); 3]);
        assert_eq!(tables.column(Table::Rejects, "source_row"), ["-"; 3]);
    }
}

#[test]
fn the_ledger_has_a_row_per_file_and_unit() {
    let mut scratch = Scratch::new(Kind::Reports);
    let outcome = scratch.add(FILES[0].1, FILES[0].2);
    let tables = scratch.finish();
    let column = |name| tables.column(Table::Ledger, name);
    assert_eq!(column("unit"), ["report", "ip_event"]);
    assert_eq!(column("rows_in"), ["1", "2"]);
    assert_eq!(column("layout"), ["cybertip-le-json"; 2]);
    assert_eq!(column("source_sha256"), [outcome.sha256.clone(), outcome.sha256]);
    assert_eq!(
        column("size_bytes"),
        [FILES[0].2.len().to_string(), FILES[0].2.len().to_string()]
    );
    let time = chrono::DateTime::from_timestamp_micros(INGESTED_AT_US).unwrap();
    let time = time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    assert_eq!(column("ingested_at"), [time.clone(), time]);
}

#[test]
fn a_staging_folder_that_cannot_be_made_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    std::fs::write(&path, FILES[1].2).unwrap();
    // A file stands where the folder should be.
    let mut ingest = Ingest::new(Kind::Telemetry, options(), &path);
    ingest
        .add(&SourceFile {
            path: path.clone(),
            name: "t.csv".to_owned(),
        })
        .unwrap();
    assert!(matches!(ingest.finish(), Err(Error::Io { .. })));
}

#[test]
fn the_key_is_not_in_the_debug_form_of_the_options() {
    let text = format!("{:?}", options());
    assert!(
        !text.contains("7, 7") && !text.contains("key") && text.contains("ingested_at"),
        "{text}"
    );
}

/// Damage to a file: a byte replaced, inserted or removed, or the rest cut off.
#[derive(Clone, Debug)]
enum Damage {
    Replace(prop::sample::Index, u8),
    Insert(prop::sample::Index, u8),
    Remove(prop::sample::Index),
    RemoveLine(prop::sample::Index),
    Cut(prop::sample::Index),
}

fn damage() -> impl Strategy<Value = Damage> {
    let place = any::<prop::sample::Index>;
    let byte = || {
        prop_oneof![
            any::<u8>(),
            prop::sample::select(b"\"\n\r,|{}[]:#\0-.09/".to_vec())
        ]
    };
    prop_oneof![
        8 => (place(), byte()).prop_map(|(place, byte)| Damage::Replace(place, byte)),
        4 => (place(), byte()).prop_map(|(place, byte)| Damage::Insert(place, byte)),
        4 => place().prop_map(Damage::Remove),
        2 => place().prop_map(Damage::RemoveLine),
        1 => place().prop_map(Damage::Cut),
    ]
}

fn apply(damage: &Damage, bytes: &mut Vec<u8>) {
    let len = bytes.len();
    if len == 0 {
        return;
    }
    match damage {
        Damage::Replace(place, byte) => bytes[place.index(len)] = *byte,
        Damage::Insert(place, byte) => bytes.insert(place.index(len), *byte),
        Damage::Remove(place) => drop(bytes.remove(place.index(len))),
        Damage::Cut(place) => bytes.truncate(place.index(len)),
        Damage::RemoveLine(place) => {
            let mut lines: Vec<_> = bytes.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
            lines.remove(place.index(lines.len()));
            *bytes = lines.join(&b'\n');
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// [`Scratch::add`] checks that the counts of every unit add up.
    #[test]
    fn damaged_files_never_panic_and_their_accounts_agree_with_the_tables(
        file in prop::sample::select(FILES.to_vec()),
        damages in prop::collection::vec(damage(), 1..6),
    ) {
        let (kind, name, content) = file;
        let mut bytes = content.as_bytes().to_vec();
        for damage in &damages {
            apply(damage, &mut bytes);
        }
        let mut scratch = Scratch::new(kind);
        let outcome = scratch.add(name, &bytes);
        prop_assert!(!outcome.counts.is_empty());
        let tables = scratch.finish();
        let rows = |table| tables.rows(table).num_rows() as u64;
        let loaded = |unit| outcome.counts.iter().find(|counts| counts.unit == unit).map_or(0, |counts| counts.rows_loaded);
        prop_assert_eq!(rows(Table::Rejects), outcome.rejected());
        prop_assert_eq!(rows(Table::Ledger), outcome.counts.len() as u64);
        prop_assert_eq!(rows(Table::Reports), loaded(Unit::Report));
        prop_assert_eq!(rows(Table::ReportIpEvents) + rows(Table::ProtectedIpEvents), loaded(Unit::IpEvent));
        prop_assert_eq!(rows(Table::Telemetry), loaded(Unit::Row));
        prop_assert_eq!(rows(Table::Sites), loaded(Unit::Site));
        prop_assert!(rows(Table::NetworkPrefixes) >= loaded(Unit::Prefix));
    }
}

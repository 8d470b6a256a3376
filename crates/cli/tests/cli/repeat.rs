//! The same file twice adds nothing and says so; the same key gives the same pseudonyms.

use crate::tieline::{Desk, KINDS, copy, samples};

#[test]
fn the_same_files_twice_add_nothing_and_say_so() {
    let desk = Desk::new();
    desk.ingest_world(&samples(), "case");
    let count = "SELECT (SELECT count(*) FROM telemetry) AS t, (SELECT count(*) FROM reports) AS r, \
                 (SELECT count(*) FROM sites) AS s, (SELECT count(*) FROM networks) AS n, \
                 (SELECT count(*) FROM address_networks) AS a, (SELECT count(*) FROM ledger) AS l";
    let before = desk.rows("case", count);
    // Under another name, too: content decides.
    copy(&samples(), &desk.path("again"));
    for kind in KINDS {
        let ended = desk.run(["ingest", kind, &format!("again/{kind}"), "--case", "case"]);
        assert_eq!(ended.code, 0, "{}", ended.stderr);
        assert!(
            ended.stderr.contains("in the case already, 0 rows added"),
            "{}",
            ended.stderr
        );
    }
    assert_eq!(desk.rows("case", count), before);
}

#[test]
fn a_corrected_file_of_sites_does_not_count_a_site_twice() {
    let desk = Desk::new();
    desk.ingest_world(&samples(), "case");
    let before = desk.rows("case", "SELECT count(*) AS n FROM sites");
    let text = std::fs::read_to_string(samples().join("sites/sites.geojson")).unwrap();
    desk.write("sites/sites.geojson", text.replace("Growing Bar", "Grown Bar"));
    let ended = desk.run(["ingest", "sites", "sites", "--case", "case"]);
    assert_eq!(ended.code, 0);
    for line in [
        "site_id occurs already, with a validity that overlaps: from the same time on, but with another name\n",
        "this version is there already; nothing is added (14 times)\n",
        "16 sites in = 14 loaded + 2 rejected\n",
    ] {
        assert!(ended.stderr.contains(line), "{}", ended.stderr);
    }
    assert_eq!(desk.rows("case", "SELECT count(*) AS n FROM sites"), before);
}

#[test]
fn the_same_bytes_under_another_name_are_another_list_of_networks() {
    let desk = Desk::new();
    desk.write("lists/satellite.txt", "240.70.16.0/24\n");
    desk.write("lists/vpn.txt", "240.70.16.0/24\n");
    desk.ok(["ingest", "networks", "lists", "--case", "case"]);
    let kinds = desk.rows("case", "SELECT DISTINCT kind FROM networks ORDER BY kind");
    assert_eq!(kinds.to_string(), r#"[{"kind":"satellite"},{"kind":"vpn"}]"#);
}

#[test]
fn a_delivery_in_two_parts_gives_the_same_links() {
    let desk = Desk::new();
    desk.ingest_world(&samples(), "whole");
    let mut months: Vec<_> = std::fs::read_dir(samples().join("telemetry"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    months.sort();
    assert!(months.len() > 1);
    for kind in ["networks", "sites", "reports"] {
        let folder = samples().join(kind);
        desk.ok(["ingest", kind, folder.to_str().unwrap(), "--case", "parts"]);
    }
    for month in months.iter().rev() {
        desk.ok(["ingest", "telemetry", month.to_str().unwrap(), "--case", "parts"]);
    }
    let links = |case| {
        let text = desk.ok(["run", "nexus", "--case", case, "--format", "json"]);
        let object: serde_json::Value = serde_json::from_str(&text).unwrap();
        object["links"].clone()
    };
    assert_eq!(links("whole"), links("parts"));
}

#[test]
fn another_key_is_refused_and_the_key_is_readable_by_its_owner_alone() {
    let desk = Desk::new();
    let telemetry = samples().join("telemetry");
    let telemetry = telemetry.to_str().unwrap();
    let ingest = |key| desk.run(["ingest", "telemetry", telemetry, "--case", "case", "--key", key]);
    assert_eq!(ingest("one.key").code, 0);
    // A key that is not there is not made: it could not be the right one.
    assert_eq!(ingest("two.key").code, 1);
    assert!(!desk.path("two.key").exists());
    desk.write("two.key", "00".repeat(32));
    let ended = ingest("two.key");
    assert_eq!(ended.code, 1);
    assert!(
        ended
            .stderr
            .contains("not the key that this case's pseudonyms were made with"),
        "{}",
        ended.stderr
    );

    let mode = std::os::unix::fs::PermissionsExt::mode(
        &std::fs::metadata(desk.path("one.key")).unwrap().permissions(),
    );
    assert_eq!(mode & 0o777, 0o600);
    let key = std::fs::read_to_string(desk.path("one.key")).unwrap();
    let manifest = std::fs::read_to_string(desk.path("case/manifest.json")).unwrap();
    assert!(!manifest.contains(key.trim()), "the key lies outside the case");
}

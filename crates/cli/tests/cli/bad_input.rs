//! Bad input: one clear line each, a counted reject, the rest loaded, and exit code 1 only where nothing could be.

use serde_json::Value;

use crate::tieline::{Desk, Ended, copy, samples};

/// What a line about sensitive data must never repeat: the values of the damaged rows below.
const VALUES: [&str; 6] = [
    "1.2.3",
    "01.2.3.4",
    "91.5",
    "198.51.100.77",
    "SECRET",
    "203.0.113.99",
];

const HEADER: &str = "device_id,id_type,latitude,longitude,horizontal_accuracy,timestamp,ip_address";
const GOOD: &str =
    "0f8fad5b-d9cb-469f-a165-70867728950e,gaid,-20.12345,80.12345,5,1761955200000,198.51.100.7";

fn assert_says_no_value(ended: &Ended) {
    for value in VALUES {
        assert!(
            !ended.stderr.contains(value),
            "{value} is repeated: {}",
            ended.stderr
        );
    }
}

fn reasons(desk: &Desk) -> Vec<String> {
    let rejects = desk.rows(
        "case",
        "SELECT source_file, source_row, field, reason FROM rejects ORDER BY 1, 2, 3",
    );
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    rejects
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let [file, line, field, reason] =
                ["source_file", "source_row", "field", "reason"].map(|name| text(&row[name]));
            format!("{file} {line} {field} {reason}")
        })
        .collect()
}

fn assert_ledger_adds_up(desk: &Desk) {
    let query = "SELECT count(*) AS n FROM ledger WHERE rows_in <> rows_loaded + rows_rejected";
    assert_eq!(desk.rows("case", query)[0]["n"], 0);
    let query =
        "SELECT (SELECT sum(rows_rejected) FROM ledger) AS ledger, (SELECT count(*) FROM rejects) AS rejects";
    let sums = desk.rows("case", query);
    assert_eq!(sums[0]["ledger"], sums[0]["rejects"]);
}

#[test]
fn a_missing_path_is_named_and_the_rest_is_loaded() {
    let desk = Desk::new();
    desk.write("telemetry/a.csv", format!("{HEADER}\n{GOOD}\n"));
    let ended = desk.run([
        "ingest",
        "telemetry",
        "nowhere.csv",
        "telemetry",
        "--case",
        "case",
    ]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert!(
        ended.stderr.contains("rejected: nowhere.csv: "),
        "{}",
        ended.stderr
    );
    assert_eq!(
        desk.rows("case", "SELECT count(*) AS n FROM telemetry")[0]["n"],
        1
    );
}

#[test]
fn where_nothing_could_be_loaded_the_exit_code_is_1() {
    let desk = Desk::new();
    desk.write("telemetry/empty.csv", "");
    desk.write("telemetry/other.csv", "a,b,c\n1,2,3\n");
    desk.write("telemetry/binary.csv", [0xff, 0xfe, 0x00, 0x01]);
    for path in [
        "nowhere.csv",
        "telemetry/empty.csv",
        "telemetry/other.csv",
        "telemetry/binary.csv",
        "telemetry",
    ] {
        let ended = desk.run(["ingest", "telemetry", path, "--case", "case"]);
        assert_eq!(ended.code, 1, "{path}: {}", ended.stderr);
        assert!(ended.stderr.contains("rejected: "), "{path}: {}", ended.stderr);
        assert!(
            ended
                .stderr
                .trim_end()
                .lines()
                .last()
                .unwrap()
                .starts_with("error: nothing could be loaded")
        );
    }
    assert_ledger_adds_up(&desk);
}

#[test]
fn one_broken_report_among_many_is_one_reject() {
    let desk = Desk::new();
    copy(&samples().join("reports"), &desk.path("reports"));
    desk.write(
        "reports/9999998.json",
        "{\"reportId\": 9999998, \"reportedInformation\": {SECRET",
    );
    let event = |value: &str| {
        format!(r#"{{"captureType":"IP Address","value":"{value}","dateTime":"2025-11-03T10:00:00Z"}}"#)
    };
    desk.write(
        "reports/9999999.json",
        format!(
            r#"{{"reportId":9999999,"reportedInformation":{{"incidentSummary":{{"incidentType":"Online Enticement of Children for Sexual Acts"}},
            "reportedPeople":{{"reportedPersons":[{{"sourceInformation":{{"sourceCaptures":[{},{},{}]}}}}]}}}}}}"#,
            event("1.2.3"),
            event("203.0.113.99"),
            event("01.2.3.4")
        ),
    );
    let ended = desk.run(["ingest", "reports", "reports", "--case", "case"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert_says_no_value(&ended);
    assert_eq!(
        desk.rows("case", "SELECT count(*) AS n FROM reports")[0]["n"],
        301
    );
    let found = reasons(&desk);
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found[0].starts_with("reports/9999998.json"), "{found:?}");
    for (reject, capture) in found[1..].iter().zip([0, 2]) {
        assert!(reject.starts_with("reports/9999999.json"), "{found:?}");
        assert!(
            reject.contains(&format!("sourceCaptures[{capture}]")),
            "{found:?}"
        );
        assert!(reject.ends_with("not an IP address"), "{found:?}");
    }
    let kept = desk.rows(
        "case",
        "SELECT event_seq, ip FROM report_ip_events WHERE report_id = '9999999'",
    );
    assert_eq!(kept.to_string(), r#"[{"event_seq":2,"ip":"203.0.113.99"}]"#);
    assert_ledger_adds_up(&desk);
}

#[test]
fn a_bad_line_of_telemetry_never_takes_its_neighbours_along() {
    let desk = Desk::new();
    let bad = [
        "ragged,gaid,-20.12345",
        "SECRET,gaid,91.5,80.12345,5,1761955200000,198.51.100.77",
        "SECRET,gaid,80.12345,-120.5,5,1761955200000,1.2.3",
        "SECRET,gaid,80.12345,100.5,5,1761955200000,01.2.3.4",
        "SECRET,gaid,120.5,-20.25,5,1761955200000,198.51.100.77",
        "\"SECRET,gaid,-20.12345,80.12345,5,1761955200000,198.51.100.77",
        "SECRET,gaid,-20.12345,80.12345,5,yesterday,198.51.100.77",
    ];
    let mut text = format!("{HEADER}\n{GOOD}\n");
    for line in bad {
        text += &format!("{line}\n{GOOD}\n");
    }
    desk.write("telemetry/damaged.csv", text);
    let ended = desk.run(["ingest", "telemetry", "telemetry", "--case", "case"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert_says_no_value(&ended);
    assert_eq!(
        desk.rows("case", "SELECT count(*) AS n FROM telemetry")[0]["n"],
        bad.len() + 1
    );
    let found = reasons(&desk);
    assert_eq!(found.len(), bad.len(), "{found:?}");
    for (position, reject) in found.iter().enumerate() {
        // The header and the first good row stand before, a good row between each two.
        assert!(
            reject.starts_with(&format!("telemetry/damaged.csv {} ", position * 2 + 3)),
            "{found:?}"
        );
    }
    assert!(found[4].contains("possibly swapped"), "{found:?}");
    assert!(found[5].contains("unclosed quote"), "{found:?}");
    assert_ledger_adds_up(&desk);
}

#[test]
fn a_time_without_offset_is_flagged_and_does_not_link() {
    let desk = Desk::new();
    desk.ingest_world(&samples(), "case");
    let flagged = "SELECT count(*) > 0 AS some FROM report_ip_events WHERE (quality_flags & 32) <> 0";
    assert_eq!(desk.rows("case", flagged)[0]["some"], true);
    desk.ok(["run", "nexus", "--case", "case"]);
    let excluded =
        "SELECT count(*) > 0 AS some FROM nexus.candidates WHERE excluded_reason = 'time_without_offset'";
    assert_eq!(desk.rows("case", excluded)[0]["some"], true);
}

#[test]
fn swapped_coordinates_are_flagged() {
    let desk = Desk::new();
    let mut text = format!("{HEADER}\n");
    for _ in 0..200 {
        text += &format!("{GOOD}\n");
    }
    text += "0f8fad5b-d9cb-469f-a165-70867728950e,gaid,80.12345,-20.12345,5,1761955200000,198.51.100.7\n";
    desk.write("telemetry/swapped.csv", text);
    desk.ok(["ingest", "telemetry", "telemetry", "--case", "case"]);
    let flagged = desk.rows(
        "case",
        "SELECT source_row FROM telemetry WHERE (quality_flags & 16) <> 0",
    );
    assert_eq!(flagged.to_string(), r#"[{"source_row":202}]"#);
}

#[test]
fn a_bad_site_is_one_reject() {
    let desk = Desk::new();
    let feature = |id: &str, ring: &str| {
        format!(
            r#"{{"type":"Feature","properties":{{"site_id":"{id}","status":"confirmed"}},"geometry":{{"type":"Polygon","coordinates":[{ring}]}}}}"#
        )
    };
    let features = [
        feature("S-1", "[[80,-20],[80.01,-20],[80.01,-20.01],[80,-20]]"),
        feature("S-2", "[[80,-20],[80.01,-20],[80.01,-20.01],[80,-20.01]]"),
        feature("S-3", "[[80,-95],[80.01,-95],[80.01,-95.01],[80,-95]]"),
    ];
    let text = format!(
        r#"{{"type":"FeatureCollection","features":[{}]}}"#,
        features.join(",")
    );
    desk.write("sites/sites.geojson", text);
    let ended = desk.run(["ingest", "sites", "sites", "--case", "case"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert_eq!(
        desk.rows("case", "SELECT site_id FROM sites").to_string(),
        r#"[{"site_id":"S-1"}]"#
    );
    let found = reasons(&desk);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(
        found[0].contains("not closed") || found[0].contains("unclosed"),
        "{found:?}"
    );
    assert_ledger_adds_up(&desk);
}

#[test]
fn an_investigation_without_its_tables_says_what_to_load() {
    let desk = Desk::new();
    let reports = samples().join("reports");
    desk.ok(["ingest", "reports", reports.to_str().unwrap(), "--case", "case"]);
    let ended = desk.run(["run", "nexus", "--case", "case"]);
    assert_eq!(ended.code, 1);
    assert!(
        ended.stderr.contains("the case has no telemetry yet (hint: "),
        "{}",
        ended.stderr
    );
}

#[test]
fn without_networks_the_run_says_that_nothing_was_excluded_by_them() {
    let desk = Desk::new();
    for kind in ["reports", "telemetry", "sites"] {
        let folder = samples().join(kind);
        desk.ok(["ingest", kind, folder.to_str().unwrap(), "--case", "case"]);
    }
    let ended = desk.run(["run", "nexus", "--case", "case", "--format", "json"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert!(
        ended.stderr.contains("note: address_networks is empty"),
        "{}",
        ended.stderr
    );
    let object: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert!(object["notes"].to_string().contains("address_networks is empty"));
}

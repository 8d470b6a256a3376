use serde_json::{Value as Json, json};

use crate::scratch::{Scratch, counts, options, rejects};
use crate::{Kind, Layout, Table, Unit};

fn capture(value: &str, time: &str, name: &str) -> Json {
    json!({"captureType": "IP Address", "value": value, "dateTime": time, "eventName": name})
}

/// A report with two reported people, a recipient, a victim and a file, as sparse as the real ones.
fn full_report() -> Json {
    json!({
        "reportId": "4006001",
        "dateReceived": "2025-11-05T00:00:00Z",
        "reportedInformation": {
            "reportingEsp": {"espName": "Example Messenger"},
            "incidentSummary": {
                "incidentType": "Online Enticement of Children for Sexual Act",
                "incidentDateTime": "2025-11-03T10:00:00Z",
                "reportAnnotations": {"sextortion": true}
            },
            "reportedPeople": {"reportedPersons": [
                {
                    "compromisedAccount": true,
                    "sourceInformation": {"sourceCaptures": [
                        {"captureType": "Profile URL", "value": "https://example.com/a"},
                        {"captureType": "IP Address", "value": "203.0.113.7:443", "dateTime": "2025-11-03T09:30:00Z",
                         "eventName": "LOGIN", "possibleProxy": false},
                        capture("203.0.113.8", "2025-11-03T10:00:00Z", "Unknown"),
                        capture("203.0.113", "2025-11-03T10:00:00Z", "LOGIN"),
                        {"captureType": "ip address", "value": "::ffff:203.0.113.9", "dateTime": null, "port": 51000}
                    ]}
                },
                {"ipAddress": "2001:db8::1", "sourceInformation": null},
                null
            ]},
            "intendedRecipients": {"intendedRecipients": [
                {"sourceInformation": {"sourceCaptures": [capture("203.0.113.20", "2025-11-03T10:00:00", "LOGIN")]}}
            ]},
            "victims": {"victims": [
                {"sourceInformation": {"sourceCaptures": [capture("203.0.113.21", "2025-11-03T10:00:00Z", "LOGIN")]}}
            ]},
            "uploadedFiles": {"uploadedFiles": [
                {"filename": "a", "sourceInformation": {"sourceCaptures": [capture("203.0.113.30", "03/11/2025", "UPLOAD")]}}
            ]}
        }
    })
}

#[test]
fn a_report_and_its_events_land_in_their_tables() {
    let mut scratch = Scratch::new(Kind::Reports);
    let outcome = scratch.add("reports/4006001.json", format!("\u{feff}{}", full_report()));
    assert_eq!(outcome.layout, Some(Layout::CybertipLeJson));
    assert_eq!(counts(&outcome, Unit::Report), (1, 1, 0));
    assert_eq!(counts(&outcome, Unit::IpEvent), (8, 7, 1));
    let field =
        "reportedInformation.reportedPeople.reportedPersons[0].sourceInformation.sourceCaptures[3].value";
    assert_eq!(rejects(&outcome), [format!("{field}: not an IP address")]);
    let notes: Vec<_> = outcome
        .notes
        .iter()
        .map(|note| (note.field.as_str(), note.text))
        .collect();
    let time =
        "reportedInformation.uploadedFiles.uploadedFiles[].sourceInformation.sourceCaptures[].dateTime";
    assert_eq!(notes, [(time, "time not understood")]);
}

#[test]
fn the_columns_of_reports_and_events_are_filled() {
    let mut scratch = Scratch::new(Kind::Reports);
    scratch.add("reports/4006001.json", full_report().to_string());
    let tables = scratch.finish();
    let reports = |name| tables.column(Table::Reports, name).join(",");
    assert_eq!(reports("report_id"), "4006001");
    assert_eq!(reports("received_at"), "2025-11-05T00:00:00Z");
    assert_eq!(reports("incident_type"), "online_enticement");
    assert_eq!(
        reports("incident_type_raw"),
        "Online Enticement of Children for Sexual Act"
    );
    assert_eq!(reports("reporter"), "Example Messenger");
    assert_eq!(reports("sextortion"), "true");
    assert_eq!(reports("source_file"), "reports/4006001.json");

    let events = |name| tables.column(Table::ReportIpEvents, name);
    assert_eq!(
        events("ip"),
        [
            "203.0.113.7",
            "203.0.113.8",
            "203.0.113.9",
            "203.0.113.30",
            "2001:db8::1"
        ]
    );
    assert_eq!(events("event_seq"), ["1", "2", "4", "8", "5"]);
    assert_eq!(
        events("party_id"),
        ["reported-1", "reported-1", "reported-1", "file-1", "reported-2"]
    );
    assert_eq!(
        events("role"),
        ["reported", "reported", "reported", "file", "reported"]
    );
    assert_eq!(events("port"), ["443", "-", "51000", "-", "-"]);
    assert_eq!(events("event_name"), ["login", "unknown", "-", "upload", "-"]);
    assert_eq!(
        events("time_quality"),
        [
            "observed",
            "equals_incident_time",
            "missing",
            "missing",
            "missing"
        ]
    );
    assert_eq!(events("possible_proxy"), ["false", "-", "-", "-", "-"]);
    assert_eq!(events("compromised_account"), ["true", "true", "true", "-", "-"]);
    assert_eq!(
        events("path")[4],
        "reportedInformation.reportedPeople.reportedPersons[1].ipAddress"
    );
    assert_eq!(events("quality_flags")[0], "256");

    let protected = |name| tables.column(Table::ProtectedIpEvents, name);
    assert_eq!(protected("role"), ["recipient", "victim"]);
    assert_eq!(protected("event_seq"), ["6", "7"]);
    assert_eq!(protected("quality_flags"), ["288", "256"]);
}

#[test]
fn a_report_of_hardly_anything_is_loaded() {
    let mut scratch = Scratch::new(Kind::Reports);
    for (name, json) in [
        ("1.json", json!({"reportedInformation": null})),
        ("2.json", json!({"reportId": {"x": 1}, "dateReceived": 5})),
        ("3.json", json!({"reportId": 4006003, "reportedInformation": []})),
        (
            "4.json",
            json!({"reportId": " ", "reportedInformation": {"reportedPeople": {"reportedPersons": {}}}}),
        ),
    ] {
        let outcome = scratch.add(name, json.to_string());
        assert_eq!(counts(&outcome, Unit::Report), (1, 1, 0));
        assert_eq!(counts(&outcome, Unit::IpEvent), (0, 0, 0));
    }
    let tables = scratch.finish();
    assert_eq!(
        tables.column(Table::Reports, "report_id"),
        ["1", "2", "4", "4006003"]
    );
    assert_eq!(tables.column(Table::Reports, "sextortion"), ["-"; 4]);
}

#[test]
fn an_event_at_the_incidents_time_is_doubted_only_without_a_name() {
    let mut scratch = Scratch::new(Kind::Reports);
    let mut report = full_report();
    let captures: Vec<_> = ["Unknown", "", "LOGIN"]
        .map(|name| capture("203.0.113.7", "2025-11-03T10:00:00Z", name))
        .into();
    report["reportedInformation"]["reportedPeople"]["reportedPersons"] =
        json!([{"sourceInformation": {"sourceCaptures": captures}}]);
    scratch.add("1.json", report.to_string());
    let tables = scratch.finish();
    let expected = [
        "equals_incident_time",
        "equals_incident_time",
        "observed",
        "missing",
    ];
    assert_eq!(tables.column(Table::ReportIpEvents, "time_quality"), expected);
}

#[test]
fn captures_without_a_type_count_if_they_hold_an_address() {
    let mut scratch = Scratch::new(Kind::Reports);
    let captures = json!([
        {"value": "203.0.113.7"},
        {"value": "https://example.com"},
        {"captureType": "IP Address"},
        {"captureType": "IP Address", "value": 7},
        {"captureType": "IP Address", "value": "01.2.3.4"},
        {"captureType": "URL", "value": "203.0.113.7"},
    ]);
    let report = json!({"reportId": "1", "reportedInformation": {"uploadedFiles": {"uploadedFiles": [
        {"sourceInformation": {"sourceCaptures": captures}}
    ]}}});
    let outcome = scratch.add("1.json", report.to_string());
    assert_eq!(counts(&outcome, Unit::IpEvent), (4, 1, 3));
    let reasons: Vec<_> = outcome
        .rejects
        .iter()
        .map(|reject| reject.reason.as_str())
        .collect();
    assert_eq!(reasons, ["no address", "not an IP address", "not an IP address"]);
    assert!(
        outcome
            .notes
            .iter()
            .any(|note| note.text == "capture without a type, not an IP address")
    );
}

#[test]
fn broken_json_is_one_rejected_report_and_says_where() {
    let mut scratch = Scratch::new(Kind::Reports);
    let outcome = scratch.add("1.json", "{\"reportId\": \"1\",\n \"secret-value\": }");
    assert_eq!(counts(&outcome, Unit::Report), (1, 0, 1));
    assert_eq!(rejects(&outcome), ["broken JSON at line 2, column 18"]);
    assert!(outcome.nothing_loaded());
    let outcome = scratch.add("2.json", "{\"reportId\": \"2\"");
    assert_eq!(rejects(&outcome), ["JSON ends too early at line 1, column 16"]);
    let outcome = scratch.add("3.json", b"{\"reportId\": \"\xff\"}");
    assert_eq!(counts(&outcome, Unit::Report), (1, 0, 1));
    let outcome = scratch.add("4.json", "{\"reportId\": \"4\", \"reportId\": \"5\"}");
    assert_eq!(
        rejects(&outcome),
        ["a key occurs twice in one object at line 1, column 34"]
    );
    assert_eq!(scratch.finish().column(Table::Rejects, "unit"), ["report"; 4]);
}

#[test]
fn other_layouts_are_rejected_whole_with_the_known_ones_named() {
    let mut scratch = Scratch::new(Kind::Reports);
    for content in [
        "[]",
        "{\"type\": \"FeatureCollection\"}",
        "a,b\n1,2\n",
        "\u{0}\u{1}",
        "<report/>",
    ] {
        let outcome = scratch.add("1.json", content);
        assert_eq!(counts(&outcome, Unit::File), (1, 0, 1));
        assert_eq!(outcome.layout, None);
        assert!(outcome.rejects[0].reason.contains("cybertip-le-json"));
    }
    for content in ["", " \n", "\u{feff}"] {
        assert_eq!(rejects(&scratch.add("1.json", content)), ["empty file"]);
    }
}

#[test]
fn a_report_id_is_loaded_once() {
    let options = crate::Options {
        known_report_ids: ["3".to_owned()].into(),
        known_sites: Default::default(),
        ..options()
    };
    let mut scratch = Scratch::with_options(Kind::Reports, options);
    let report = |id: &str, zone: &str| json!({"reportId": id, "zone": zone}).to_string();
    scratch.add("reports/a.json", report("1", "x"));
    let again = scratch.add("reports/b.json", report("1", "y"));
    assert_eq!(
        rejects(&again),
        ["reportId: report_id occurs already in reports/a.json"]
    );
    let known = scratch.add("reports/c.json", report("3", "x"));
    assert_eq!(
        rejects(&known),
        ["reportId: report_id occurs already in the case"]
    );
    let tables = scratch.finish();
    assert_eq!(tables.column(Table::Reports, "source_file"), ["reports/a.json"]);
    assert_eq!(
        tables.column(Table::Ledger, "rows_rejected"),
        ["0", "0", "1", "1"]
    );
}

/// A report with these persons, as the JSON says.
fn report_of(persons: Json) -> String {
    json!({"reportId": "1", "reportedInformation": {"reportedPeople": {"reportedPersons": persons}}})
        .to_string()
}

/// The notes as `field: text: count`.
fn notes(outcome: &crate::FileOutcome) -> Vec<String> {
    let notes = outcome.notes.iter();
    notes
        .map(|note| format!("{}: {}: {}", note.field, note.text, note.count))
        .collect()
}

const PERSONS: &str = "reportedInformation.reportedPeople.reportedPersons";

#[test]
fn a_capture_type_with_a_word_for_an_address_is_an_event() {
    let types = [
        "Login IP Address",
        "IP Address (Login)",
        "IP",
        "ip_address",
        "IPv6 address",
        "Registration IPV4",
        "IPAddress",
    ];
    let captures = types.map(|name| json!({"captureType": name, "value": "203.0.113.7"}));
    let persons = json!([{"sourceInformation": {"sourceCaptures": captures}}]);
    let outcome = Scratch::new(Kind::Reports).add("1.json", report_of(persons));
    assert_eq!(counts(&outcome, Unit::IpEvent), (7, 7, 0));
    assert!(outcome.notes.is_empty());
}

#[test]
fn an_address_in_a_capture_of_another_type_is_noted() {
    let captures = json!([
        {"captureType": "Profile URL", "value": "203.0.113.7"},
        {"captureType": "Shipping", "value": "2001:db8::1"},
        {"captureType": "URL", "value": "https://example.com"},
    ]);
    let persons = json!([{"sourceInformation": {"sourceCaptures": captures}}]);
    let outcome = Scratch::new(Kind::Reports).add("1.json", report_of(persons));
    assert_eq!(counts(&outcome, Unit::IpEvent), (0, 0, 0));
    let text = "IP address in a capture of another type, not an event";
    let field = format!("{PERSONS}[].sourceInformation.sourceCaptures[].value");
    assert_eq!(notes(&outcome), [format!("{field}: {text}: 2")]);
}

#[test]
fn addresses_of_web_pages_are_noted_and_no_events() {
    let pages = json!([
        {"sourceInformation": {"sourceCaptures": [
            {"captureType": "IP Address", "value": "203.0.113.7"},
            {"captureType": "URL", "value": "https://example.com"},
        ]}},
        {"sourceInformation": {"sourceCaptures": {"value": "203.0.113.8"}}},
        null,
    ]);
    let report =
        json!({"reportId": "1", "reportedInformation": {"incidentDetails": {"webpageIncident": pages}}});
    let outcome = Scratch::new(Kind::Reports).add("1.json", report.to_string());
    assert_eq!(counts(&outcome, Unit::IpEvent), (0, 0, 0));
    let page = "reportedInformation.incidentDetails.webpageIncident[].sourceInformation";
    let text = "address of a web page, not an event of a party";
    let expected = [
        format!("{page}.sourceCaptures.value: {text}: 1"),
        format!("{page}.sourceCaptures[].value: {text}: 1"),
    ];
    assert_eq!(notes(&outcome), expected);
}

#[test]
fn a_lone_object_in_place_of_a_list_is_a_list_of_one() {
    let mut scratch = Scratch::new(Kind::Reports);
    let capture = capture("203.0.113.7", "2025-11-03T10:00:00Z", "LOGIN");
    let person = json!({"sourceInformation": {"sourceCaptures": capture}});
    let outcome = scratch.add("1.json", report_of(person));
    assert_eq!(counts(&outcome, Unit::IpEvent), (1, 1, 0));
    let tables = scratch.finish();
    let column = |name| tables.column(Table::ReportIpEvents, name);
    assert_eq!(column("party_id"), ["reported-1"]);
    assert_eq!(
        column("path"),
        [format!("{PERSONS}.sourceInformation.sourceCaptures")]
    );
}

#[test]
fn addresses_and_lists_of_a_wrong_type_are_rejected_events() {
    let persons = json!([
        {"ipAddress": 7},
        {"ipAddress": ["203.0.113.7"]},
        {"ipAddress": null, "sourceInformation": {"sourceCaptures": "203.0.113.7"}},
        {"ipAddress": " ", "sourceInformation": ["203.0.113.7"]},
        {"sourceInformation": [], "ipAddress": "203.0.113.7"},
    ]);
    let mut scratch = Scratch::new(Kind::Reports);
    let outcome = scratch.add("1.json", report_of(persons));
    assert_eq!(counts(&outcome, Unit::IpEvent), (5, 1, 4));
    let expected = [
        format!("{PERSONS}[0].ipAddress: not an IP address"),
        format!("{PERSONS}[1].ipAddress: not an IP address"),
        format!("{PERSONS}[2].sourceInformation.sourceCaptures: neither a list nor an object"),
        format!("{PERSONS}[3].sourceInformation: not an object"),
    ];
    assert_eq!(rejects(&outcome), expected);
    let holder = "reportedInformation.reportedPeople";
    let report =
        json!({"reportId": "2", "reportedInformation": {"reportedPeople": [{"ipAddress": "203.0.113.7"}]}});
    let outcome = scratch.add("2.json", report.to_string());
    assert_eq!(rejects(&outcome), [format!("{holder}: not an object")]);
    let report = report_of(json!("x")).replace("\"1\"", "\"3\"");
    let outcome = scratch.add("3.json", report);
    assert_eq!(
        rejects(&outcome),
        [format!("{PERSONS}: neither a list nor an object")]
    );
    assert_eq!(scratch.finish().column(Table::ReportIpEvents, "event_seq"), ["5"]);
}

#[test]
fn what_is_no_object_is_a_rejected_event() {
    let persons =
        json!(["x", {"sourceInformation": {"sourceCaptures": ["203.0.113.5", 7, null, [{}]]}}, [[]]]);
    let outcome = Scratch::new(Kind::Reports).add("1.json", report_of(persons));
    assert_eq!(counts(&outcome, Unit::IpEvent), (5, 0, 5));
    let rejects = outcome.rejects.iter();
    let rejects: Vec<_> = rejects
        .map(|reject| (reject.field.clone().unwrap_or_default(), reject.reason.as_str()))
        .collect();
    let captures = format!("{PERSONS}[1].sourceInformation.sourceCaptures");
    let expected = [
        format!("{PERSONS}[0]"),
        format!("{captures}[0]"),
        format!("{captures}[1]"),
        format!("{captures}[3]"),
        format!("{PERSONS}[2]"),
    ];
    assert_eq!(rejects, expected.map(|field| (field, "not an object")));
}

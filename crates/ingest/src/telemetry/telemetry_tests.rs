use crate::scratch::{Scratch, counts, rejects};
use crate::{Kind, Layout, Table, Unit, pseudonym};

const HEADER: &str =
    "device_id,id_type,latitude,longitude,horizontal_accuracy,timestamp,ip_address,user_agent";
const ID: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";

fn csv(rows: &[&str]) -> String {
    format!("{HEADER}\n{}\n", rows.join("\n"))
}

/// A row with one field replaced.
fn row_with(position: usize, value: &str) -> String {
    let mut fields = [
        ID,
        "GAID",
        "-20.12345",
        "80.12345",
        "12.5",
        "1762164000000",
        "203.0.113.7",
        "\"x, y\"",
    ];
    fields[position] = value;
    fields.join(",")
}

fn row() -> String {
    row_with(7, "\"x, y\"")
}

/// The one reject that the row earns.
fn reject(row: &str) -> String {
    let outcome = Scratch::new(Kind::Telemetry).add("t.csv", csv(&[row]));
    assert_eq!(counts(&outcome, Unit::Row), (1, 0, 1), "{row}");
    rejects(&outcome).remove(0)
}

/// The flags of the row.
fn flags(row: &str) -> String {
    let mut scratch = Scratch::new(Kind::Telemetry);
    scratch.add("t.csv", csv(&[row]));
    scratch
        .finish()
        .column(Table::Telemetry, "quality_flags")
        .remove(0)
}

#[test]
fn a_row_is_loaded_with_a_pseudonym_in_place_of_its_id() {
    let mut scratch = Scratch::new(Kind::Telemetry);
    let outcome = scratch.add(
        "telemetry/t.csv",
        csv(&[&row(), &row_with(0, &ID.to_uppercase())]),
    );
    assert_eq!(outcome.layout, Some(Layout::Quadrant));
    assert_eq!(counts(&outcome, Unit::Row), (2, 2, 0));
    let tables = scratch.finish();
    let column = |name| tables.column(Table::Telemetry, name);
    let expected = pseudonym(&[7; 32], ID);
    assert_eq!(column("device_id"), [expected.clone(), expected]);
    assert_eq!(column("id_type"), ["gaid", "gaid"]);
    assert_eq!(column("observed_at"), ["2025-11-03T10:00:00Z"; 2]);
    assert_eq!(column("located_at"), column("observed_at"));
    assert_eq!(
        (column("lat")[0].as_str(), column("lon")[0].as_str()),
        ("-20.12345", "80.12345")
    );
    assert_eq!(column("horizontal_accuracy_m"), ["12.5"; 2]);
    assert_eq!(column("ip"), ["203.0.113.7"; 2]);
    assert_eq!(column("provider"), ["quadrant"; 2]);
    assert_eq!(column("quality_flags"), ["256"; 2]);
    let file_id = &outcome.sha256[..12];
    assert_eq!(
        column("observation_id"),
        [format!("{file_id}-2"), format!("{file_id}-3")]
    );
    assert_eq!(column("source_row"), ["2", "3"]);
}

#[test]
fn rows_are_ordered_by_address_and_time() {
    let mut scratch = Scratch::new(Kind::Telemetry);
    let rows = [
        row_with(6, "203.0.113.9"),
        row_with(6, "2001:db8::1"),
        row_with(5, "1762164000001"),
        row(),
    ];
    scratch.add("t.csv", csv(&rows.each_ref().map(String::as_str)));
    assert_eq!(
        scratch.finish().column(Table::Telemetry, "source_row"),
        ["5", "4", "2", "3"]
    );
}

#[test]
fn columns_are_found_by_name_in_any_case_and_order() {
    let mut scratch = Scratch::new(Kind::Telemetry);
    let content =
        "\u{feff}IP_ADDRESS, Timestamp ,\"Longitude\",LATITUDE\r\n203.0.113.7,1762164000,80.5,-20.25\r\n";
    let outcome = scratch.add("t.csv", content);
    assert_eq!(counts(&outcome, Unit::Row), (1, 1, 0));
    assert_eq!(
        outcome.flagged,
        [("id_missing", 1), ("low_decimals", 1), ("special_ip", 1)]
    );
}

/// Which of two addresses a device had is nothing to guess at.
#[test]
fn a_file_with_two_columns_of_a_name_that_is_used_is_rejected() {
    let load = |header: &str| {
        let content = format!(
            "ip_address,timestamp,longitude,latitude,{header}\n203.0.113.7,1762164000,80.5,-20.25,192.0.2.1,x\n"
        );
        Scratch::new(Kind::Telemetry).add("t.csv", content)
    };
    let outcome = load("IP_Address,note");
    assert_eq!(counts(&outcome, Unit::File), (1, 0, 1));
    let reject = &outcome.rejects[0];
    assert_eq!(reject.field.as_deref(), Some("ip_address"));
    assert_eq!(reject.reason, "two columns have this name");
    assert_eq!(counts(&load("note,note"), Unit::Row), (1, 1, 0));
}

#[test]
fn ids_that_are_no_device_have_no_pseudonym() {
    let mut scratch = Scratch::new(Kind::Telemetry);
    let zeros = row_with(0, "00000000-0000-0000-0000-000000000000");
    let outcome = scratch.add("t.csv", csv(&[&row_with(0, ""), &zeros, &row_with(0, "abc")]));
    assert_eq!(
        outcome.flagged,
        [
            ("id_opted_out", 1),
            ("id_missing", 1),
            ("id_malformed", 1),
            ("special_ip", 3)
        ]
    );
    let expected = ["-".to_owned(), "-".to_owned(), pseudonym(&[7; 32], "abc")];
    assert_eq!(scratch.finish().column(Table::Telemetry, "device_id"), expected);
}

#[test]
fn doubtful_rows_are_flagged_and_loaded() {
    assert_eq!(flags(&row_with(5, "2025-11-03T10:00:00")), "288");
    assert_eq!(flags(&row_with(4, "-1")), "768");
    assert_eq!(flags(&row_with(4, "0.05")), "768");
    assert_eq!(flags(&row_with(6, "203.0.113.0")), "384");
    assert_eq!(flags(&row_with(6, "2400::1")), "0");
    assert_eq!(
        flags(&format!("{ID},gaid,0,0,,1762164000,203.0.113.7,")),
        (8 + 64 + 256).to_string()
    );
}

#[test]
fn an_accuracy_that_is_no_number_is_noted_and_missing() {
    let mut scratch = Scratch::new(Kind::Telemetry);
    let outcome = scratch.add(
        "t.csv",
        csv(&[&row_with(4, "near"), &row_with(4, "NaN"), &row_with(4, "NULL")]),
    );
    assert_eq!(
        (outcome.notes[0].field.as_str(), outcome.notes[0].count),
        ("horizontal_accuracy", 2)
    );
    assert_eq!(
        scratch.finish().column(Table::Telemetry, "horizontal_accuracy_m"),
        ["-"; 3]
    );
}

#[test]
fn a_bad_field_rejects_its_row_with_name_and_reason() {
    assert_eq!(reject(&row_with(2, "")), "line 2: latitude: no value");
    assert_eq!(reject(&row_with(2, "x")), "line 2: latitude: not a number");
    assert_eq!(reject(&row_with(3, "NaN")), "line 2: longitude: not a number");
    assert_eq!(
        reject(&row_with(2, "91")),
        "line 2: latitude: latitude out of range; possibly swapped"
    );
    assert_eq!(
        reject(&row_with(2, "181")),
        "line 2: latitude: latitude out of range"
    );
    assert_eq!(
        reject(&row_with(3, "181")),
        "line 2: longitude: longitude out of range"
    );
    assert_eq!(reject(&row_with(5, "")), "line 2: timestamp: no time");
    assert_eq!(
        reject(&row_with(5, "12")),
        "line 2: timestamp: time outside 1990 to 2100"
    );
    assert_eq!(
        reject(&row_with(5, "noon")),
        "line 2: timestamp: time not understood"
    );
    assert_eq!(reject(&row_with(6, "")), "line 2: ip_address: no address");
    assert_eq!(
        reject(&row_with(6, "1.2.3")),
        "line 2: ip_address: not an IP address"
    );
    assert_eq!(
        reject(&row_with(6, "01.2.3.4")),
        "line 2: ip_address: not an IP address"
    );
    assert_eq!(reject(&row_with(0, "a\0b")), "line 2: device_id: NUL in text");
}

#[test]
fn bytes_that_are_no_text_matter_only_in_columns_that_are_used() {
    let mut scratch = Scratch::new(Kind::Telemetry);
    let mut content = csv(&[]).into_bytes();
    for position in [0, 7] {
        let row = row_with(position, "caf#");
        content.extend(row.bytes().map(|byte| if byte == b'#' { 0xe9 } else { byte }));
        content.push(b'\n');
    }
    let outcome = scratch.add("t.csv", content);
    assert_eq!(counts(&outcome, Unit::Row), (2, 1, 1));
    assert_eq!(rejects(&outcome), ["line 3: device_id: not UTF-8 text"]);
}

#[test]
fn ragged_lines_and_unclosed_quotes_cost_only_themselves() {
    let mut scratch = Scratch::new(Kind::Telemetry);
    let open = row_with(7, "\"x");
    let over = row() + ",more";
    let outcome = scratch.add(
        "t.csv",
        csv(&[&row(), "a,b", &row(), &open, &row(), "", &over, &row()]),
    );
    assert_eq!(counts(&outcome, Unit::Row), (7, 4, 3));
    assert_eq!(
        rejects(&outcome),
        [
            "line 3: 2 fields, header has 8",
            "line 5: unclosed quote",
            "line 8: 9 fields, header has 8"
        ]
    );
}

#[test]
fn a_swapped_row_among_others_is_flagged() {
    let mut scratch = Scratch::new(Kind::Telemetry);
    let plain = row();
    let mut rows = vec![plain.as_str(); 200];
    let swapped = format!("{ID},gaid,80.12345,-20.12345,,1762164000,203.0.113.7,");
    rows.push(&swapped);
    let outcome = scratch.add("t.csv", csv(&rows));
    assert_eq!(outcome.flagged, [("possibly_swapped", 1), ("special_ip", 201)]);
    let outcome = scratch.add("u.csv", csv(&rows[101..]));
    assert_eq!(outcome.flagged, [("possibly_swapped", 1), ("special_ip", 100)]);
}

#[test]
fn files_of_other_layouts_are_rejected_whole() {
    let mut scratch = Scratch::new(Kind::Telemetry);
    for content in [
        "a,b\n1,2\n",
        "latitude,longitude,timestamp\n1,2,3\n",
        "{}",
        "\"latitude",
        "\u{0}",
    ] {
        let outcome = scratch.add("t.csv", content);
        assert_eq!(counts(&outcome, Unit::File), (1, 0, 1), "{content}");
        assert!(outcome.rejects[0].reason.contains("quadrant"));
    }
    for content in ["", "\n \n"] {
        assert_eq!(rejects(&scratch.add("t.csv", content)), ["empty file"]);
    }
    let outcome = scratch.add("t.csv", csv(&[]));
    assert_eq!(counts(&outcome, Unit::Row), (0, 0, 0));
    assert!(!outcome.nothing_loaded());
}

#[test]
fn a_file_whose_lines_end_in_carriage_returns_only_is_rejected_whole() {
    let mut scratch = Scratch::new(Kind::Telemetry);
    let rows = |count| format!("{HEADER}\r{}", format!("{}\r", row()).repeat(count));
    // The second is longer than the longest line that is kept.
    for content in [rows(2), rows(20_000), format!("{}\n", rows(1))] {
        let outcome = scratch.add("t.csv", content);
        assert_eq!(counts(&outcome, Unit::File), (1, 0, 1));
        assert_eq!(rejects(&outcome), ["line ends are carriage returns"]);
    }
    let outcome = scratch.add("t.csv", format!("{HEADER}\r\r\n{}\r\n", row()));
    assert_eq!(counts(&outcome, Unit::Row), (1, 1, 0));
}

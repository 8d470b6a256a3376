//! Large results are printed as they come, in every format, and small ones as they always were.

use std::io::Read;
use std::process::Stdio;

use crate::tieline::Desk;

/// Rows without end, for all that a test waits.
const ENDLESS: &str = "SELECT value AS n, 'text' AS t FROM range(0, 1000000000000)";

/// The first bytes of an endless result; then nobody reads any more.
fn beginning(format: &str) -> String {
    let desk = Desk::new();
    let mut command = desk.command();
    command.args(["sql", "--format", format, "-c", ENDLESS]);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut bytes = vec![0; 1 << 20];
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut bytes).unwrap();
    drop(stdout);
    // A reader that has gone is no failure.
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(output.stderr, b"");
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn csv_comes_before_the_last_row_is_known() {
    let text = beginning("csv");
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("n,t"));
    assert!(lines.next().unwrap().ends_with(",text"));
    assert_eq!(text.matches("n,t").count(), 1);
}

#[test]
fn json_comes_before_the_last_row_is_known() {
    let text = beginning("json");
    assert!(text.starts_with("[{\"n\":"), "{}", &text[..80]);
    assert!(text.contains("\"t\":\"text\"},{\"n\":"));
    assert_eq!(text.matches('[').count(), 1);
}

#[test]
fn a_table_comes_before_the_last_row_is_known() {
    let text = beginning("table");
    let mut lines = text.lines();
    let header = lines.next().unwrap();
    assert!(
        header.trim_start().starts_with('n') && header.ends_with("  t"),
        "{header}"
    );
    assert!(lines.next().unwrap().starts_with('─'));
    let rows: Vec<_> = lines.collect();
    // The last line is cut off.
    for row in &rows[..rows.len() - 1] {
        assert!(row.ends_with("  text"), "{row}");
    }
}

#[test]
fn a_result_of_many_batches_is_whole_in_every_format() {
    let desk = Desk::new();
    let query = "SELECT value AS n FROM range(0, 30000) ORDER BY n";
    let print = |format| desk.ok(["sql", "--format", format, "-c", query]);

    let csv: Vec<String> = (0..30_000).map(|n| format!("{n}\n")).collect();
    assert_eq!(print("csv"), format!("n\n{}", csv.concat()));

    let rows: Vec<_> = (0..30_000).map(|n| format!("{{\"n\":{n}}}")).collect();
    assert_eq!(print("json"), format!("[{}]\n", rows.join(",")));

    let table = print("table");
    let lines: Vec<_> = table.lines().collect();
    assert_eq!(lines.len(), 30_003);
    assert_eq!(lines[29_999 + 2].trim(), "29999");
    assert_eq!(lines.last(), Some(&"30,000 rows"));
}

#[test]
fn results_stay_apart_as_before() {
    let desk = Desk::new();
    let script = "SELECT 1 AS n; SELECT 2 AS n WHERE false; SELECT 3 AS n";
    let print = |format| desk.ok(["sql", "--format", format, "-c", script]);
    assert_eq!(print("json"), "[{\"n\":1}]\n[]\n[{\"n\":3}]\n");
    assert_eq!(print("csv"), "n\n1\n\nn\n\nn\n3\n");
    insta::assert_snapshot!(print("table"), @"
    n
    ──
    1
    1 row

    n
    ──
    0 rows

    n
    ──
    3
    1 row
    ");
}

#[test]
fn nothing_is_printed_of_a_statement_that_fails_before_its_first_row() {
    let desk = Desk::new();
    let fails = "SELECT CAST(chr(CAST(n AS INT) + 65) AS INT) AS n FROM (VALUES (1)) AS t (n)";
    for (format, first) in [
        ("csv", "n\n1\n"),
        ("json", "[{\"n\":1}]\n"),
        ("table", "n\n──\n1\n1 row\n"),
    ] {
        let ended = desk.run(["sql", "--format", format, "-c", "SELECT 1 AS n", "-c", fails]);
        assert_eq!(
            (ended.code, ended.stdout.as_str()),
            (1, first),
            "{}",
            ended.stderr
        );
    }
}

#[test]
fn an_array_that_is_not_whole_is_not_closed() {
    let desk = Desk::new();
    let limits = ["--time-limit", "1", "--format", "json"];
    let ended = desk.run([&["sql"], &limits[..], &["-c", ENDLESS]].concat());
    assert_eq!(ended.code, 4, "{}", ended.stderr);
    assert!(ended.stdout.starts_with("[{") && ended.stdout.ends_with('}'));
}

#[test]
fn a_large_result_takes_no_more_memory_than_a_small_one() {
    // The most that the process had while its rows were read.
    let peak_kib = |rows: u32, format: &str| {
        let desk = Desk::new();
        let query = format!("SELECT repeat('x', 1000) || value AS text FROM range(0, {rows})");
        let mut command = desk.command();
        command.args(["sql", "--threads", "1", "--format", format, "-c", &query]);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let status = format!("/proc/{}/status", child.id());
        let mut stdout = child.stdout.take().unwrap();
        let (mut buffer, mut peak) = (vec![0; 1 << 20], 0);
        while stdout.read(&mut buffer).unwrap() > 0 {
            let text = std::fs::read_to_string(&status).unwrap_or_default();
            let line = text.lines().find(|line| line.starts_with("VmHWM:"));
            let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
            peak = kib.unwrap_or(0_u64).max(peak);
        }
        assert!(child.wait().unwrap().success());
        peak
    };
    for format in ["csv", "json"] {
        let (small, large) = (peak_kib(40_000, format), peak_kib(300_000, format));
        // The rows that one has more are 260 MB of text.
        assert!(large < small + 130_000, "{format}: {small} KiB, {large} KiB");
    }
}

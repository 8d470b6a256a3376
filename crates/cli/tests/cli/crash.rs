//! A writer that is killed leaves the case as it was, or as it would have been.

use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use crate::tieline::{Desk, samples};

#[test]
fn a_killed_ingest_leaves_a_whole_case_and_the_next_one_completes_it() {
    let desk = Desk::new();
    let sites = samples().join("sites");
    desk.ok(["ingest", "sites", sites.to_str().unwrap(), "--case", "case"]);
    let telemetry = samples().join("telemetry");
    let args = [
        "ingest",
        "telemetry",
        telemetry.to_str().unwrap(),
        "--case",
        "case",
    ];
    let rows = || {
        desk.rows("case", "SELECT count(*) AS n FROM telemetry")[0]["n"]
            .as_u64()
            .unwrap()
    };

    // Whatever the writer was doing after so long: what is asserted holds at every moment.
    for delay_ms in [0, 10, 30, 60, 120, 200, 300, 400, 500, 600, 700, 800] {
        let mut writer = desk.command().args(args).stderr(Stdio::null()).spawn().unwrap();
        sleep(Duration::from_millis(delay_ms));
        writer.kill().unwrap();
        writer.wait().unwrap();
        let rows = rows();
        assert!(rows == 0 || rows == 20_000, "{rows} rows after {delay_ms} ms");
        let query = "SELECT count(*) AS n FROM ledger WHERE rows_in <> rows_loaded + rows_rejected";
        assert_eq!(desk.rows("case", query)[0]["n"], 0);
    }

    desk.ok(args);
    assert_eq!(rows(), 20_000);
    assert!(!desk.path("case/tables/.staging").exists());
}

//! One writer at a time.

use std::fs::File;

use crate::tieline::{Desk, samples};

#[test]
fn a_case_that_another_process_is_writing_is_refused_and_stays_whole() {
    let desk = Desk::new();
    let sites = samples().join("sites");
    let sites = sites.to_str().unwrap();
    desk.ok(["ingest", "sites", sites, "--case", "case"]);
    let before = std::fs::read(desk.path("case/manifest.json")).unwrap();

    // As a writer holds it.
    let writer = File::options().write(true).open(desk.path("case/lock")).unwrap();
    writer.lock().unwrap();
    let networks = samples().join("networks");
    let args = ["ingest", "networks", networks.to_str().unwrap(), "--case", "case"];
    let ended = desk.run(args);
    assert_eq!(ended.code, 1);
    assert!(
        ended
            .stderr
            .contains("another process is writing this case (hint: "),
        "{}",
        ended.stderr
    );
    assert_eq!(std::fs::read(desk.path("case/manifest.json")).unwrap(), before);
    // Reading goes on.
    assert_eq!(desk.rows("case", "SELECT count(*) AS n FROM networks")[0]["n"], 0);

    drop(writer);
    desk.ok(args);
    assert_ne!(desk.rows("case", "SELECT count(*) AS n FROM networks")[0]["n"], 0);
}

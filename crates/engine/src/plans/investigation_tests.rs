use super::*;

fn plan(name: &str, param: &str) -> String {
    format!("-- name: {name}\n-- description: d\n-- grain: g\n-- returns: a int64\n{param}SELECT 1 AS a")
}

#[test]
fn shipped_investigations_are_found_by_name() {
    assert!(Investigation::shipped_names().contains(&"nexus".to_owned()));
    let nexus = Investigation::shipped("nexus").unwrap();
    let names: Vec<_> = nexus
        .steps()
        .iter()
        .map(|step| step.header.name.as_str())
        .collect();
    assert!(names.contains(&"funnel") && names.contains(&"links"), "{names:?}");
    assert!(matches!(
        Investigation::shipped("nxeus"),
        Err(Error::UnknownInvestigation { .. })
    ));
}

#[test]
fn a_plan_file_is_named_after_its_table() {
    for step in Investigation::shipped("nexus").unwrap().steps() {
        let stem = step
            .file
            .trim_end_matches(".sql")
            .trim_start_matches(|c: char| c.is_ascii_digit());
        assert_eq!(stem, format!("_{}", step.header.name));
    }
}

#[test]
fn files_run_in_the_order_of_their_names() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("20_b.sql"), plan("b", "")).unwrap();
    fs::write(folder.path().join("10_a.sql"), plan("a", "")).unwrap();
    fs::write(folder.path().join("notes.txt"), "not a plan").unwrap();
    let own = Investigation::from_folder("own", folder.path()).unwrap();
    let files: Vec<_> = own.steps().iter().map(|step| step.file.as_str()).collect();
    assert_eq!(files, ["10_a.sql", "20_b.sql"]);
}

#[test]
fn contradictions_between_files_are_refused() {
    let one = "-- param: n integer = 1 | x\n";
    let two = "-- param: n integer = 2 | x\n";
    for (a, b) in [(plan("a", one), plan("b", two)), (plan("a", ""), plan("a", ""))] {
        let texts = BTreeMap::from([("1.sql".to_owned(), a), ("2.sql".to_owned(), b)]);
        assert!(matches!(
            Investigation::from_texts("own", texts),
            Err(Error::Plan { .. })
        ));
    }
}

#[test]
fn a_folder_without_plans_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(
        Investigation::from_folder("own", folder.path()),
        Err(Error::Plan { .. })
    ));
}

#[test]
fn a_name_that_leads_out_of_the_case_or_hides_a_table_is_refused() {
    for name in ["../out", "a/b", "", "Reports", "public", "information_schema"] {
        let texts = BTreeMap::from([("1.sql".to_owned(), plan("a", ""))]);
        assert!(
            matches!(Investigation::from_texts(name, texts), Err(Error::Plan { .. })),
            "{name}"
        );
    }
    for step in ["../../out", "telemetry", "cautions", "A"] {
        let texts = BTreeMap::from([("1.sql".to_owned(), plan(step, ""))]);
        assert!(
            matches!(Investigation::from_texts("own", texts), Err(Error::Plan { .. })),
            "{step}"
        );
    }
}

#[test]
fn a_plan_reads_tables_of_a_case_and_of_plans_before_it() {
    let texts = |first: &str, second: &str| {
        let reads = |tables: &str| format!("-- reads: {tables}\n");
        BTreeMap::from([
            ("1.sql".to_owned(), plan("a", &reads(first))),
            ("2.sql".to_owned(), plan("b", &reads(second))),
        ])
    };
    for (first, second) in [("telemetry", "a, sites?"), ("routable_ranges", "a")] {
        Investigation::from_texts("own", texts(first, second)).unwrap();
    }
    for (first, second, name, file) in [
        ("telemetri", "a", "telemetri", "1.sql"),
        ("b", "a", "b", "1.sql"),
        ("sites", "b", "b", "2.sql"),
    ] {
        let error = Investigation::from_texts("own", texts(first, second))
            .unwrap_err()
            .to_string();
        assert!(
            error.contains(file) && error.contains(&format!("'{name}' is neither")),
            "{error}"
        );
    }
}

use super::*;
use crate::suite::CASES;

fn case(name: &str) -> Case {
    *CASES.iter().find(|case| case.name == name).unwrap_or(&CASES[0])
}

fn statements(text: &str) -> (Vec<String>, Vec<String>, Vec<String>) {
    match sections(text) {
        Query::Sql { before, timed, after } => (before, timed, after),
        Query::Python { .. } => Default::default(),
    }
}

#[test]
fn a_file_is_cut_into_sections_and_statements() {
    let (before, timed, after) = statements(
        "-- why\n-- before\nSET x = 1;\nCREATE VIEW v AS\n  SELECT ';' AS mark\n  FROM t;\n\n-- timed\n-- a remark\nSELECT 1;\n\
         -- after\nDROP VIEW v;\n",
    );
    assert_eq!(
        before,
        ["SET x = 1", "CREATE VIEW v AS\n  SELECT ';' AS mark\n  FROM t"].map(|text| text
            .lines()
            .map(str::trim)
            .collect::<Vec<_>>()
            .join("\n"))
    );
    assert_eq!(timed, ["SELECT 1"]);
    assert_eq!(after, ["DROP VIEW v"]);
}

#[test]
fn placeholders_are_filled() {
    let fill = Placeholders([("window_ms".to_owned(), "5".to_owned())].into());
    assert_eq!(fill.fill("a <= {window_ms} {other}"), "a <= 5 {other}");
}

#[test]
fn a_case_is_answered_by_its_own_file_else_by_the_suites_and_by_variants() -> std::io::Result<()> {
    let folder = tempfile::tempdir()?;
    let peer = folder.path().join("peer");
    fs::create_dir(&peer)?;
    for name in [
        "bands.sql",
        "bands_day.sql",
        "bands_day.buckets.sql",
        "bands_day.ipv6.sql",
        "bands.scan.sql",
    ] {
        fs::write(peer.join(name), "-- timed\nSELECT 1;\n")?;
    }
    let files = SqlFiles::of(folder.path());
    let ways = |name, ipv6| {
        let ways = files.ways("peer", &case(name), ipv6).into_iter();
        ways.map(|way| {
            (
                way.variant,
                way.path
                    .file_name()
                    .map(|name| name.to_string_lossy().into_owned()),
            )
        })
        .collect::<Vec<_>>()
    };
    let way = |variant: Option<&str>, file: &str| (variant.map(str::to_owned), Some(file.to_owned()));
    assert_eq!(ways("bands_hour", false), [way(None, "bands.sql")]);
    assert_eq!(
        ways("bands_day", false),
        [
            way(None, "bands_day.sql"),
            way(Some("buckets"), "bands_day.buckets.sql")
        ]
    );
    assert_eq!(ways("bands_day", true), [way(None, "bands_day.ipv6.sql")]);
    assert_eq!(ways("bands_hour", true), []);
    assert_eq!(ways("ranges", false), []);
    assert!(files.scan("peer", &case("bands_day"), None).is_some());
    assert!(files.scan("peer", &case("ranges"), None).is_none());
    Ok(())
}

#[test]
fn a_variant_of_a_suite_has_a_bare_read_of_its_own_and_ours_of_ipv4_stays_out_of_worlds_with_ipv6()
-> std::io::Result<()> {
    let folder = tempfile::tempdir()?;
    let ours = folder.path().join(OURS);
    fs::create_dir(&ours)?;
    for name in [
        "bands.sql",
        "bands.ipv4.sql",
        "bands.sorted.sql",
        "bands_day.sorted.sql",
        "bands.scan.sql",
        "bands.ipv4.scan.sql",
    ] {
        fs::write(ours.join(name), "-- timed\nSELECT 1;\n")?;
    }
    let files = SqlFiles::of(folder.path());
    let names = |name, ipv6| {
        let ways = files.ways(OURS, &case(name), ipv6).into_iter();
        ways.filter_map(|way| Some(way.path.strip_prefix(&ours).ok()?.display().to_string()))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        names("bands_hour", false),
        ["bands.sql", "bands.ipv4.sql", "bands.sorted.sql"]
    );
    assert_eq!(
        names("bands_day", false),
        ["bands.sql", "bands.ipv4.sql", "bands_day.sorted.sql"]
    );
    assert_eq!(names("bands_hour", true), ["bands.sql", "bands.sorted.sql"]);
    let scan = |variant| {
        let way = files.scan(OURS, &case("bands_day"), variant)?;
        Some(way.path.strip_prefix(&ours).ok()?.display().to_string())
    };
    assert_eq!(scan(None).as_deref(), Some("bands.scan.sql"));
    assert_eq!(scan(Some("sorted")).as_deref(), Some("bands.scan.sql"));
    assert_eq!(scan(Some("ipv4")).as_deref(), Some("bands.ipv4.scan.sql"));
    Ok(())
}

#[test]
fn a_file_without_a_timed_statement_is_refused() -> std::io::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("ranges.sql");
    fs::write(&path, "SELECT 1;\n")?;
    let way = Way { variant: None, path };
    assert!(matches!(
        way.query(&Placeholders::default()),
        Err(Error::Damaged { .. })
    ));
    Ok(())
}

#[test]
fn every_shipped_file_is_well_formed_and_belongs_to_a_case() -> Result<()> {
    let folder = tempfile::tempdir().map_err(Error::io("temporary folder"))?;
    let files = SqlFiles::unpack(folder.path())?;
    for name in Shipped::iter().filter(|name| name.ends_with(".sql")) {
        let path = files.folder().join(name.as_ref());
        Way { variant: None, path }.query(&Placeholders::default())?;
        let stem = name.rsplit('/').next().and_then(|file| file.split('.').next());
        let known = |case: &Case| stem == Some(case.name) || stem == Some(case.suite.name());
        assert!(CASES.iter().any(known), "{name}");
    }
    for case in &CASES {
        assert_eq!(files.ways(OURS, case, true).len(), 1, "{}", case.name);
        assert!(files.scan(OURS, case, None).is_some(), "{}", case.name);
    }
    Ok(())
}

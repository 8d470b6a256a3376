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
    let main = &files.ways("peer", &case("bands_day"), false)[0];
    assert!(files.scan("peer", &case("bands_day"), main).is_some());
    assert!(files.scan("peer", &case("ranges"), main).is_none());
    Ok(())
}

#[test]
fn ours_answers_a_world_of_ipv4_by_the_columns_of_the_peers_too() -> Result<()> {
    let folder = tempfile::tempdir().map_err(Error::io(Path::new("")))?;
    let files = SqlFiles::unpack(folder.path())?;
    let fill = Placeholders::default();
    for (name, variants) in [("bands_day", 2), ("nexus", 2), ("fences_few", 1), ("ranges", 1)] {
        let case = case(name);
        assert_eq!(files.ways(OURS, &case, true).len(), 1, "{name}");
        let ways = files.ways(OURS, &case, false);
        assert_eq!(ways.len(), variants, "{name}");
        for (way, (variant, equal, no_address)) in ways.iter().zip([
            (None, "o.ip = a.ip\n", "ip <> ip('203.0.113.255')"),
            (Some("ipv4"), "o.ipv4 = a.ipv4\n", "ipv4 <> 3405803775"),
        ]) {
            assert_eq!(way.variant.as_deref(), variant);
            let scan = files.scan(OURS, &case, way);
            let Some((Query::Sql { timed, .. }, Query::Sql { timed: scan, .. })) = scan
                .map(|scan| Ok::<_, Error>((way.query(&fill)?, scan.query(&fill)?)))
                .transpose()?
            else {
                panic!("{name} is no SQL, or has no bare read");
            };
            assert_eq!(timed[0].contains(equal), variants == 2, "{timed:?}");
            assert!(variants == 1 || scan[0].contains(no_address), "{scan:?}");
        }
    }
    Ok(())
}

/// A version that had a file which is gone now raced it as a variant.
#[test]
fn what_an_earlier_version_has_left_does_not_race() -> Result<()> {
    let folder = tempfile::tempdir().map_err(Error::io(Path::new("")))?;
    let ours = folder.path().join(OURS);
    fs::create_dir_all(&ours).map_err(Error::io(&ours))?;
    for name in ["nexus.earlier.sql", "bands_day.sql"] {
        let path = ours.join(name);
        fs::write(&path, "-- timed\nSELECT 1;\n").map_err(Error::io(&path))?;
    }
    let ways = |files: &SqlFiles, name| {
        let ways = files.ways(OURS, &case(name), true).into_iter();
        ways.map(|way| (way.variant, way.path)).collect::<Vec<_>>()
    };
    let files = SqlFiles::unpack(folder.path())?;
    assert_eq!(ways(&files, "nexus"), [(None, ours.join("nexus.sql"))]);
    assert_eq!(ways(&files, "bands_day"), [(None, ours.join("bands.sql"))]);
    // A copy of the user's is raced as it is.
    let files = SqlFiles::of(folder.path());
    assert_eq!(ways(&files, "nexus").len(), 2);
    assert_eq!(ways(&files, "bands_day"), [(None, ours.join("bands_day.sql"))]);
    Ok(())
}

#[test]
fn a_file_without_a_timed_statement_is_refused() -> std::io::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("ranges.sql");
    fs::write(&path, "SELECT 1;\n")?;
    let way = Way {
        variant: None,
        path,
        addresses: &BOTH,
    };
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
        Way {
            variant: None,
            path,
            addresses: &BOTH,
        }
        .query(&Placeholders::default())?;
        let stem = name.rsplit('/').next().and_then(|file| file.split('.').next());
        let known = |case: &Case| stem == Some(case.name) || stem == Some(case.suite.name());
        assert!(CASES.iter().any(known), "{name}");
    }
    for case in &CASES {
        assert_eq!(files.ways(OURS, case, true).len(), 1, "{}", case.name);
        let main = &files.ways(OURS, case, true)[0];
        assert!(files.scan(OURS, case, main).is_some(), "{}", case.name);
    }
    Ok(())
}

//! Addresses and geometries print as text in every format; addresses compare with text.

use crate::tieline::Desk;

const QUERY: &str = "SELECT ip, min(ip) OVER () AS least FROM (SELECT ip('::ffff:203.0.113.7') AS ip \
                     UNION ALL SELECT ip('2001:db8::1')) WHERE ip IN ('203.0.113.7', '2001:DB8:0::1') ORDER BY ip";

#[test]
fn addresses_print_as_text_in_every_format() {
    let desk = Desk::new();
    assert_eq!(
        desk.ok(["sql", "--format", "csv", "-c", QUERY]),
        "ip,least\n203.0.113.7,203.0.113.7\n2001:db8::1,203.0.113.7\n"
    );
    assert_eq!(
        desk.ok(["sql", "--format", "json", "-c", QUERY]),
        "[{\"ip\":\"203.0.113.7\",\"least\":\"203.0.113.7\"},{\"ip\":\"2001:db8::1\",\"least\":\"203.0.113.7\"}]\n"
    );
    insta::assert_snapshot!(desk.ok(["sql", "-c", QUERY]), @"
    ip           least
    ─────────────────────────
    203.0.113.7  203.0.113.7
    2001:db8::1  203.0.113.7
    2 rows
    ");
}

#[test]
fn addresses_inside_lists_and_structs_print_as_text() {
    let desk = Desk::new();
    let query = "SELECT array_agg(ip) AS ips, named_struct('ip', min(ip)) AS least FROM (SELECT ip('203.0.113.7') AS ip)";
    assert_eq!(
        desk.ok(["sql", "--format", "json", "-c", query]),
        "[{\"ips\":[\"203.0.113.7\"],\"least\":{\"ip\":\"203.0.113.7\"}}]\n"
    );
    assert_eq!(
        desk.ok(["sql", "--format", "csv", "-c", query]),
        "ips,least\n[203.0.113.7],{ip: 203.0.113.7}\n"
    );
}

#[test]
fn copies_to_text_files_hold_text() {
    let desk = Desk::new();
    let rows = "SELECT ip('203.0.113.7') AS ip, st_point(80.5, -20.25) AS position, 1 AS n";
    for file in ["rows.csv", "rows.json", "rows.parquet"] {
        assert_eq!(
            desk.ok([
                "sql",
                "--format",
                "json",
                "-c",
                &format!("COPY ({rows}) TO '{file}'")
            ]),
            "[{\"count\":1}]\n"
        );
    }
    let read = |file: &str| std::fs::read_to_string(desk.path(file)).unwrap();
    assert_eq!(
        read("rows.csv"),
        "ip,position,n\n203.0.113.7,POINT(80.5 -20.25),1\n"
    );
    assert_eq!(
        read("rows.json"),
        "{\"ip\":\"203.0.113.7\",\"position\":\"POINT(80.5 -20.25)\",\"n\":1}\n"
    );
    // A Parquet file keeps the type.
    let again = "CREATE EXTERNAL TABLE again STORED AS PARQUET LOCATION 'rows.parquet'; SELECT ip FROM again WHERE ip = '203.0.113.7'";
    assert_eq!(
        desk.ok(["sql", "--format", "csv", "-c", again]),
        "ip\n203.0.113.7\n"
    );
}

#[test]
fn geometries_print_as_text() {
    let desk = Desk::new();
    let query = "SELECT st_point(80.5, -20.25) AS position, CAST(NULL AS INT) AS nothing";
    assert_eq!(
        desk.ok(["sql", "--format", "csv", "-c", query]),
        "position,nothing\nPOINT(80.5 -20.25),\n"
    );
}

#[test]
fn a_literal_that_is_no_address_is_refused_without_being_repeated() {
    let desk = Desk::new();
    for text in ["203.0.113", "203.0.113.07", "secret"] {
        let ended = desk.run(["sql", "-c", &format!("SELECT ip('203.0.113.7') = '{text}'")]);
        assert_eq!(ended.code, 1);
        assert!(
            ended.stderr.contains("not an IP address") && !ended.stderr.contains(text),
            "{}",
            ended.stderr
        );
    }
}

#[test]
fn an_empty_result_still_has_its_columns() {
    let desk = Desk::new();
    let query = "SELECT ip('203.0.113.7') AS ip, 1 AS n WHERE false";
    assert_eq!(desk.ok(["sql", "--format", "csv", "-c", query]), "ip,n\n");
    assert_eq!(desk.ok(["sql", "--format", "json", "-c", query]), "[]\n");
}

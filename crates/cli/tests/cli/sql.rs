//! Ad-hoc SQL: results on stdout and nothing else, statements in order, one line on stderr when one fails.

use crate::tieline::Desk;

#[test]
fn without_a_case_any_file_can_be_read() {
    let desk = Desk::new();
    desk.write("rows.csv", "ip,n\n203.0.113.7,1\n2001:db8::1,2\n");
    let text = desk.ok([
        "sql",
        "--format",
        "csv",
        "-c",
        "CREATE EXTERNAL TABLE rows STORED AS CSV LOCATION 'rows.csv'",
        "-c",
        "SET datafusion.execution.batch_size = 100; SELECT ip(ip) AS ip, ip_family(ip) AS family FROM rows ORDER BY n",
    ]);
    assert_eq!(text, "ip,family\n203.0.113.7,4\n2001:db8::1,6\n");
}

#[test]
fn without_a_case_a_file_is_a_table_by_its_path() {
    let desk = Desk::new();
    desk.write("rows.csv", "ip,n\n203.0.113.7,1\n2001:db8::1,2\n");
    let statement = "COPY (SELECT ip(ip) AS ip, n FROM 'rows.csv') TO 'rows.parquet'";
    desk.ok(["sql", "-c", statement]);
    let statement = "SELECT p.ip FROM 'rows.parquet' p JOIN 'rows.csv' c USING (n) WHERE ip_in_cidr(p.ip, '2001:db8::/32')";
    let text = desk.ok(["sql", "--format", "csv", "-c", statement]);
    assert_eq!(text, "ip\n2001:db8::1\n");
    let ended = desk.run(["sql", "-c", "SELECT * FROM 'other.csv'"]);
    assert_eq!(ended.code, 1);
    assert!(ended.stderr.contains("other.csv"), "{}", ended.stderr);
}

#[test]
fn commands_and_files_run_in_the_order_given() {
    let desk = Desk::new();
    let file = desk.write("second.sql", "-- a comment; with a semicolon\nSELECT 2 AS n;\n;");
    let file = file.to_str().unwrap();
    let text = desk.ok([
        "sql",
        "--format",
        "json",
        "-c",
        "SELECT 1 AS n",
        "-f",
        file,
        "-c",
        "SELECT 3 AS n",
    ]);
    assert_eq!(text, "[{\"n\":1}]\n[{\"n\":2}]\n[{\"n\":3}]\n");
}

#[test]
fn statements_are_read_from_stdin() {
    let desk = Desk::new();
    let script = desk.write("script.sql", "SELECT 1 AS n;");
    let stdin = std::fs::File::open(script).unwrap();
    let output = desk
        .command()
        .args(["sql", "--format", "csv"])
        .stdin(stdin)
        .output()
        .unwrap();
    assert_eq!(output.stdout, b"n\n1\n");
}

#[test]
fn the_first_failure_ends_the_script_with_one_line_and_exit_code_1() {
    let desk = Desk::new();
    let ended = desk.run([
        "sql",
        "--format",
        "csv",
        "-c",
        "SELECT 1 AS n; SELECT nothing; SELECT 2 AS n",
    ]);
    assert_eq!(ended.code, 1);
    assert_eq!(ended.stdout, "n\n1\n");
    assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
    assert!(ended.stderr.starts_with("error: "), "{}", ended.stderr);
}

#[test]
fn a_missing_case_a_missing_file_and_a_wrong_command_line_are_told_apart() {
    let desk = Desk::new();
    let ended = desk.run(["sql", "--case", "nowhere", "-c", "SELECT 1"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (1, ""));
    assert!(
        ended.stderr.contains("no case here (hint: make one with"),
        "{}",
        ended.stderr
    );
    assert_eq!(desk.run(["sql", "-f", "nowhere.sql"]).code, 1);
    assert_eq!(desk.run(["sql", "--formats", "csv"]).code, 2);
    assert_eq!(desk.run(["sql", "--protected", "why", "-c", "SELECT 1"]).code, 2);
}

#[test]
fn a_time_limit_ends_a_long_statement_with_exit_code_4() {
    let desk = Desk::new();
    let endless =
        "SELECT count(*) FROM range(0, 1000000000) AS a JOIN range(0, 1000000000) AS b ON a.value < b.value";
    // A hash join that yields nothing while it tests the pairs of one key: it would take hours.
    let stuck = "SELECT count(*) FROM range(0, 3000000) AS a JOIN range(0, 3000000) AS b ON a.value % 1 = b.value % 1 AND a.value + b.value < 0";
    // It would be planned for minutes.
    let parts: Vec<_> = (1..4_000).map(|n| format!("value % {n} = 3")).collect();
    let long = format!("SELECT 1 FROM range(0, 2) WHERE {}", parts.join(" OR "));
    for statement in [endless, stuck, &long] {
        let ended = desk.run(["sql", "--time-limit", "0.2", "-c", statement]);
        assert_eq!(ended.code, 4, "{}", ended.stderr);
        assert!(ended.stderr.contains("time limit"), "{}", ended.stderr);
    }
}

#[test]
fn a_memory_limit_ends_a_large_statement_with_exit_code_4() {
    let desk = Desk::new();
    let large = "SELECT count(*) FROM range(0, 3000000) AS a JOIN range(0, 3000000) AS b USING (value)";
    let ended = desk.run(["sql", "--memory-limit", "1MB", "-c", large]);
    assert_eq!(ended.code, 4, "{}", ended.stderr);
    assert!(ended.stderr.contains("--memory-limit"), "{}", ended.stderr);
}

/// Without one a join as large as the machine's memory would end with the process.
#[test]
fn there_is_a_memory_limit_where_none_is_given() {
    let desk = Desk::new();
    let limit = |args: &[&str]| {
        let args = [
            &["sql", "--format", "csv"],
            args,
            &["-c", "SHOW datafusion.runtime.memory_limit"],
        ]
        .concat();
        desk.ok(args)
    };
    let usual = limit(&[]);
    assert!(
        usual.contains("datafusion.runtime.memory_limit,") && !usual.contains("unlimited"),
        "{usual}"
    );
    assert!(limit(&["--memory-limit", "64MB"]).contains(",64M"));
}

#[test]
fn plans_can_be_copied_changed_and_run() {
    let desk = Desk::new();
    desk.ok(["demo"]);
    desk.ok(["plans", "nexus", "--out", "plans"]);
    let file = desk.path("plans/nexus/140_excluded.sql");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("candidates DESC", "candidates ASC")).unwrap();
    let run = [
        "run",
        "nexus",
        "--case",
        "tieline-demo",
        "--format",
        "json",
        "--table",
        "excluded",
    ];
    let own = desk.ok(run.iter().chain(&["--plans", "plans"]));
    let shipped = desk.ok(run);
    let rows = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap()["excluded"].clone();
    assert_ne!(rows(&own), rows(&shipped));
    assert_eq!(rows(&own)[0], *rows(&shipped).as_array().unwrap().last().unwrap());
}

#[test]
fn plans_are_never_written_over() {
    let desk = Desk::new();
    desk.write("plans/nexus/140_excluded.sql", "mine");
    let ended = desk.run(["plans", "nexus", "--out", "plans"]);
    assert_eq!(ended.code, 1);
    assert_eq!(
        ended.stderr,
        "error: plans/nexus/140_excluded.sql: there already (hint: plans are never overwritten: name another folder with --out DIR)\n"
    );
    // All of them or none.
    assert_eq!(std::fs::read_dir(desk.path("plans/nexus")).unwrap().count(), 1);
    let ended = desk.run(["plans", "nexus", "--out", "plans/nexus/140_excluded.sql"]);
    assert_eq!(ended.code, 1);
    assert!(
        ended
            .stderr
            .ends_with("(hint: name another folder with --out DIR)\n"),
        "{}",
        ended.stderr
    );
}

#[test]
fn more_threads_than_a_machine_has_any_use_for_are_refused() {
    let desk = Desk::new();
    for command in [
        &["sql", "-c", "SELECT 1"][..],
        &["run", "nexus", "--case", "case"],
        &["bench"],
    ] {
        let ended = desk.run(command.iter().chain(&["--threads", "100000"]));
        assert_eq!((ended.code, ended.stdout.as_str()), (2, ""));
        assert!(
            ended
                .stderr
                .contains("more than 512 (hint: leave it out for one per core)"),
            "{}",
            ended.stderr
        );
    }
}

#[test]
fn a_victims_address_is_readable_only_for_a_logged_reason() {
    let desk = Desk::new();
    desk.ok(["demo"]);
    let query = "SELECT DISTINCT role FROM protected_ip_events ORDER BY role";
    let ended = desk.run(["sql", "--case", "tieline-demo", "-c", query]);
    assert_eq!(ended.code, 1, "not registered");
    let args = [
        "sql",
        "--case",
        "tieline-demo",
        "--format",
        "csv",
        "--protected",
        "warning a victim",
        "-c",
        query,
    ];
    assert_eq!(desk.ok(args), "role\nrecipient\nvictim\n");
    let log = std::fs::read_to_string(desk.path("tieline-demo/log.jsonl")).unwrap();
    assert!(
        log.contains("warning a victim") && log.contains("SELECT DISTINCT role"),
        "{log}"
    );
}

#[test]
fn a_parameter_changes_the_result_and_a_wrong_one_is_refused() {
    let desk = Desk::new();
    desk.ok(["demo"]);
    let links = |param: &str| {
        let text = desk.ok([
            "run",
            "nexus",
            "--case",
            "tieline-demo",
            "--format",
            "csv",
            "--param",
            param,
        ]);
        text.lines().count()
    };
    assert!(links("window=1 minute") < links("window=1 hour"));
    assert!(links("window=1 hour") < links("window=30 days"));
    for param in [
        "window=soon",
        "window=1",
        "windows=1 hour",
        "max_devices_per_day=many",
        "excluded_kinds=vpns",
        "roles=reported, victim",
        "site_statuses=Confirmed",
        "time_qualities=seen",
        "fix_relations=outside",
        "incident_types=enticement",
    ] {
        let ended = desk.run(["run", "nexus", "--case", "tieline-demo", "--param", param]);
        assert_eq!(ended.code, 2, "{param}");
        assert!(ended.stderr.starts_with("error: parameter '"), "{}", ended.stderr);
    }
    let typo = "excluded_kinds=vpn, vpns";
    let ended = desk.run(["run", "nexus", "--case", "tieline-demo", "--param", typo]);
    assert_eq!(
        ended.stderr,
        "error: parameter 'excluded_kinds': 'vpns' is none of isp, hosting, vpn, proxy, satellite\n"
    );
    let twice = ["--param", "roles=reported", "--param", "roles=file"];
    let ended = desk.run([&["run", "nexus", "--case", "tieline-demo"][..], &twice].concat());
    assert_eq!(ended.code, 2);
    assert_eq!(
        ended.stderr,
        "error: --param roles is given twice (hint: a list is one value: --param roles='reported, file')\n"
    );
}

#[test]
fn columns_of_one_name_keep_their_values() {
    let desk = Desk::new();
    let query = "SELECT a.n, b.n FROM (VALUES (1)) AS a (n), (VALUES (2)) AS b (n)";
    let text = desk.ok(["sql", "-c", query]);
    assert_eq!(
        text.lines()
            .nth(2)
            .unwrap()
            .split_whitespace()
            .collect::<Vec<_>>(),
        ["1", "2"]
    );
}

#[test]
fn a_plan_is_printed_in_its_lines_and_a_value_in_one() {
    let desk = Desk::new();
    let text = desk.ok(["sql", "-c", "EXPLAIN FORMAT INDENT SELECT 1"]);
    let lines: Vec<_> = text.lines().map(str::trim).collect();
    assert!(lines.contains(&"EmptyRelation: rows=1"), "{text}");
    let text = desk.ok(["sql", "-c", "SELECT 'b' || chr(10) || 'c' AS plan"]);
    assert!(text.contains("b\u{fffd}c"), "{text}");
}

#[test]
fn an_error_does_not_repeat_a_value_of_the_data() {
    let desk = Desk::new();
    desk.ok(["demo"]);
    for (query, said) in [
        (
            "SELECT CAST(name AS INT) FROM sites",
            "Cannot cast string '…' to value of Int32 type",
        ),
        (
            "SELECT * FROM sites WHERE CAST(status AS INT) = 1",
            "Cannot cast string '…'",
        ),
        (
            "SELECT CAST(replace(name, ' ', '''') AS INT) FROM sites",
            "Cannot cast string '…' to value",
        ),
        (
            "SELECT CAST(lat * 1000000 AS DECIMAL(5, 2)) FROM telemetry",
            "to store in a Decimal128",
        ),
        (
            "SELECT observed_at + CAST(name AS INTERVAL) FROM telemetry, sites",
            "interval: …",
        ),
        (
            "SELECT regexp_replace('a', name || '(', '') FROM sites",
            "External error: not shown",
        ),
        (
            "SELECT map([name, name], [1, 2]) FROM sites",
            "duplicate key found: …",
        ),
        ("SELECT factorial(asn) FROM networks", "FACTORIAL(…)"),
    ] {
        let ended = desk.run(["sql", "--case", "tieline-demo", "-c", query]);
        assert_eq!(ended.code, 1);
        assert!(ended.stderr.contains(said), "{}", ended.stderr);
        let line = ended.stderr.strip_prefix("error: ").unwrap();
        assert_eq!(line.lines().count(), 1, "{line}");
        for value in ["North", "Shoal", "confirmed", "645", "24511"] {
            assert!(!line.contains(value), "{line}");
        }
    }
    // What is wrong with the statement itself is said in its own words.
    let ended = desk.run(["sql", "--case", "tieline-demo", "-c", "SELECT nmae FROM sites"]);
    assert!(
        ended.stderr.contains("Did you mean 'sites.name'?"),
        "{}",
        ended.stderr
    );
}

#[test]
fn a_failing_script_is_named_with_the_statement() {
    let desk = Desk::new();
    desk.write("script.sql", "SELECT 1 AS n;\nSELECT nothing;");
    let ended = desk.run(["sql", "-f", "script.sql"]);
    assert!(
        ended.stderr.starts_with("error: script.sql, statement 2: "),
        "{}",
        ended.stderr
    );
}

#[test]
fn a_damaged_result_does_not_keep_the_case_from_being_opened() {
    let desk = Desk::new();
    desk.ok(["demo"]);
    let results = desk.path("tieline-demo/results");
    let run = std::fs::read_dir(&results)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    std::fs::write(run.join("links.parquet"), "damaged").unwrap();
    let ended = desk.run([
        "sql",
        "--case",
        "tieline-demo",
        "-c",
        "SELECT count(*) FROM reports",
    ]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert!(
        ended.stderr.contains("note: the latest run of nexus is damaged"),
        "{}",
        ended.stderr
    );
}

#[test]
fn results_that_are_older_than_the_tables_are_said_to_be() {
    let desk = Desk::new();
    desk.ok(["demo"]);
    desk.write("vpn/more.txt", "240.0.9.0/24\n");
    desk.ok(["ingest", "networks", "vpn/more.txt", "--case", "tieline-demo"]);
    let ended = desk.run(["sql", "--case", "tieline-demo", "-c", "SELECT 1 AS n"]);
    assert!(
        ended
            .stderr
            .contains("note: the tables of nexus are of version 5 of the case, which is now 6"),
        "{}",
        ended.stderr
    );
    // And a demonstration does not throw away what was added.
    assert_eq!(desk.run(["demo"]).code, 1);
}

#[test]
fn a_statement_runs_as_it_is_written_also_behind_a_byte_order_mark() {
    let desk = Desk::new();
    let script = desk.write(
        "q.sql",
        "\u{feff}SELECT count(*) AS n FROM (VALUES ('a'), ('b')) WHERE column1 = E'x\\' OR true --'",
    );
    let text = desk.ok(["sql", "--format", "csv", "-f", script.to_str().unwrap()]);
    assert_eq!(text, "n\n0\n");
}

#[test]
fn a_fault_of_the_engine_is_an_error_like_others() {
    let desk = Desk::new();
    let statement = "SELECT lpad('Shoal', column1, 'x') FROM (VALUES (-1), (2))";
    for format in ["table", "json", "csv"] {
        let ended = desk.run(["sql", "--format", format, "-c", statement]);
        assert_eq!(ended.code, 1, "{}", ended.stderr);
        let lines: Vec<_> = ended.stderr.lines().collect();
        assert!(
            lines.first().unwrap().starts_with("note: a fault at "),
            "{lines:?}"
        );
        assert!(
            lines
                .last()
                .unwrap()
                .starts_with("error: the engine met a fault of its own"),
            "{lines:?}"
        );
        assert!(!ended.stderr.contains("Shoal"), "{lines:?}");
    }
}

#[test]
fn a_time_that_no_calendar_has_is_null_in_every_format() {
    let desk = Desk::new();
    let statement = "SELECT arrow_cast(9223372036854775807, 'Timestamp(Microsecond, Some(\"UTC\"))') AS t";
    for (format, text) in [
        ("json", "[{\"t\":null}]\n"),
        ("csv", "t\n\n"),
        ("table", "t\n──\n\n1 row\n"),
    ] {
        let printed = desk.ok(["sql", "--format", format, "-c", statement]);
        assert_eq!(printed.replace("\"\"", ""), text, "{format}");
    }
}

//! The investigation `nexus` on the sample world.

use std::num::NonZeroUsize;

use tieline::datafusion::arrow::util::pretty::pretty_format_batches;
use tieline::{Case, Error, Investigation, Limits, Params, Run, printable};

use crate::sample::{options, sample_case};

/// The digests of all results.
fn digests(run: &Run) -> Vec<&str> {
    run.manifest()
        .steps
        .iter()
        .map(|step| step.sha256.as_str())
        .collect()
}

/// Every result as text, in the order of the rows.
fn results(run: &Run) -> Vec<String> {
    let text = |name: &str| {
        let batches: Vec<_> = run
            .batches(name)
            .unwrap()
            .iter()
            .map(|batch| printable(batch).unwrap())
            .collect();
        format!("{name}\n{}", pretty_format_batches(&batches).unwrap())
    };
    run.manifest().steps.iter().map(|step| text(&step.name)).collect()
}

#[tokio::test]
async fn every_plan_contains_the_operator_that_its_header_names() {
    let (_folder, case) = sample_case().await;
    let run = case.run("nexus", &Params::default()).await.unwrap();
    for (step, record) in run.investigation().steps().iter().zip(&run.manifest().steps) {
        assert!(
            !step.header.expect_plan.is_empty(),
            "{} expects no operator",
            step.file
        );
        let explain = format!("EXPLAIN FORMAT INDENT {}", record.statement);
        let plan = run
            .session()
            .sql(&explain)
            .await
            .unwrap()
            .to_string()
            .await
            .unwrap();
        for operator in &step.header.expect_plan {
            assert!(
                plan.contains(operator.as_str()),
                "{}: no {operator} in\n{plan}",
                step.file
            );
        }
    }
}

#[tokio::test]
async fn every_table_that_a_plan_reads_is_in_its_header_and_every_one_in_its_header_is_read() {
    let nexus = Investigation::shipped("nexus").unwrap();
    for step in nexus.steps() {
        let lines: Vec<_> = step
            .sql
            .lines()
            .filter(|line| !line.trim_start().starts_with("--"))
            .collect();
        let statement = lines.join(
            "
",
        );
        let words: Vec<_> = statement
            .split(|c: char| !(c.is_alphanumeric() || c == '_'))
            .collect();
        for read in &step.header.reads {
            assert!(
                words.contains(&read.name.as_str()),
                "{} does not read {}",
                step.file,
                read.name
            );
        }
        let tables = nexus.steps().iter().map(|other| other.header.name.clone());
        let tables = tables.chain(tieline::Table::ALL.iter().map(ToString::to_string));
        for table in tables {
            let named = words
                .windows(2)
                .any(|pair| matches!(pair[0], "FROM" | "JOIN") && pair[1] == table);
            // A step of its own WITH may have the name of a table.
            let own = statement.contains(&format!(" {table} AS ("));
            let declared = step.header.reads.iter().any(|read| read.name == table);
            assert!(
                !named || own || declared,
                "{} reads {table} in silence",
                step.file
            );
        }
    }
}

#[tokio::test]
async fn the_results_do_not_depend_on_the_number_of_threads() {
    let (_folder, case) = sample_case().await;
    let run = case.run("nexus", &Params::default()).await.unwrap();
    let expected = results(&run);
    for threads in [1, 2, 7] {
        let limits = Limits {
            threads: NonZeroUsize::new(threads),
            ..Limits::default()
        };
        let case = Case::open_with(case.folder(), options(limits)).unwrap();
        let again = case.run("nexus", &Params::default()).await.unwrap();
        assert_eq!(results(&again), expected, "{threads} threads");
        // To the byte, so that whoever repeats a run can hold its digests against those of the first.
        assert_eq!(digests(&again), digests(&run), "{threads} threads");
    }
}

/// Sums of floats differ in their last digits with the order of the rows, which depends on the threads once there are many rows.
#[test]
fn no_plan_adds_up_floats() {
    const WHOLE_OR_DECIMAL: [&str; 3] = ["l.length_s)", "a.added_s)", "m.starts)"];
    let of_the_cast = |text: &str| {
        let mut depth = 1;
        let closes = |character: char| {
            depth += i32::from(character == '(') - i32::from(character == ')');
            depth == 0
        };
        text.find(closes).map(|end| text[..end].to_owned())
    };
    for step in Investigation::shipped("nexus").unwrap().steps() {
        let sql = step.sql.to_lowercase();
        for aggregate in ["avg(", "mean(", "stddev", "var("] {
            assert!(!sql.contains(aggregate), "{}: {aggregate}", step.file);
        }
        for (at, _) in sql.match_indices("sum(") {
            let summed = &sql[at + 4..];
            let cast = summed.strip_prefix("cast(").and_then(of_the_cast);
            let is_decimal = cast.is_some_and(|cast| cast.ends_with(" as decimal(38, 18)"));
            assert!(
                is_decimal || WHOLE_OR_DECIMAL.iter().any(|column| summed.starts_with(column)),
                "{}: sum({}",
                step.file,
                summed.lines().next().unwrap()
            );
        }
    }
}

#[tokio::test]
async fn a_run_leaves_its_results_and_a_manifest_that_names_what_it_read() {
    let (_folder, case) = sample_case().await;
    let run = case
        .run("nexus", &Params::default().with("window", "30 minutes"))
        .await
        .unwrap();
    let text = std::fs::read_to_string(run.folder().join("run.json")).unwrap();
    for part in [
        "\"case_fingerprint\"",
        "\"sha256\"",
        "\"interval_us\": 1800000000",
        "prevalence",
        "victims",
    ] {
        assert!(text.contains(part), "no {part} in {text}");
    }
    for step in &run.manifest().steps {
        let path = run.folder().join(&step.path);
        assert_eq!(tieline_ingest::sha256_of(&path).unwrap(), step.sha256);
    }
    // The latest run answers ad-hoc SQL.
    let later = Case::open(case.folder()).unwrap();
    let links = later
        .sql("SELECT * FROM nexus.links")
        .await
        .unwrap()
        .collect()
        .await
        .unwrap();
    assert_eq!(
        links.iter().map(|batch| batch.num_rows()).sum::<usize>() as u64,
        run.rows("links")
    );
}

#[tokio::test]
async fn excluded_candidates_stay_in_their_table_with_a_reason() {
    let (_folder, case) = sample_case().await;
    let run = case.run("nexus", &Params::default()).await.unwrap();
    let query = "SELECT DISTINCT excluded_reason FROM candidates ORDER BY 1 NULLS LAST";
    let reasons = run.session().sql(query).await.unwrap().to_string().await.unwrap();
    for reason in [
        "excluded_network",
        "not_routable",
        "over_shared",
        "site_not_valid",
        "site_status",
        "time_quality",
        "time_without_offset",
    ] {
        assert!(reasons.contains(reason), "no {reason} in\n{reasons}");
    }
    assert!(run.rows("candidates") > run.rows("links"));
}

/// Otherwise a fix that may lie kilometres away would put a device into a site of a few hundred metres.
#[tokio::test]
async fn a_fix_counts_by_its_accuracy_where_that_is_asked_for() {
    let (_folder, case) = sample_case().await;
    let all = case.run("nexus", &Params::default()).await.unwrap();
    let params = Params::default().with("fix_relations", "inside");
    let certain = case.run("nexus", &params).await.unwrap();
    assert!(certain.rows("links") < all.rows("links"));
    assert_eq!(certain.rows("site_observations"), all.rows("site_observations"));
    let query = "SELECT count(*) AS wrong FROM links AS l JOIN telemetry AS t ON t.observation_id = l.nearest_observation_id
            JOIN sites AS s ON s.site_id = l.site_id AND t.located_at >= s.valid_from AND t.located_at < s.valid_to
        WHERE geofence_relation(s.geometry, t.lon, t.lat, t.horizontal_accuracy_m) IS DISTINCT FROM 'inside'";
    let wrong = certain
        .session()
        .sql(query)
        .await
        .unwrap()
        .to_string()
        .await
        .unwrap();
    assert!(wrong.contains("| 0     |"), "{wrong}");
    let query = "SELECT count(*) > 0 AS any FROM candidates WHERE excluded_reason = 'fix_not_certain'";
    let any = certain
        .session()
        .sql(query)
        .await
        .unwrap()
        .to_string()
        .await
        .unwrap();
    assert!(any.contains("| true |"), "{any}");
}

#[tokio::test]
async fn no_link_occurs_twice() {
    let (_folder, case) = sample_case().await;
    let run = case.run("nexus", &Params::default()).await.unwrap();
    let query = "SELECT report_id FROM links
        GROUP BY report_id, event_seq, site_id, ip, device_id, session_started_at, nearest_observation_id
        HAVING count(*) > 1";
    assert_eq!(run.session().sql(query).await.unwrap().count().await.unwrap(), 0);
}

/// A case may lack what a plan reads, which only its header tells.
#[tokio::test]
async fn a_plan_that_reads_a_table_in_silence_is_refused() {
    let (folder, case) = sample_case().await;
    let file = folder.path().join("1.sql");
    let run = async |reads: &str, from: &str| {
        let plan = format!(
            "-- name: n\n-- description: d\n-- grain: g\n-- reads: {reads}\n-- returns: n int64\nSELECT count(*) AS n FROM {from}"
        );
        std::fs::write(&file, plan).unwrap();
        let own = Investigation::from_folder("own", folder.path()).unwrap();
        case.run_investigation(&own, &Params::default()).await.map(|_| ())
    };
    let within = "(WITH s AS (SELECT * FROM sites) SELECT s.site_id FROM s WHERE s.site_id IN (SELECT t.device_id FROM telemetry AS t)) AS x";
    for (reads, from) in [
        ("sites", "sites"),
        ("sites, telemetry", within),
        ("", "generate_series(1, 3)"),
    ] {
        run(reads, from).await.unwrap();
    }
    for (reads, from, silent) in [
        ("", "sites", "sites"),
        ("sites", within, "telemetry"),
        ("telemetry", within, "sites"),
        ("sites", "public.telemetry", "telemetry"),
    ] {
        let error = run(reads, from).await.unwrap_err();
        assert!(matches!(error, Error::Plan { .. }), "{error}");
        assert!(
            error.to_string().contains(&format!("reads '{silent}'")),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_plan_that_returns_something_else_than_its_header_says_is_refused_and_leaves_nothing() {
    let (folder, case) = sample_case().await;
    let plan = "-- name: n\n-- description: d\n-- grain: g\n-- returns: n int64\nSELECT 'a' AS n";
    std::fs::write(folder.path().join("1.sql"), plan).unwrap();
    let own = Investigation::from_folder("own", folder.path()).unwrap();
    let error = case
        .run_investigation(&own, &Params::default())
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Plan { .. }), "{error}");
    assert_eq!(
        std::fs::read_dir(case.folder().join("results")).unwrap().count(),
        0
    );
}

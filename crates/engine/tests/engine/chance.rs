//! The chance of a link that `nexus` states, against a count in whole microseconds.

use std::collections::{BTreeMap, BTreeSet};

use tieline::datafusion::arrow::array::{Array, AsArray};
use tieline::datafusion::arrow::compute::cast;
use tieline::datafusion::arrow::datatypes::{DataType, Float64Type, Int64Type};
use tieline::{Case, Params, Run};

use crate::sample::{sample_case, sample_case_of, samples};

const HOUR_US: i64 = 3_600_000_000;

/// When there is telemetry, and when each address was seen at each site in a session that could link.
struct Observed {
    telemetry: BTreeSet<i64>,
    at_sites: BTreeMap<(String, String), BTreeSet<i64>>,
}

/// Rows of texts and whole numbers.
async fn rows(run: &Run, sql: &str) -> Vec<(Vec<String>, i64)> {
    let batches = run.session().sql(sql).await.unwrap().collect().await.unwrap();
    let mut rows = vec![];
    for batch in &batches {
        let (number, texts) = batch.columns().split_last().unwrap();
        let number = cast(number, &DataType::Int64).unwrap();
        let texts: Vec<_> = texts
            .iter()
            .map(|text| cast(text, &DataType::Utf8).unwrap())
            .collect();
        for row in 0..batch.num_rows() {
            let text = |column: &std::sync::Arc<dyn Array>| column.as_string::<i32>().value(row).to_owned();
            rows.push((
                texts.iter().map(text).collect(),
                number.as_primitive::<Int64Type>().value(row),
            ));
        }
    }
    rows
}

impl Observed {
    async fn of(run: &Run) -> Self {
        let telemetry = rows(run, "SELECT observed_at FROM telemetry").await;
        let at_sites = "SELECT ip_text(o.ip), o.site_id, o.observed_at FROM session_observations AS o
            JOIN sessions AS s ON s.session_id = o.session_id WHERE s.excluded_reason IS NULL";
        let mut sites = BTreeMap::<_, BTreeSet<_>>::new();
        for (names, time) in rows(run, at_sites).await {
            sites
                .entry((names[0].clone(), names[1].clone()))
                .or_default()
                .insert(time);
        }
        Self {
            telemetry: telemetry.into_iter().map(|(_, time)| time).collect(),
            at_sites: sites,
        }
    }

    /// The hours with telemetry and the window around them, from its first moment to its last, merged.
    fn period(&self, window_us: i64) -> Vec<(i64, i64)> {
        let (first, last) = (*self.telemetry.first().unwrap(), *self.telemetry.last().unwrap());
        let mut period = Vec::<(i64, i64)>::new();
        for time in &self.telemetry {
            let hour = time.div_euclid(HOUR_US) * HOUR_US;
            let (from, until) = (
                (hour - window_us).max(first),
                (hour + HOUR_US + window_us).min(last),
            );
            match period.last_mut() {
                Some(before) if from <= before.1 => before.1 = until,
                _ => period.push((from, until)),
            }
        }
        period
    }

    /// How many events, at each site that has their address, lie within the window of an hour with telemetry.
    async fn trials(&self, run: &Run, window_us: i64) -> u64 {
        let (first, last) = (self.telemetry.first().unwrap(), self.telemetry.last().unwrap());
        let events = "SELECT ip_text(ip), observed_at FROM events WHERE excluded_reason IS NULL";
        let reach_us = window_us + HOUR_US;
        let mut trials = 0;
        for (address, time) in rows(run, events).await {
            let near = self
                .telemetry
                .range(time - reach_us..=time + reach_us)
                .any(|seen| {
                    let hour = seen.div_euclid(HOUR_US) * HOUR_US;
                    (hour - window_us..=hour + HOUR_US + window_us).contains(&time)
                });
            if near && (first - window_us..=last + window_us).contains(&time) {
                let at = |(ip, _): &&(String, String)| *ip == address[0];
                trials += self.at_sites.keys().filter(at).count() as u64;
            }
        }
        trials
    }
}

/// How much of the period lies within the window of one of these moments.
fn share(period: &[(i64, i64)], moments: &BTreeSet<i64>, window_us: i64) -> f64 {
    let mut covered_us = 0;
    for &(from, until) in period {
        let mut reached = from;
        for moment in moments.range(from - window_us..=until + window_us) {
            let ends = (moment + window_us).min(until);
            covered_us += (ends - reached.max(moment - window_us)).max(0);
            reached = reached.max(ends);
        }
    }
    let period_us: i64 = period.iter().map(|(from, until)| until - from).sum();
    covered_us as f64 / period_us as f64
}

async fn expected_by_chance(run: &Run) -> f64 {
    let query = "SELECT expected_by_chance FROM funnel WHERE step = 'linked'";
    let batches = run.session().sql(query).await.unwrap().collect().await.unwrap();
    batches[0].column(0).as_primitive::<Float64Type>().value(0)
}

/// Every trial has the share of its address and site, and every link a trial.
async fn assert_shares(case: &Case, window: &str, window_us: i64) {
    let params = Params::default().with("window", window);
    let run = case.run("nexus", &params).await.unwrap();
    let observed = Observed::of(&run).await;
    let period = observed.period(window_us);
    let trials = run
        .session()
        .sql("SELECT ip_text(ip), site_id, chance FROM trials");
    let batches = trials.await.unwrap().collect().await.unwrap();
    let mut compared = 0;
    for batch in &batches {
        let text = |column: usize| cast(batch.column(column), &DataType::Utf8).unwrap();
        let (addresses, sites) = (text(0), text(1));
        for (row, chance) in batch
            .column(2)
            .as_primitive::<Float64Type>()
            .values()
            .iter()
            .enumerate()
        {
            let name = |column: &dyn Array| column.as_string::<i32>().value(row).to_owned();
            let moments = &observed.at_sites[&(name(&addresses), name(&sites))];
            let share = share(&period, moments, window_us);
            assert!((chance - share).abs() < 1e-12, "{window}: {chance} for {share}");
            compared += 1;
        }
    }
    assert!(compared > 0 && compared == run.rows("trials"));
    assert_eq!(observed.trials(&run, window_us).await, compared, "{window}");
    // Links are joined with their trials: one without would be lost.
    let query = "SELECT report_id FROM candidates WHERE excluded_reason IS NULL";
    let linked = run.session().sql(query).await.unwrap().count().await.unwrap();
    assert_eq!(linked as u64, run.rows("links"), "{window}");
}

#[tokio::test]
async fn the_chance_is_the_share_of_the_period_in_which_an_event_would_link() {
    let (_folder, case) = sample_case().await;
    for (window, hours) in [("1 hour", 1.0), ("1 minute", 1.0 / 60.0), ("40 days", 960.0)] {
        assert_shares(&case, window, (hours * HOUR_US as f64).round() as i64).await;
    }
}

/// Two rows of telemetry, years before and after that of the sample world.
fn stray_telemetry() -> String {
    let telemetry = std::fs::read_to_string(samples().join("telemetry/quadrant-2025-10.csv")).unwrap();
    let mut lines = telemetry.lines();
    let (header, row) = (lines.next().unwrap(), lines.next().unwrap());
    let time = row.split(',').nth(5).unwrap();
    // 2001-02-03 and 2026-06-01.
    let [before, after] = ["981158400000", "1780272000000"].map(|stray| row.replace(time, stray));
    format!("{header}\n{before}\n{after}\n")
}

/// 25 years would make a chance in three months a hundredth of what it is.
#[tokio::test]
async fn a_stray_time_adds_its_hour_and_the_window_to_the_period() {
    let (_folder, case) = sample_case().await;
    let without = expected_by_chance(&case.run("nexus", &Params::default()).await.unwrap()).await;
    let folder = tempfile::tempdir().unwrap();
    let stray = folder.path().join("stray.csv");
    std::fs::write(&stray, stray_telemetry()).unwrap();
    let (_folder, case) = sample_case_of(&[samples().join("telemetry"), stray]).await;
    let run = case.run("nexus", &Params::default()).await.unwrap();
    let bounds = rows(
        &run,
        "SELECT min(observed_at) FROM telemetry UNION ALL SELECT max(observed_at) FROM telemetry",
    );
    let bounds: BTreeSet<i64> = bounds.await.into_iter().map(|(_, time)| time).collect();
    assert_eq!(
        Vec::from_iter(bounds),
        [981_158_400_000_000, 1_780_272_000_000_000]
    );
    let with = expected_by_chance(&run).await;
    // Of 2,196 hours: two each, up to the stray time, and two each at the ends, which are no longer cut.
    assert!(
        with < without && with > (1.0 - 8.0 / 2196.0) * without,
        "{without}, and {with} with them"
    );
    assert_shares(&case, "1 hour", HOUR_US).await;
}

/// An event of November could not link where there is no telemetry of November.
#[tokio::test]
async fn an_event_in_a_month_without_telemetry_is_no_trial() {
    let months = ["2025-10", "2025-12"];
    let files = months.map(|month| samples().join(format!("telemetry/quadrant-{month}.csv")));
    let (_folder, case) = sample_case_of(&files).await;
    let run = case.run("nexus", &Params::default()).await.unwrap();
    let of_november = "SELECT report_id FROM events AS e WHERE e.excluded_reason IS NULL
        AND e.observed_at BETWEEN '2025-11-02' AND '2025-11-30'
        AND e.ip IN (SELECT o.ip FROM session_observations AS o JOIN sessions AS s ON s.session_id = o.session_id WHERE s.excluded_reason IS NULL)";
    assert!(
        run.session()
            .sql(of_november)
            .await
            .unwrap()
            .count()
            .await
            .unwrap()
            > 0
    );
    assert_shares(&case, "1 hour", HOUR_US).await;
}

/// Fewer fixes that count cover less time, into however many sessions they fall.
#[tokio::test]
async fn a_stricter_rule_of_fixes_does_not_raise_the_chance() {
    let (_folder, case) = sample_case().await;
    let mut expected = vec![];
    for relations in ["inside", "inside, possible", "inside, possible, unknown"] {
        let params = Params::default().with("fix_relations", relations);
        expected.push(expected_by_chance(&case.run("nexus", &params).await.unwrap()).await);
    }
    assert!(expected.is_sorted() && expected[0] > 0.0, "{expected:?}");
}

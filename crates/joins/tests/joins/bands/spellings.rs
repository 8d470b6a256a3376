//! However a band is written, it is the index that runs it, and EXPLAIN says so.

use datafusion::prelude::SessionContext;

use super::{check, check_left_alone, rows};
use crate::session::{answer, run, session};

async fn tables() -> SessionContext {
    let context = session(8, 2);
    for sql in [
        "CREATE TABLE e AS SELECT column1 AS id, ip(column2) AS ip, column2 AS text, arrow_cast(column3, 'Timestamp(µs, \"UTC\")') AS ts,
            arrow_cast(column3, 'Timestamp(ms)') AS ms, arrow_cast(column3, 'Timestamp(µs, \"+02:00\")') AS local,
            CAST(column3 AS DATE) AS day, column1 * 10 AS number FROM (VALUES
            (1, '203.0.113.7', TIMESTAMP '2025-01-05T10:00:00'), (2, '203.0.113.7', TIMESTAMP '2025-01-05T11:00:00'),
            (3, '198.51.100.1', TIMESTAMP '2025-03-01T00:00:00'), (4, '2001:db8::5', TIMESTAMP '2025-01-01T00:00:00'),
            (5, NULL, TIMESTAMP '2025-01-05T10:00:00'), (6, '203.0.113.7', NULL), (7, '203.0.113.7', TIMESTAMP '2025-03-30T02:30:00'))",
        "CREATE TABLE o AS SELECT id, ip, text, ts, ms, local, day, number, ts - INTERVAL '1 hour' AS lo, ts + INTERVAL '1 hour' AS hi FROM (
            SELECT e.id * 10 + s.value AS id, e.ip, e.text, arrow_cast(CAST(e.ts AS BIGINT) + s.value * 900000000, 'Timestamp(µs, \"UTC\")') AS ts, e.ms, e.local, e.day,
                e.number + s.value AS number FROM e CROSS JOIN generate_series(-6, 6) AS s (value))",
    ] {
        run(&context, sql).await;
    }
    context
}

#[tokio::test]
async fn an_hour_around_in_any_spelling() {
    let context = tables().await;
    let mut answers = Vec::new();
    for band in [
        "o.ts BETWEEN e.ts - INTERVAL '1 hour' AND e.ts + INTERVAL '1 hour'",
        "o.ts >= e.ts - INTERVAL '1 hour' AND o.ts <= e.ts + INTERVAL '1 hour'",
        "e.ts + INTERVAL '60 minutes' >= o.ts AND e.ts - INTERVAL '60 minutes' <= o.ts",
        "e.ts <= o.ts + INTERVAL '1 hour' AND o.ts <= e.ts + INTERVAL '1 hour'",
        "e.ts BETWEEN o.ts - INTERVAL '1 hour' AND o.ts + INTERVAL '1 hour'",
        "o.ts - e.ts BETWEEN INTERVAL '-1 hour' AND INTERVAL '1 hour'",
        "e.ts - o.ts <= INTERVAL '1 hour' AND INTERVAL '-1 hour' <= e.ts - o.ts",
        "abs(CAST(o.ts AS BIGINT) - CAST(e.ts AS BIGINT)) <= 3600000000",
        "CAST(o.ts AS BIGINT) - CAST(e.ts AS BIGINT) BETWEEN -3600000000 AND 3600000000",
        "time_gap(o.ts, e.ts) <= 3600",
        "3600 >= time_gap(e.ts, o.ts)",
        "e.ts BETWEEN o.lo AND o.hi",
        "e.ts >= o.lo AND o.hi >= e.ts",
        "NOT (e.ts < o.lo OR e.ts > o.hi)",
        "o.ts > e.ts - INTERVAL '3600.000001 seconds' AND o.ts < e.ts + INTERVAL '3600.000001 seconds'",
    ] {
        for sql in [
            format!("SELECT e.id, o.id FROM e JOIN o ON e.ip = o.ip AND {band}"),
            format!("SELECT e.id, o.id FROM o, e WHERE {band} AND o.ip = e.ip"),
            format!("SELECT e.id, o.id FROM e JOIN o USING (ip) WHERE {band}"),
            format!("SELECT e.id, o.id FROM e JOIN o ON e.text = o.text AND {band}"),
            format!("SELECT e.id, o.id FROM e JOIN o ON e.text = o.text AND {band} AND e.ip = o.ip"),
        ] {
            answers.push((check(&context, &sql).await, sql));
        }
        for sql in [
            "SELECT e.id, o.id FROM e LEFT JOIN o ON e.ip = o.ip AND {band}",
            "SELECT e.id FROM e WHERE EXISTS (SELECT 1 FROM o WHERE e.ip = o.ip AND {band})",
            "SELECT e.id FROM e WHERE NOT EXISTS (SELECT 1 FROM o WHERE e.ip = o.ip AND {band} AND e.id <> o.id % 9)",
        ] {
            check(&context, &sql.replace("{band}", band)).await;
        }
    }
    // Two of them are an hour apart, at one address.
    assert_eq!(answers[0].0.len(), 5 * 9 + 2 * 7);
    for (answer, sql) in &answers {
        assert_eq!(*answer, answers[0].0, "{sql}");
    }
}

#[tokio::test]
async fn other_types_of_time() {
    let context = tables().await;
    for band in [
        "o.day BETWEEN e.day - INTERVAL '1 day' AND e.day + INTERVAL '1 day'",
        "time_gap(o.day, e.day) < 86400",
        "o.number BETWEEN e.number - 2 AND e.number + 2",
        "abs(o.number - e.number) < 3",
        "o.number - e.number <= 2 AND e.number - o.number <= 2",
        "o.ms >= e.ms - INTERVAL '1 hour' AND o.ms < e.ms + INTERVAL '1 hour'",
        // A condition of two ends is not one end of another.
        "abs(o.number - e.number) <= 3 AND o.number <= e.number + 10",
        "o.number <= e.number + 10 AND abs(o.number - e.number) <= 3",
        "o.number >= e.number - 10 AND abs(e.number - o.number) <= 3",
        "o.ts >= e.ts - INTERVAL '2 hours' AND time_gap(o.ts, e.ts) <= 1800",
        "o.ts <= e.ts + INTERVAL '2 hours' AND time_gap(e.ts, o.ts) <= 1800",
        "time_gap(o.ts, e.ts) <= 5400 AND time_gap(e.ts, o.ts) <= 1800",
        "time_gap(o.ts, e.ts) <= INTERVAL '30 minutes'",
        "o.ts - e.ts BETWEEN INTERVAL '-1 day' AND INTERVAL '1 day'",
        "o.ts - e.ts <= INTERVAL '1 day 2 hours' AND e.ts - o.ts < INTERVAL '30 minutes'",
        // An hour is an hour in every zone.
        "o.local >= e.local - INTERVAL '1 hour' AND o.local < e.local + INTERVAL '1 hour'",
        "o.ts > e.ts - INTERVAL '1 day' AND o.ts < e.ts + INTERVAL '1 day'",
    ] {
        let sql = format!("SELECT e.id, o.id FROM e JOIN o ON e.ip = o.ip AND {band}");
        assert!(!check(&context, &sql).await.is_empty(), "{sql}");
    }
}

/// Files of other programs count in other units, and often leave the zone out.
#[tokio::test]
async fn times_of_two_units_or_with_and_without_a_zone() {
    let context = tables().await;
    let times = "CREATE TABLE x AS SELECT id, ip, day, ts AS us, arrow_cast(ts, 'Timestamp(µs)') AS naive,
            arrow_cast(ts, 'Timestamp(ms)') AS ms, arrow_cast(ts, 'Timestamp(ms, \"UTC\")') AS ms_utc,
            arrow_cast(ts, 'Timestamp(ns)') AS ns, arrow_cast(ts, 'Timestamp(s, \"+02:00\")') AS s_east,
            CAST(ts AS BIGINT) / 1000000 AS epoch FROM e";
    run(&context, times).await;
    let sql = |band: &str| format!("SELECT x.id, o.id FROM x JOIN o ON x.ip = o.ip AND {band}");
    let expected = check(&context, &sql("time_gap(o.ts, x.us) <= 3600")).await;
    for time in ["naive", "ms", "ms_utc", "ns", "s_east"] {
        for band in [
            "o.ts BETWEEN x.t - INTERVAL '1 hour' AND x.t + INTERVAL '1 hour'",
            "x.t BETWEEN o.ts - INTERVAL '1 hour' AND o.ts + INTERVAL '1 hour'",
            "x.t + INTERVAL '1 hour' >= o.ts AND o.ts + INTERVAL '1 hour' >= x.t",
            "x.t - o.ts BETWEEN INTERVAL '-1 hour' AND INTERVAL '1 hour'",
            "time_gap(x.t, o.ts) <= 3600",
            "x.t BETWEEN o.lo AND o.hi",
        ] {
            // A difference of times of two units and two zones has no type.
            if band.contains("x.t - o.ts") && !["naive", "ms_utc"].contains(&time) {
                continue;
            }
            let sql = sql(&band.replace("x.t", &format!("x.{time}")));
            assert_eq!(check(&context, &sql).await, expected, "{sql}");
        }
    }
    for moment in [
        "to_timestamp(x.epoch)",
        "from_unixtime(x.epoch)",
        "to_timestamp_millis(x.epoch * 1000)",
    ] {
        let band = format!("o.ts BETWEEN {moment} - INTERVAL '1 hour' AND {moment} + INTERVAL '1 hour'");
        let sql = sql(&band);
        // A product could wrap: it is for each row, and no bound of it is told apart.
        if moment.contains('*') {
            check_left_alone(&context, &sql).await;
        } else {
            assert_eq!(check(&context, &sql).await, expected, "{sql}");
        }
    }
    // Each bound in a unit of its own.
    for (between, same) in [
        (
            "o.ts >= x.ms AND o.ts < x.ns + INTERVAL '1 hour'",
            "o.ts >= x.us AND o.ts < x.us + INTERVAL '1 hour'",
        ),
        (
            "x.ms_utc <= o.ms AND o.ts <= x.naive + INTERVAL '1 hour' AND o.ts >= x.s_east - INTERVAL '1 minute'",
            "x.us <= o.ms AND o.ts <= x.us + INTERVAL '1 hour' AND o.ts >= x.us - INTERVAL '1 minute'",
        ),
    ] {
        let expected = check(&context, &sql(same)).await;
        assert!(!expected.is_empty());
        assert_eq!(check(&context, &sql(between)).await, expected, "{between}");
    }
    let of_day = sql("o.ts >= x.day AND o.ts < x.day + INTERVAL '1 day'");
    let in_words = sql("CAST(o.ts AS DATE) = x.day");
    let (expected, _) = rows(&context, "hash", &in_words).await.unwrap();
    assert_eq!(check(&context, &of_day).await, expected);
}

/// What has no count in the finer unit fails where SQL does, and nowhere else.
#[tokio::test]
async fn times_that_are_too_far_out_for_the_finer_unit() {
    let context = session(2, 2);
    for sql in [
        "CREATE TABLE leases AS SELECT column1 AS k, arrow_cast(column2, 'Timestamp(s)') AS opens, arrow_cast(column3, 'Timestamp(s)') AS closes
         FROM (VALUES (1, 100, 200), (1, 150, 253402300799), (2, 0, 99999999999999))",
        "CREATE TABLE seen AS SELECT column1 AS k, arrow_cast(column2 * 1000000000, 'Timestamp(ns)') AS at
         FROM (VALUES (1, 120), (1, 180), (1, 300))",
    ] {
        run(&context, sql).await;
    }
    // The end of the year 9999 is beyond nanoseconds, and meets observations.
    let failing = "SELECT l.opens, s.at FROM leases AS l JOIN seen AS s ON l.k = s.k AND s.at BETWEEN l.opens AND l.closes";
    for strategy in ["hash", "sorted", "merge"] {
        let error = rows(&context, strategy, failing).await.unwrap_err();
        assert!(error.to_string().contains("representable"), "{strategy}: {error}");
    }
    // Such a lease of an address that nobody has seen is none's concern.
    let one = "SELECT l.opens, s.at FROM (SELECT * FROM leases WHERE closes < arrow_cast(1000, 'Timestamp(s)') OR k = 2) AS l
        JOIN seen AS s ON l.k = s.k AND s.at BETWEEN l.opens AND l.closes";
    let (expected, _) = rows(&context, "hash", one).await.unwrap();
    assert_eq!(expected.len(), 2);
    for strategy in ["sorted", "merge"] {
        let (got, plan) = rows(&context, strategy, one).await.unwrap();
        assert!(plan.contains("band"), "{plan}");
        assert_eq!(got, expected, "{strategy}: {plan}");
    }
    // How far apart two moments are can always be told: at the end of nanoseconds, in the year 2262, and far beyond.
    for sql in [
        "CREATE TABLE a AS SELECT column1 AS id, 1 AS k, arrow_cast(column2, 'Timestamp(s)') AS at
         FROM (VALUES (1, 9223372036), (2, 9223372037), (3, 253402300799), (4, -9223372037), (5, -253402300799))",
        "CREATE TABLE b AS SELECT column1 AS id, 1 AS k, arrow_cast(column2, 'Timestamp(ns)') AS at
         FROM (VALUES (1, 9223372036854775807), (2, -9223372036854775807), (3, 0))",
    ] {
        run(&context, sql).await;
    }
    let gaps = "SELECT a.id, b.id FROM a JOIN b ON a.k = b.k AND time_gap(a.at, b.at) < 1";
    for strategy in ["hash", "sorted", "merge"] {
        let (got, _) = rows(&context, strategy, gaps).await.unwrap();
        assert_eq!(got, ["| 1  | 1  |", "| 2  | 1  |", "| 4  | 2  |"], "{strategy}");
    }
}

#[tokio::test]
async fn keys_that_are_null_without_saying_so_match_nothing() {
    let context = tables().await;
    let nulls = "(SELECT NULL AS k, ts, id FROM e)";
    let sql = format!(
        "SELECT a.id, b.id FROM {nulls} AS a JOIN {nulls} AS b
         ON a.k = b.k AND b.ts BETWEEN a.ts - INTERVAL '1 hour' AND a.ts + INTERVAL '1 hour'"
    );
    assert!(rows(&context, "sorted", &sql).await.unwrap().0.is_empty());
}

#[tokio::test]
async fn what_is_no_band_stays_with_datafusion() {
    let context = tables().await;
    for band in [
        // One bound.
        "o.ts > e.ts - INTERVAL '1 hour'",
        "o.ts >= e.ts - INTERVAL '1 hour' OR o.ts <= e.ts + INTERVAL '1 hour'",
        "abs(o.number - e.number) > 3",
        "o.number BETWEEN 100 / e.id AND e.number",
        // A day before half past two may be in the hour that was left out.
        "o.ts BETWEEN arrow_cast(e.ts, 'Timestamp(µs, \"Europe/Berlin\")') - INTERVAL '1 day' AND e.ts",
        "o.ts BETWEEN e.ts AND arrow_cast(e.ts, 'Timestamp(µs, \"Europe/Berlin\")') + INTERVAL '1 month'",
    ] {
        check_left_alone(
            &context,
            &format!("SELECT e.id, o.id FROM e JOIN o ON e.ip = o.ip AND {band}"),
        )
        .await;
    }
    // A month has no length, and so it is one of two different bounds.
    let sql = "SELECT e.id, o.id FROM e JOIN o ON e.ip = o.ip AND o.ts > e.ts - INTERVAL '1 month' AND o.ts < e.ts + INTERVAL '1 day'";
    check(&context, sql).await;
    // Without an equal key it is a range.
    let sql = "SELECT e.id, o.id FROM e JOIN o ON o.number BETWEEN e.number - 2 AND e.number + 2";
    let (_, plan) = rows(&context, "sorted", sql).await.unwrap();
    assert!(plan.contains("index=[range"), "{plan}");
}

#[tokio::test]
async fn explain_says_how_and_why() {
    let context = tables().await;
    let sql = "SELECT e.id, o.id FROM o JOIN e ON e.ip = o.ip AND o.ts BETWEEN e.ts - INTERVAL '1 hour' AND e.ts + INTERVAL '1 hour'";
    let (_, plan) = rows(&context, "auto", sql).await.unwrap();
    let line = plan.lines().find(|line| line.contains("IndexJoinExec")).unwrap();
    for part in [
        "build=right",
        "index=[band strategy=sorted: ip@1 = ip@1, -3600000000 <= ts@2 - ts@2 <= 3600000000]",
        "why=auto, 91 rows left, 7 right",
    ] {
        assert!(line.contains(part), "{part} in {line}");
    }
    // Few rows are built, whichever side they are on.
    let (_, plan) = rows(&context, "sorted", &sql.replace("o JOIN e", "e JOIN o"))
        .await
        .unwrap();
    assert!(
        plan.contains("build=left") && plan.contains("why=set, "),
        "{plan}"
    );
    let (_, plan) = rows(&context, "hash", sql).await.unwrap();
    assert!(plan.contains("HashJoinExec"), "{plan}");
    // Asked for as a range, it is one.
    let plan = answer(
        &context,
        "segments",
        &sql.replace("BETWEEN e.ts", "BETWEEN  e.ts"),
    )
    .await
    .plan;
    assert!(plan.contains("HashJoinExec"), "{plan}");
    rows(&context, "auto", sql).await.unwrap();
    let plan = answer(&context, "segments", sql).await.plan;
    assert!(plan.contains("index=[range strategy=segments"), "{plan}");
}

/// What a region of joins is taken apart into is recognised again, and a band that keeps little comes before a key that
/// multiplies.
#[tokio::test]
async fn a_band_is_ordered_among_other_joins() {
    let context = session(1000, 2);
    for sql in [
        "CREATE TABLE sightings AS SELECT value AS id, value % 50 AS person, value AS at FROM generate_series(1, 20000)",
        "CREATE TABLE calls AS SELECT value AS id, value % 50 AS person, value AS at FROM generate_series(1, 1000)",
        "CREATE TABLE owners AS SELECT value AS id, value % 50 AS person FROM generate_series(1, 2000)",
    ] {
        run(&context, sql).await;
    }
    let sql = "SELECT count(*), sum(s.id), sum(c.id), sum(w.id) FROM sightings AS s JOIN owners AS w ON s.person = w.person
        JOIN calls AS c ON s.person = c.person AND s.at BETWEEN c.at - 20 AND c.at + 20";
    let mut plans = Vec::new();
    let mut answers = Vec::new();
    for order in ["as_written", "auto"] {
        let set = format!("SET tieline.join_order = '{order}'");
        run(&context, &set).await;
        let (answer, plan) = rows(&context, "auto", sql).await.unwrap();
        answers.push(answer);
        plans.push(plan);
    }
    assert_eq!(answers[0], answers[1]);
    let line = |plan: &str, operator: &str| plan.lines().position(|line| line.contains(operator));
    let [written, ordered] =
        [&plans[0], &plans[1]].map(|plan| (line(plan, "IndexJoinExec"), line(plan, "HashJoinExec")));
    assert!(written.0 < written.1, "{}", plans[0]);
    assert!(
        ordered.1 < ordered.0 && plans[1].contains("order by cost"),
        "{}",
        plans[1]
    );
}

/// The nearest event of each observation, in plain SQL over the band join.
#[tokio::test]
async fn the_nearest_match_of_each_row() {
    let context = tables().await;
    let sql = "SELECT event, observation FROM (
            SELECT e.id AS event, o.id AS observation,
                row_number() OVER (PARTITION BY e.id ORDER BY time_gap(e.ts, o.ts), o.id) AS place
            FROM e JOIN o ON e.ip = o.ip AND o.ts BETWEEN e.ts - INTERVAL '1 hour' AND e.ts + INTERVAL '1 hour')
        WHERE place = 1";
    let rows = check(&context, sql).await;
    assert_eq!(rows.len(), 5);
    assert!(rows.contains(&"| 1     | 10          |".to_owned()), "{rows:?}");
}

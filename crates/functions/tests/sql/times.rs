//! Times in conditions: what is rewritten answers what is computed row by row.

use datafusion::prelude::SessionContext;

use crate::session::{rows, session};

async fn run(context: &SessionContext, sql: &str) {
    context.sql(sql).await.unwrap().collect().await.unwrap();
}

/// The plan of a query, as text.
async fn plan(context: &SessionContext, sql: &str) -> String {
    let plan = rows(context, &format!("EXPLAIN {sql}")).await.unwrap();
    plan.concat().concat()
}

async fn counts() -> SessionContext {
    let context = session();
    let counts = "CREATE TABLE c AS SELECT n, arrow_cast(n, 'Int8') AS tiny, arrow_cast(n * 1000, 'Int32') AS small, n * 86400 AS days,
            n * 86400000000 AS large, CAST(abs(n) AS BIGINT UNSIGNED) AS positive, arrow_cast(n * 1000, 'Timestamp(µs)') AS moment,
            arrow_cast(n * 1000, 'Timestamp(s, \"+02:00\")') AS local, CAST(n AS DOUBLE) AS real, CAST(n AS VARCHAR) || '000' AS text
        FROM (VALUES (-100), (-1), (0), (1), (7), (120), (NULL)) AS v (n)";
    run(&context, counts).await;
    context
}

/// In a condition the moment of a count is a cast, among what is selected it is the function: they tell the same. In the zone of a session
/// it stays.
#[tokio::test]
async fn the_moment_of_a_count_is_that_of_the_function() {
    let context = counts().await;
    for zone in [None, Some("+02:00")] {
        if let Some(zone) = zone {
            run(
                &context,
                &format!("SET datafusion.execution.time_zone = '{zone}'"),
            )
            .await;
        }
        for function in [
            "to_timestamp",
            "to_timestamp_seconds",
            "to_timestamp_millis",
            "to_timestamp_micros",
            "to_timestamp_nanos",
        ] {
            for column in [
                "tiny", "small", "n", "days", "large", "positive", "moment", "local", "real",
            ] {
                // Beyond the nanoseconds that they are compared in.
                if column == "large" && !function.ends_with("micros") && !function.ends_with("nanos") {
                    continue;
                }
                let is_later = format!("{function}({column}) >= TIMESTAMP '1970-01-01T00:00:00.007'");
                let told = format!(
                    "SELECT n FROM (SELECT n, {is_later} AS later FROM c ORDER BY n LIMIT 9) WHERE later"
                );
                let told = rows(&context, &told).await.unwrap();
                let sql = format!("SELECT n FROM c WHERE {is_later} ORDER BY n");
                assert_eq!(rows(&context, &sql).await.unwrap(), told, "{sql}");
                let stays = column == "real" || zone.is_some();
                let plan = plan(&context, &sql).await;
                assert_eq!(plan.contains(function), stays, "{sql}\n{plan}");
            }
        }
    }
}

#[tokio::test]
async fn what_is_no_count_is_read_by_the_function() {
    let context = counts().await;
    let joined = "SELECT count(*) FROM c AS a JOIN c AS b
        ON a.n + 1 > b.n AND from_unixtime(a.n) < from_unixtime(b.n) + INTERVAL '1 second'";
    let plan_of_join = plan(&context, joined).await;
    assert!(!plan_of_join.contains("from_unixtime"), "{plan_of_join}");
    for kept in [
        "to_timestamp(text, '%Y') >= now()",
        "from_unixtime(n, 'UTC') >= now()",
        "to_timestamp_seconds(text) >= now()",
    ] {
        let plan = plan(&context, &format!("SELECT n FROM c WHERE {kept}")).await;
        assert!(
            plan.contains("to_timestamp") || plan.contains("from_unixtime"),
            "{kept}\n{plan}"
        );
    }
    // Names of columns are what was written.
    let named = "SELECT to_timestamp_millis(n) FROM c WHERE to_timestamp_millis(n) IS NOT NULL";
    let named = context.sql(named).await.unwrap();
    assert_eq!(named.schema().field(0).name(), "to_timestamp_millis(c.n)");
    let batches = named.collect().await.unwrap();
    assert_eq!(batches.iter().map(|batch| batch.num_rows()).sum::<usize>(), 6);
}

/// Times of four types, from two seconds before 1970 to two after.
async fn times() -> SessionContext {
    let context = session();
    let times = "CREATE TABLE times AS SELECT n, arrow_cast(n, 'Timestamp(s)') AS s, arrow_cast(n, 'Timestamp(s, \"UTC\")') AS utc,
            arrow_cast(n * 1000, 'Timestamp(ms)') AS ms, arrow_cast(n * 1000000, 'Timestamp(µs, \"+02:00\")') AS east
         FROM (VALUES (-2), (-1), (0), (1), (2), (NULL)) AS v (n)";
    run(&context, times).await;
    context
}

const COLUMNS: [&str; 4] = ["s", "utc", "ms", "east"];

const MOMENTS: [&str; 6] = [
    "1969-12-31T23:59:58.999999999",
    "1969-12-31T23:59:59",
    "1969-12-31T23:59:59.999999999",
    "1970-01-01T00:00:00",
    "1970-01-01T00:00:00.000000001",
    "1970-01-01T00:00:01.999999999",
];

/// DataFusion cuts a moment off to the unit of the column that it is compared with; compared row by row it is not.
#[tokio::test]
async fn a_moment_between_two_counts_is_compared_as_what_it_is() {
    let context = times().await;
    let values = MOMENTS
        .map(|moment| format!("('{moment}', TIMESTAMP '{moment}')"))
        .join(", ");
    run(
        &context,
        &format!("CREATE TABLE moments AS SELECT * FROM (VALUES {values}) AS v (name, at)"),
    )
    .await;
    for column in COLUMNS {
        for moment in MOMENTS {
            for op in [
                "=",
                "<>",
                "<",
                "<=",
                ">",
                ">=",
                "IS DISTINCT FROM",
                "IS NOT DISTINCT FROM",
            ] {
                let by_row = format!(
                    "SELECT n FROM times JOIN moments ON {column} {op} at WHERE name = '{moment}' ORDER BY n"
                );
                let expected = rows(&context, &by_row).await.unwrap();
                let holds = format!("{column} {op} TIMESTAMP '{moment}'");
                for sql in [
                    format!("SELECT n FROM times WHERE {holds} ORDER BY n"),
                    format!(
                        "SELECT n FROM times WHERE NOT ({holds}) IS NOT TRUE AND ({holds}) IS NOT NULL ORDER BY n"
                    ),
                    format!("SELECT n FROM (SELECT n, {holds} AS holds FROM times) WHERE holds ORDER BY n"),
                ] {
                    assert_eq!(rows(&context, &sql).await.unwrap(), expected, "{sql}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_moment_between_two_counts_in_any_spelling() {
    let context = times().await;
    let of = |condition: &str| format!("SELECT n FROM times WHERE {condition} ORDER BY n");
    for column in COLUMNS {
        for moment in MOMENTS {
            for (one, other) in [
                ("'M' <= c", "NOT c < 'M'"),
                ("c BETWEEN 'M' AND 'H'", "c >= 'M' AND c <= 'H'"),
                ("c NOT BETWEEN 'L' AND 'M'", "c < 'L' OR c > 'M'"),
                ("c IN ('M', 'S', 'H')", "c = 'M' OR c = 'S'"),
                ("c NOT IN ('M', 'H')", "c <> 'M'"),
            ] {
                let [one, other] = [one, other].map(|condition| {
                    let condition = condition
                        .replace('c', column)
                        .replace("'M'", &format!("TIMESTAMP '{moment}'"));
                    let condition = condition.replace("'L'", "TIMESTAMP '1969-12-31T23:59:58.5'");
                    let condition = condition.replace("'S'", "TIMESTAMP '1970-01-01T00:00:01'");
                    of(&condition.replace("'H'", "TIMESTAMP '1970-01-01T00:00:01.5'"))
                });
                let expected = rows(&context, &other).await.unwrap();
                assert_eq!(rows(&context, &one).await.unwrap(), expected, "{one}");
            }
        }
    }
    // The end of a day, and a moment that is only known when the statement runs.
    for (condition, count) in [
        ("s < TIMESTAMP '1970-01-01T00:00:01.999'", "4"),
        (
            "s <= TIMESTAMP '1970-01-01T00:00:00' + INTERVAL '1999 milliseconds'",
            "4",
        ),
        ("s < now() AND utc < now()", "5"),
        ("s IN (TIMESTAMP '1970-01-01T00:00:00.5')", "0"),
        ("s NOT IN (TIMESTAMP '1970-01-01T00:00:00.5')", "5"),
        ("(s = TIMESTAMP '1970-01-01T00:00:00.5') IS NULL", "1"),
        (
            "CAST(CAST(s AS TIMESTAMP(3)) AS TIMESTAMP(9)) >= TIMESTAMP '1970-01-01T00:00:00.007'",
            "2",
        ),
        (
            "CAST(s AS TIMESTAMP(3)) < TIMESTAMP '1969-12-31T23:59:58.9999'",
            "1",
        ),
        (
            "CAST(utc AS TIMESTAMP(3)) >= TIMESTAMP '1969-12-31T23:59:59.9999'",
            "3",
        ),
        (
            "arrow_cast(s, 'Timestamp(ns)') < TIMESTAMP '1970-01-01T00:00:01.999'",
            "4",
        ),
        (
            "TIMESTAMP '1970-01-01T00:00:00.007Z' <= arrow_cast(utc, 'Timestamp(ms, \"UTC\")')",
            "2",
        ),
    ] {
        let sql = format!("SELECT count(*) FROM times WHERE {condition}");
        assert_eq!(rows(&context, &sql).await.unwrap(), [[count]], "{condition}");
    }
    // What fails is never asked for.
    run(
        &context,
        "CREATE TABLE whole AS SELECT count(*) AS k, arrow_cast(7, 'Timestamp(s)') AS s FROM times",
    )
    .await;
    let dead = "SELECT count(*) FROM whole WHERE CASE WHEN k IS NOT NULL THEN k = 6
        ELSE CAST(s AS TIMESTAMP(9)) = arrow_cast('2500-01-01T00:00:00.5', 'Timestamp(ms)') END";
    assert_eq!(rows(&context, dead).await.unwrap(), [["1"]]);
}

//! The order of joins around one of ours: chosen by cost, shown, and of no consequence for the answer.

use std::path::Path;

use datafusion::common::JoinType;
use datafusion::functions_aggregate::expr_fn::{count, sum};
use datafusion::physical_plan::displayable;
use datafusion::prelude::{SessionContext, col};

use crate::session::{answer, plan_of, run, session};
use crate::tables::Random;

/// Sightings and calls of people, and shifts in which a sighting may fall. Of a remainder the planner takes that it keeps a fifth.
async fn tables(context: &SessionContext) {
    for sql in [
        "CREATE TABLE sightings AS SELECT value AS id, value % 500 AS person, value * 7 % 10000 AS at
         FROM generate_series(1, 20000)",
        "CREATE TABLE calls AS SELECT value AS id, value % 500 AS person, value % 11 AS kind FROM generate_series(1, 20000)",
        "CREATE TABLE shifts AS SELECT value AS id, value * 100 AS begins, value * 100 + 90 AS ends, value % 50 AS site
         FROM generate_series(0, 99)",
        "CREATE TABLE sites AS SELECT value AS id, value % 3 AS country FROM generate_series(0, 49)",
    ] {
        run(context, sql).await;
    }
}

async fn set(context: &SessionContext, order: &str) {
    let set = format!("SET tieline.join_order = '{order}'");
    run(context, &set).await;
}

/// Where in a plan's text an operator stands: what is further down runs first.
fn line_of(plan: &str, operator: &str) -> usize {
    let found = plan.lines().position(|line| line.contains(operator));
    assert!(found.is_some(), "no {operator} in\n{plan}");
    found.unwrap()
}

const SELECTIVE_RANGE: &str =
    "SELECT s.id, c.id, h.id FROM sightings AS s JOIN calls AS c ON s.person = c.person
     JOIN shifts AS h ON s.at BETWEEN h.begins AND h.ends WHERE h.site % 50 = 1 AND h.id % 3 = 0";

#[tokio::test]
async fn a_range_that_keeps_little_comes_before_an_equality_that_multiplies() {
    let context = session(1000, 2);
    tables(&context).await;
    set(&context, "as_written").await;
    let written = answer(&context, "auto", SELECTIVE_RANGE).await;
    assert!(
        line_of(&written.plan, "IndexJoinExec") < line_of(&written.plan, "HashJoinExec"),
        "{}",
        written.plan
    );
    set(&context, "auto").await;
    let ordered = answer(&context, "auto", SELECTIVE_RANGE).await;
    assert!(
        line_of(&ordered.plan, "HashJoinExec") < line_of(&ordered.plan, "IndexJoinExec"),
        "{}",
        ordered.plan
    );
    assert!(ordered.plan.contains("order by cost"), "{}", ordered.plan);
    assert_eq!(ordered.rows, written.rows);
    assert!(!ordered.rows.is_empty());
}

#[tokio::test]
async fn a_range_that_keeps_everything_stays_where_it_is_written() {
    let context = session(1000, 2);
    tables(&context).await;
    let sql = "SELECT s.id, i.country, h.id FROM sightings AS s JOIN sites AS i ON s.person = i.id
               JOIN shifts AS h ON s.at BETWEEN h.begins AND h.ends";
    let plan = answer(&context, "auto", sql).await.plan;
    assert!(!plan.contains("order by cost"), "{plan}");
    assert!(
        line_of(&plan, "IndexJoinExec") < line_of(&plan, "HashJoinExec"),
        "{plan}"
    );
}

#[tokio::test]
async fn plans_without_a_join_of_ours_are_left_alone() {
    let context = session(1000, 2);
    tables(&context).await;
    let sql = "SELECT s.id FROM sightings AS s JOIN calls AS c ON s.person = c.person JOIN sites AS i ON i.id = c.kind";
    let ordered = answer(&context, "auto", sql).await.plan;
    set(&context, "as_written").await;
    assert_eq!(ordered, answer(&context, "auto", sql).await.plan);
}

/// Tables `t0`, `t1`, …, each with a few small numbers.
async fn random_tables(context: &SessionContext, folder: &Path, count: usize, random: &mut Random) {
    for table in 0..count {
        let rows = random.pick(&[0_usize, 1, 5, 12, 25]);
        let number = |random: &mut Random| match random.one_in(8) {
            true => "NULL".to_owned(),
            false => random.below(12).to_string(),
        };
        let values: Vec<_> = (0..rows)
            .map(|id| {
                let (a, b, c) = (number(random), number(random), number(random));
                format!("({id}, {a}, {b}, {c})")
            })
            .collect();
        let values = match values.is_empty() {
            true => "SELECT 0 AS id, 0 AS a, 0 AS b, 0 AS c WHERE false".to_owned(),
            false => format!(
                "SELECT column1 AS id, column2 AS a, column3 AS b, column4 AS c FROM (VALUES {})",
                values.join(", ")
            ),
        };
        // Files take filters and have row groups to skip; all tables have columns of the same names.
        let file = folder.join(format!("t{table}.parquet"));
        let rows = format!(
            "SELECT CAST(id AS BIGINT) AS id, CAST(a AS BIGINT) AS a, CAST(b AS BIGINT) AS b, CAST(c AS BIGINT) AS c
             FROM ({values}) ORDER BY a"
        );
        let copy = format!(
            "COPY ({rows}) TO '{}' STORED AS PARQUET OPTIONS ('format.max_row_group_size' '5')",
            file.display()
        );
        let read = format!(
            "CREATE EXTERNAL TABLE t{table} STORED AS PARQUET LOCATION '{}'",
            file.display()
        );
        for sql in [copy, read] {
            run(context, &sql).await;
        }
    }
}

/// Joins of all tables, by equalities, ranges and what is neither.
fn random_query(count: usize, random: &mut Random) -> String {
    let mut sql = "SELECT count(*), sum(t0.id), min(t1.id), max(t2.id) FROM t0".to_owned();
    for table in 1..count {
        let other = random.below(table as u64);
        let on = match random.below(4) {
            0 => format!("t{table}.a = t{other}.b"),
            1 => format!("t{table}.a BETWEEN t{other}.b AND t{other}.c"),
            2 => {
                format!("t{other}.a >= t{table}.b AND t{other}.a < t{table}.c AND t{other}.id <> t{table}.id")
            }
            _ => format!("t{table}.b = t{other}.b AND t{other}.a BETWEEN t{table}.a AND t{table}.c"),
        };
        sql.push_str(&format!(" JOIN t{table} ON {on}"));
    }
    if random.one_in(2) {
        sql.push_str(" WHERE t0.a + t1.a < t2.c + 9");
    }
    sql
}

/// DataFusion holds tables of one name for equal, and all files that are read without a name have the same.
#[tokio::test]
async fn two_joins_that_look_alike_keep_their_own_tables() {
    let context = session(1000, 2);
    tables(&context).await;
    let half = |remainder: u8| {
        let context = context.clone();
        async move {
            let of = format!("SELECT * FROM sightings WHERE id % 2 = {remainder}");
            let rows = context.sql(&of).await.unwrap().collect().await.unwrap();
            let sightings = context.read_batches(rows).unwrap().alias("s").unwrap();
            let joined = sightings
                .join_on(
                    context.table("calls").await.unwrap().alias("c").unwrap(),
                    JoinType::Inner,
                    [col("s.person").eq(col("c.person"))],
                )
                .unwrap();
            let shifts = "SELECT * FROM shifts WHERE site % 50 = 1 AND id % 3 = 0";
            let shifts = context.sql(shifts).await.unwrap().alias("h").unwrap();
            let in_shift = [
                col("s.at").gt_eq(col("h.begins")),
                col("s.at").lt_eq(col("h.ends")),
            ];
            let joined = joined.join_on(shifts, JoinType::Inner, in_shift).unwrap();
            joined.select([col("s.id"), col("h.id").alias("shift")]).unwrap()
        }
    };
    let both = |order: &'static str| {
        let (half, context) = (&half, &context);
        async move {
            set(context, order).await;
            let union = half(0).await.union(half(1).await).unwrap();
            let plan = union.clone().create_physical_plan().await.unwrap();
            let plan = displayable(plan.as_ref()).indent(false).to_string();
            let sums = [sum(col("id")), count(col("id"))];
            let sums = union.aggregate(vec![], sums.to_vec()).unwrap();
            (plan, sums.to_string().await.unwrap())
        }
    };
    let (_, written) = both("as_written").await;
    let (plan, ordered) = both("auto").await;
    assert_eq!(plan.matches("order by cost").count(), 2, "{plan}");
    assert_eq!(ordered, written);
}

#[tokio::test]
async fn the_order_changes_no_answer() {
    let mut reordered = 0;
    for seed in 0..60 {
        let mut random = Random(seed);
        let context = session(random.pick(&[1, 7, 50]), random.pick(&[1, 2, 3]));
        let count = 3 + random.below(2) as usize;
        let folder = tempfile::tempdir().unwrap();
        random_tables(&context, folder.path(), count, &mut random).await;
        let by_row = random.pick(&["false", "true"]);
        let by_row = format!("SET datafusion.execution.parquet.pushdown_filters = {by_row}");
        context.sql(&by_row).await.unwrap();
        let sql = random_query(count, &mut random);
        set(&context, "as_written").await;
        let expected = answer(&context, "nested_loop", &sql).await;
        let written = answer(&context, "segments", &sql).await;
        set(&context, "auto").await;
        let ordered = answer(&context, "segments", &sql).await;
        assert_eq!(written.rows, expected.rows, "seed {seed}: {sql}");
        assert_eq!(
            ordered.rows, expected.rows,
            "seed {seed}: {sql}\n{}",
            ordered.plan
        );
        reordered += usize::from(ordered.plan.contains("order by cost"));
    }
    assert!(reordered > 5, "only {reordered} of the plans were reordered");
}

const SEEN_AND_CALLED: &str =
    "SELECT s.id, f.id, c.id FROM seen AS s JOIN places AS f ON st_contains(f.g, st_point(s.lon, s.lat))
     JOIN callers AS c ON s.person = c.person";

/// So many of a hundred sightings are in a place; a caller is one in ten.
async fn sightings_inside(inside: usize) -> SessionContext {
    let context = session(1000, 2);
    for sql in [
        &format!(
            "CREATE TABLE seen AS SELECT value AS id, value % 4000 AS person, 1.5 AS lat,
                    CASE WHEN value % 100 < {inside} THEN 1.5 ELSE 50.5 END AS lon FROM generate_series(1, 20000)"
        ),
        "CREATE TABLE callers AS SELECT value AS id, value AS person FROM generate_series(0, 399)",
        "CREATE TABLE places AS SELECT column1 AS id, st_geomfromtext(column2) AS g
         FROM (VALUES (1, 'POLYGON((1 1,2 1,2 2,1 2,1 1))'), (2, 'POLYGON((9 1,10 1,10 2,9 2,9 1))'))",
    ] {
        run(&context, sql).await;
    }
    context
}

/// One query, two tables bought for different reasons: the sample tells them apart, no statistics do.
#[tokio::test]
async fn a_sample_says_whether_the_fence_comes_first() {
    for (inside, fence_first, estimate) in [(1, true, "0.01"), (67, false, "0.66")] {
        let context = sightings_inside(inside).await;
        set(&context, "as_written").await;
        let written = answer(&context, "auto", SEEN_AND_CALLED).await;
        set(&context, "auto").await;
        let ordered = answer(&context, "auto", SEEN_AND_CALLED).await;
        assert_eq!(ordered.rows, written.rows);
        // What runs first stands below.
        let fence = line_of(&ordered.plan, "IndexJoinExec") > line_of(&ordered.plan, "HashJoinExec");
        assert_eq!(fence, fence_first, "{}", ordered.plan);
        // Of so many matches the last few rows are not looked up any more.
        let sample = if inside < 50 { 8192 } else { 8188 };
        let sample = format!("matches a row in a sample of {sample}");
        assert!(ordered.plan.contains(&sample), "{}", ordered.plan);
        assert!(ordered.plan.contains(estimate), "{}", ordered.plan);
        assert!(!written.plan.contains("sample"), "{}", written.plan);
    }
}

/// A join below another carries what is asked for above it, whatever the order.
#[tokio::test]
async fn joins_in_another_order_carry_no_more_than_is_needed() {
    let context = sightings_inside(1).await;
    let of = |asked: &str| {
        let at_about_the_time = "s.id BETWEEN c.id - 20000 AND c.id + 20000";
        SEEN_AND_CALLED.replace("s.id, f.id, c.id", asked) + " AND " + at_about_the_time
    };
    for (asked, carried) in [
        ("s.id, f.id, c.id", "projection=[id, person, id]"),
        ("c.id, f.g", "projection=[id, person, g]"),
        ("c.id AS call, s.lat AS seen_at", "projection=[id, person, lat]"),
        ("count(*) AS all_of_them", "projection=[id, person]"),
        (
            "s.id + c.id AS sum, random() < 2 AS yes",
            "projection=[id, person]",
        ),
        (
            "DISTINCT f.id + 1 AS next, 'x' AS x",
            "projection=[id, person, id]",
        ),
        (
            "c.id, f.id + (SELECT max(id) FROM callers) AS more",
            "projection=[id, person, id]",
        ),
        (
            "f.id, count(DISTINCT c.id), max(lon) AS east",
            "projection=[id, person, lon, id]",
        ),
    ] {
        let sql = match asked.starts_with("f.id, count") {
            true => of(asked) + " GROUP BY f.id",
            false => of(asked),
        };
        set(&context, "as_written").await;
        let written = answer(&context, "auto", &sql).await;
        set(&context, "auto").await;
        let ordered = answer(&context, "auto", &sql).await;
        assert_eq!(ordered.rows, written.rows, "{sql}");
        assert!(!ordered.rows.is_empty(), "{sql}");
        let fence = ordered
            .plan
            .lines()
            .find(|line| line.contains("[fence "))
            .unwrap();
        let band = line_of(&ordered.plan, "[band ");
        assert!(band < line_of(&ordered.plan, "[fence "), "{}", ordered.plan);
        assert!(fence.contains(carried), "{}", ordered.plan);
    }
}

/// What is joined with two tables is no part of their join, but learns how many rows come of it: a semi join puts the smaller side into
/// its table.
#[tokio::test]
async fn a_semi_join_learns_how_many_rows_come_of_a_fence() {
    let called =
        "SELECT s.id, f.id FROM seen AS s JOIN places AS f ON st_contains(f.g, st_point(s.lon, s.lat))
                  WHERE s.person IN (SELECT person FROM many)";
    for (inside, join_type) in [(1, "LeftSemi"), (67, "RightSemi")] {
        let context = sightings_inside(inside).await;
        let many = "CREATE TABLE many AS SELECT value AS person FROM generate_series(0, 19999)";
        run(&context, many).await;
        set(&context, "as_written").await;
        let written = answer(&context, "auto", called).await;
        assert!(written.plan.contains("join_type=LeftSemi"), "{}", written.plan);
        set(&context, "auto").await;
        let sampled = answer(&context, "auto", called).await;
        let sampled_type = format!("join_type={join_type}");
        assert!(sampled.plan.contains(&sampled_type), "{}", sampled.plan);
        assert!(
            sampled.plan.contains("matches a row in a sample of"),
            "{}",
            sampled.plan
        );
        assert_eq!(sampled.rows, written.rows);
        assert_eq!(sampled.rows.len(), 200 * inside);
    }
    // Of two tables and no more there is nothing to decide.
    let context = sightings_inside(67).await;
    let alone = called.split("WHERE").next().unwrap();
    let plan = answer(&context, "auto", alone).await.plan;
    assert!(!plan.contains("sample"), "{plan}");
}

/// What a statement's operator is said to give, by its statistics.
async fn rows_said(context: &SessionContext, sql: &str) -> Vec<f64> {
    let (plan, _) = plan_of(context, sql).await;
    let text = displayable(plan.as_ref())
        .set_show_statistics(true)
        .indent(false)
        .to_string();
    let joins = text.lines().filter(|line| line.contains("IndexJoinExec"));
    let rows = joins.map(|line| {
        let said = line
            .split("Rows=Inexact(")
            .nth(1)
            .and_then(|rest| rest.split(')').next());
        said.and_then(|said| said.parse().ok()).unwrap_or(f64::NAN)
    });
    rows.collect()
}

/// What is known of a join is known of that one: not of another whose condition reads the same, and of all that it asks for.
#[tokio::test]
async fn a_sample_is_told_of_its_own_join() {
    let context = sightings_inside(67).await;
    for sql in [
        "CREATE TABLE elsewhere AS SELECT id, person, 50.5 AS lon, 50.5 AS lat FROM seen",
        "CREATE TABLE many AS SELECT value AS person FROM generate_series(0, 19999)",
        "CREATE TABLE owned AS SELECT value AS id, value AS person, st_geomfromtext('POLYGON((1 1,2 1,2 2,1 2,1 1))') AS g
         FROM generate_series(0, 999)",
    ] {
        run(&context, sql).await;
    }
    let inside = |table: &str| {
        format!("SELECT s.id, f.id AS place FROM {table} AS s JOIN places AS f ON st_contains(f.g, st_point(s.lon, s.lat))
                 WHERE s.person IN (SELECT person FROM many)")
    };
    let both = format!("{} UNION ALL {}", inside("seen"), inside("elsewhere"));
    let said = rows_said(&context, &both).await;
    assert_eq!(said.len(), 2);
    assert!((12_000.0..15_000.0).contains(&said[0]), "{said:?}");
    assert!(said[1] < 20.0, "{said:?}");
    // An arm that nothing is joined with is not looked at: a tenth is guessed.
    let alone = "SELECT s.id, f.id AS place FROM elsewhere AS s JOIN places AS f ON st_contains(f.g, st_point(s.lon, s.lat))";
    let said = rows_said(&context, &format!("{} UNION ALL {alone}", inside("seen"))).await;
    assert!(
        (12_000.0..15_000.0).contains(&said[0]) && said[1] == 2_000.0,
        "{said:?}"
    );
    // Every point that is in one is in all of a thousand; of these one is its person's.
    let owned = "SELECT s.id, f.id AS place FROM seen AS s JOIN owned AS f ON s.person = f.person AND st_contains(f.g, st_point(s.lon, s.lat))
                 WHERE s.person IN (SELECT person FROM many)";
    let said = rows_said(&context, owned).await;
    let rows = context.sql(owned).await.unwrap().count().await.unwrap() as f64;
    assert!((0.3..3.0).contains(&(said[0] / rows)), "{said:?}, {rows}");
}

/// A table in Parquet is read in pieces far apart, so that one in the order of place does not deceive.
#[tokio::test]
async fn a_sample_of_files_sees_all_of_them() {
    let context = sightings_inside(67).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    for sql in [
        format!(
            "COPY (SELECT * FROM seen ORDER BY lon LIMIT 9000) TO '{path}/1.parquet' OPTIONS ('format.max_row_group_size' '2000')"
        ),
        format!("COPY (SELECT * FROM seen ORDER BY lon OFFSET 9000) TO '{path}/2.parquet'"),
        "DROP TABLE seen".to_owned(),
        format!("CREATE EXTERNAL TABLE seen STORED AS PARQUET LOCATION '{path}/'"),
    ] {
        run(&context, &sql).await;
    }
    let ordered = answer(&context, "auto", SEEN_AND_CALLED).await;
    assert!(ordered.plan.contains("in a sample of 8188"), "{}", ordered.plan);
    let at = ordered.plan.find(" matches a row").unwrap();
    let estimate: f64 = ordered.plan[at - 5..at].parse().unwrap();
    assert!((0.6..0.75).contains(&estimate), "{}", ordered.plan);
}

/// However the joins are put together, their inputs are the same.
#[tokio::test]
async fn a_table_expression_that_only_joins_is_no_wall() {
    let context = session(1000, 2);
    tables(&context).await;
    let flat = answer(&context, "auto", SELECTIVE_RANGE).await;
    for sql in [
        "WITH both AS (SELECT s.id AS sighting, c.id AS call, s.at AS seen FROM sightings AS s JOIN calls AS c ON s.person = c.person)
         SELECT b.sighting, b.call, h.id FROM both AS b JOIN shifts AS h ON b.seen BETWEEN h.begins AND h.ends
         WHERE h.site % 50 = 1 AND h.id % 3 = 0",
        // The names change places.
        "SELECT s.person AS id, s.id AS id2, h.id AS id3 FROM (SELECT s.id AS person, c.id AS id, s.at AS person_id
             FROM sightings AS s JOIN calls AS c ON s.person = c.person) AS s
         JOIN shifts AS h ON s.person_id BETWEEN h.begins AND h.ends WHERE h.site % 50 = 1 AND h.id % 3 = 0",
    ] {
        set(&context, "as_written").await;
        let written = answer(&context, "auto", sql).await;
        set(&context, "auto").await;
        let found = answer(&context, "auto", sql).await;
        assert!(found.plan.contains("order by cost"), "{}", found.plan);
        assert_eq!(found.rows, written.rows, "{sql}\n{}", found.plan);
        assert_eq!(found.rows.len(), flat.rows.len(), "{sql}");
    }
    // An expression that computes is a wall: its names are of nothing that an input has.
    let sql = "SELECT b.sighting, b.call, h.id FROM (SELECT s.id AS sighting, c.id AS call, s.at + c.kind * 0 AS seen
                   FROM sightings AS s JOIN calls AS c ON s.person = c.person) AS b
               JOIN shifts AS h ON b.seen BETWEEN h.begins AND h.ends WHERE h.site % 50 = 1 AND h.id % 3 = 0";
    let found = answer(&context, "auto", sql).await;
    assert!(!found.plan.contains("order by cost"), "{}", found.plan);
    assert_eq!(found.rows.len(), flat.rows.len());
}

/// A table is found without its schema, so that what a table expression hides could be taken for another table's.
#[tokio::test]
async fn a_name_that_a_table_expression_hides_is_not_taken_for_another() {
    let context = session(1000, 2);
    for sql in [
        "CREATE SCHEMA x",
        "CREATE TABLE x.s AS SELECT value AS id, value * 7919 % 100000 AS at, value % 5000 AS k FROM generate_series(1, 20000)",
        "CREATE TABLE c AS SELECT value AS id, value * 10 AS first, value * 10 + 9 AS last, value % 5000 AS k FROM generate_series(1, 10000)",
        "CREATE TABLE s AS SELECT value AS id, value AS k FROM generate_series(1, 20)",
    ] {
        run(&context, sql).await;
    }
    let sql = "WITH b AS (SELECT c.k AS ck, x.s.id AS xid, c.id AS cid FROM x.s JOIN c ON x.s.at BETWEEN c.first AND c.last)
               SELECT count(*), sum(b.xid), sum(s.id) FROM b JOIN s ON s.k = b.ck";
    set(&context, "as_written").await;
    let written = answer(&context, "auto", sql).await;
    set(&context, "auto").await;
    assert_eq!(answer(&context, "auto", sql).await.rows, written.rows);
}

/// What fails for some values is asked of the rows that SQL as it is written asks it of.
#[tokio::test]
async fn a_condition_that_can_fail_stays_where_it_is_written() {
    let context = session(1000, 2);
    tables(&context).await;
    let name = "CREATE TABLE named AS SELECT id, person, at, CASE WHEN person % 500 < 400 THEN CAST(id AS VARCHAR) ELSE 'none' END AS name
                FROM sightings";
    run(&context, name).await;
    let sql = "SELECT s.id, c.id, h.id FROM named AS s JOIN (SELECT * FROM calls WHERE person % 500 < 400) AS c ON s.person = c.person
               JOIN sightings AS x ON CAST(s.name AS BIGINT) = x.id
               JOIN shifts AS h ON s.at BETWEEN h.begins AND h.ends WHERE h.site % 50 = 1 AND h.id % 3 = 0";
    let found = answer(&context, "auto", sql).await;
    assert!(!found.plan.contains("order by cost"), "{}", found.plan);
    let of_numbers = answer(&context, "auto", &sql.replace("CAST(s.name AS BIGINT)", "s.id")).await;
    assert!(of_numbers.plan.contains("order by cost"), "{}", of_numbers.plan);
    assert!(!found.rows.is_empty());
}

/// Statistics know no number of values for a table in memory: that five values meet often, the rows themselves say.
#[tokio::test]
async fn keys_of_few_values_are_seen_to_multiply() {
    let context = session(1000, 2);
    for sql in [
        "CREATE TABLE points AS SELECT value AS id, value * 13 % 1000 AS lon, value % 90 AS lat, value * 7919 % 100000 AS address
         FROM generate_series(1, 20000)",
        "CREATE TABLE networks AS SELECT value AS id, value % 5 AS country, value * 50 AS first, value * 50 + 49 AS last
         FROM generate_series(0, 1999)",
        "CREATE TABLE sites AS SELECT value AS id, value % 5 AS country,
             st_geomfromtext('POLYGON((' || value || ' 0,' || (value + 1) || ' 0,' || (value + 1) || ' 9,' || value || ' 9,' || value || ' 0))') AS g
         FROM generate_series(0, 499)",
    ] {
        run(&context, sql).await;
    }
    let sql =
        "SELECT p.id, n.id, s.id FROM points AS p JOIN networks AS n ON p.address BETWEEN n.first AND n.last
               JOIN sites AS s ON n.country = s.country AND st_contains(s.g, st_point(p.lon, p.lat))";
    let found = answer(&context, "auto", sql).await;
    // Never the networks with the sites first, 200,000 pairs: the points are joined with each.
    assert_eq!(found.plan.matches("IndexJoinExec").count(), 2, "{}", found.plan);
    assert!(!found.plan.contains("HashJoinExec"), "{}", found.plan);
    set(&context, "as_written").await;
    assert_eq!(found.rows, answer(&context, "nested_loop", sql).await.rows);
}

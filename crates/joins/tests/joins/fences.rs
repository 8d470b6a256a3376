//! Joins over fences: every strategy answers what the nested loop answers, however the condition is written.

use datafusion::prelude::SessionContext;

use crate::session::{Answer, answer, random_session, run, session};
use crate::tables::Random;

/// `t` has points, `s` has geometries; each query as a whole, with the condition in its place.
const QUERIES: [&str; 10] = [
    "SELECT t.id, s.id FROM t JOIN s ON {on}",
    "SELECT s.id, t.id, t.lat FROM s JOIN t ON {on}",
    "SELECT t.id, s.id FROM t LEFT JOIN s ON {on}",
    "SELECT t.id, s.id FROM t RIGHT JOIN s ON {on}",
    "SELECT t.id, s.id FROM t FULL JOIN s ON {on}",
    "SELECT t.id FROM t LEFT SEMI JOIN s ON {on}",
    "SELECT t.id FROM t LEFT ANTI JOIN s ON {on}",
    "SELECT s.id FROM t RIGHT SEMI JOIN s ON {on}",
    "SELECT t.id FROM t WHERE t.id < 3 OR EXISTS (SELECT 1 FROM s WHERE {on})",
    "SELECT count(*) FROM t, s WHERE {on}",
];

pub(crate) async fn answer_by(context: &SessionContext, strategy: &str, sql: &str) -> Answer {
    run(context, &format!("SET tieline.geofence_strategy = '{strategy}'")).await;
    answer(context, "auto", sql).await
}

/// A number from a few, so that points meet vertices and edges.
pub(crate) fn number(random: &mut Random) -> String {
    match random.below(14) {
        0 => "NULL".to_owned(),
        1 => "CAST('NaN' AS DOUBLE)".to_owned(),
        2 => "-0.0".to_owned(),
        _ => format!("{}", random.below(17) as f64 / 2.0 - 1.0),
    }
}

/// A polygon with vertices on a grid; it may cross itself, have a hole, or be flat.
fn ring(random: &mut Random) -> String {
    let count = 3 + random.below(4);
    let mut vertices: Vec<_> = (0..count)
        .map(|_| format!("{} {}", random.below(9), random.below(9)))
        .collect();
    vertices.push(vertices[0].clone());
    format!("({})", vertices.join(","))
}

pub(crate) fn geometry(random: &mut Random) -> String {
    match random.below(12) {
        0 => "NULL".to_owned(),
        1 => "'POLYGON EMPTY'".to_owned(),
        2 => "'no geometry'".to_owned(),
        3 => format!("'MULTIPOLYGON(({}),({}))'", ring(random), ring(random)),
        4 => format!("'POLYGON({},{})'", ring(random), ring(random)),
        5 => "'LINESTRING(0 0, 8 8)'".to_owned(),
        6 => format!("'GEOMETRYCOLLECTION(POINT(3 3),POLYGON({}))'", ring(random)),
        7 => "'MULTILINESTRING((0 0, 4 4), (4 4, 8 0))'".to_owned(),
        _ => format!("'POLYGON({})'", ring(random)),
    }
}

async fn tables(context: &SessionContext, random: &mut Random) {
    let sizes = [0, 1, 5, 40, 120];
    let (points, fences) = (random.pick(&sizes), random.pick(&[0, 1, 3, 12, 30]));
    let point = |id: usize, random: &mut Random| {
        format!(
            "({id}, {}, {}, {})",
            random.below(3),
            number(random),
            number(random)
        )
    };
    let points: Vec<_> = (0..points).map(|id| point(id, random)).collect();
    let fence = |id: usize, random: &mut Random| format!("({id}, {}, {})", random.below(3), geometry(random));
    let fences: Vec<_> = (0..fences).map(|id| fence(id, random)).collect();
    let rows = |rows: Vec<String>, empty: &str| match rows.is_empty() {
        true => format!("(SELECT {empty} WHERE false)"),
        false => format!("(VALUES {})", rows.join(", ")),
    };
    let of_points = rows(
        points,
        "1 AS column1, 1 AS column2, 1.0 AS column3, 1.0 AS column4",
    );
    let of_fences = rows(fences, "1 AS column1, 1 AS column2, '' AS column3");
    run(
        context,
        &format!(
            "CREATE TABLE t AS SELECT column1 AS id, column2 AS k, CAST(column3 AS DOUBLE) AS lon,
                              CAST(column4 AS DOUBLE) AS lat FROM {of_points}"
        ),
    )
    .await;
    run(
        context,
        &format!("CREATE TABLE s AS SELECT column1 AS id, column2 AS k, st_geomfromtext(column3) AS g FROM {of_fences}"),
    )
    .await;
}

fn condition(random: &mut Random) -> String {
    let mut all = vec![
        random
            .pick(&[
                "st_contains(s.g, st_point(t.lon, t.lat))",
                "st_within(st_point(t.lon, t.lat), s.g)",
                "st_covers(s.g, st_point(t.lon, t.lat))",
                "st_coveredby(st_point(t.lon, t.lat), s.g)",
                "st_intersects(s.g, st_point(t.lon, t.lat))",
                "st_intersects(st_point(t.lon, t.lat), s.g)",
            ])
            .to_owned(),
    ];
    beside(random, &mut all);
    if random.one_in(4) {
        all.push("t.lat BETWEEN s.k AND s.k + 5".to_owned());
    }
    all.join(" AND ")
}

/// Runs every query by every strategy and by the nested loop, which must give the same rows; returns how many. `shows` says of a
/// strategy and a plan whether the plan has it.
pub(crate) async fn compared(
    context: &SessionContext,
    (seed, on): (u64, &str),
    strategies: &[&str],
    shows: impl Fn(&str, &str) -> bool,
) -> usize {
    let mut matches = 0;
    for query in QUERIES {
        let sql = query.replace("{on}", on);
        run(context, "SET tieline.geofence_strategy = 'nested_loop'").await;
        let expected = answer(context, "nested_loop", &sql).await;
        assert!(!expected.plan.contains("IndexJoinExec"), "{}", expected.plan);
        matches += expected.rows.len();
        for strategy in strategies {
            let Answer {
                plan,
                rows,
                largest_batch,
            } = answer_by(context, strategy, &sql).await;
            assert_eq!(rows, expected.rows, "seed {seed}, {strategy}: {sql}\n{plan}");
            assert!(shows(strategy, &plan), "{strategy}: {sql}\n{plan}");
            let batch_size = context.copied_config().batch_size();
            assert!(largest_batch <= batch_size || plan.contains("EmptyExec"));
        }
    }
    matches
}

/// Sometimes an equal key, and a condition that only the functions of the pair decide.
pub(crate) fn beside(random: &mut Random, all: &mut Vec<String>) {
    if random.one_in(3) {
        all.push("t.k = s.k".to_owned());
    }
    if random.one_in(3) {
        all.push(random.pick(&["t.id <> s.id", "t.id + s.id > 9"]).to_owned());
    }
}

#[tokio::test]
async fn every_strategy_answers_what_the_nested_loop_answers() {
    let mut matches = 0;
    for seed in 0..50 {
        let mut random = Random(seed);
        let context = random_session(&mut random);
        tables(&context, &mut random).await;
        let on = condition(&mut random);
        matches += compared(
            &context,
            (seed, &on),
            &["auto", "grid", "rtree"],
            |strategy, plan| {
                let name = if strategy == "auto" { "grid" } else { strategy };
                plan.contains(&format!("fence strategy={name}")) || plan.contains("EmptyExec")
            },
        )
        .await;
    }
    assert!(matches > 5_000, "only {matches} rows");
}

#[tokio::test]
async fn the_point_is_never_made() {
    let context = session(50, 2);
    tables(&context, &mut Random(7)).await;
    let sql = "SELECT t.id FROM t JOIN s ON st_contains(s.g, st_point(t.lon, t.lat)) AND t.k = s.k";
    let plan = answer_by(&context, "auto", sql).await.plan;
    assert!(!plan.contains("st_point"), "{plan}");
    assert!(
        plan.contains("IndexJoinExec") && plan.contains("on=[(k@"),
        "{plan}"
    );
}

#[tokio::test]
async fn coordinates_of_other_numbers_are_taken_as_they_are_for_the_function() {
    let context = session(50, 2);
    run(&context, "CREATE TABLE t AS VALUES (1, 1), (3, 3), (9, 9)").await;
    run(
        &context,
        "CREATE TABLE s AS SELECT 'POLYGON((0 0,4 0,4 4,0 4,0 0))' AS g",
    )
    .await;
    let sql = "SELECT t.column1 FROM t, s WHERE st_contains(s.g, st_point(t.column1, t.column2))";
    let got = answer_by(&context, "auto", sql).await;
    assert!(got.plan.contains("IndexJoinExec"), "{}", got.plan);
    assert_eq!(got.rows, ["| 1       |", "| 3       |"]);
}

//! Joins over distances: the index answers what the nested loop answers, however the condition is written.

use datafusion::prelude::SessionContext;

use crate::fences::{answer_by, beside, compared, geometry, number};
use crate::session::{random_session, run, session};
use crate::tables::Random;

/// Metres about as large as the geometries, which lie on a grid of degrees, and some that are no distances.
fn metres(random: &mut Random) -> &'static str {
    random.pick(&[
        "NULL",
        "0",
        "55000.5",
        "110574.5",
        "157000",
        "330000",
        "1000000",
        "30000000",
        "CAST('NaN' AS DOUBLE)",
        "-1",
        "CAST('Infinity' AS DOUBLE)",
    ])
}

/// Some lie at a pole or on both sides of the antimeridian.
fn moved(random: &mut Random) -> (&'static str, &'static str) {
    random.pick(&[("0", "0"), ("171", "0"), ("0", "81.5"), ("-179", "-89")])
}

/// `t` has points with a distance each, `s` geometries with another. Returns whether there is a single point.
async fn tables(context: &SessionContext, random: &mut Random) -> bool {
    let (points, fences) = (random.pick(&[0, 1, 5, 40, 90]), random.pick(&[0, 1, 3, 12, 30]));
    let mut of_points = vec!["(-1, 0, NULL, NULL, NULL)".to_owned()];
    for id in 0..points {
        let (lon, lat) = (number(random), number(random));
        of_points.push(format!(
            "({id}, {}, {lon}, {lat}, {})",
            random.below(3),
            metres(random)
        ));
    }
    let mut of_fences = vec!["(-1, 0, NULL, NULL)".to_owned()];
    for id in 0..fences {
        let shape = match random.below(8) {
            0 => "'POINT(3 3)'".to_owned(),
            1 => "'MULTIPOINT(1 1, 8 8)'".to_owned(),
            _ => geometry(random),
        };
        of_fences.push(format!(
            "({id}, {}, {shape}, {})",
            random.below(3),
            metres(random)
        ));
    }
    let (east, north) = moved(random);
    let points = format!(
        "CREATE TABLE t AS SELECT column1 AS id, column2 AS k, CAST(column3 AS DOUBLE) + {east} AS lon,
                CAST(column4 AS DOUBLE) + {north} AS lat, CAST(column5 AS DOUBLE) AS accuracy FROM (VALUES {})",
        of_points.join(", ")
    );
    run(context, &points).await;
    let fences = format!(
        "CREATE TABLE s AS SELECT column1 AS id, column2 AS k, st_geomfromtext(column3) AS g,
                CAST(column4 AS DOUBLE) AS radius FROM (VALUES {})",
        of_fences.join(", ")
    );
    run(context, &fences).await;
    of_points.len() == 1
}

fn condition(random: &mut Random) -> String {
    let mut all = vec![
        random
            .pick(&[
                "st_dwithin(s.g, st_point(t.lon, t.lat), 1.5)",
                "st_dwithin(st_point(t.lon, t.lat), s.g, t.accuracy / 100000)",
                "st_dwithinspheroid(s.g, st_point(t.lon, t.lat), 120000)",
                "st_dwithinspheroid(s.g, st_point(t.lon, t.lat), t.accuracy)",
                "st_dwithinspheroid(st_point(t.lon, t.lat), s.g, s.radius)",
                "geofence_relation(s.g, t.lon, t.lat, t.accuracy) <> 'outside'",
                "geofence_relation(s.g, t.lon, t.lat, t.accuracy) = 'inside'",
                "'possible' = geofence_relation(s.g, t.lon, t.lat, s.radius)",
                "geofence_relation(s.g, t.lon, t.lat, 60000) IN ('inside', 'possible')",
                "geofence_relation(s.g, t.lon, t.lat, t.accuracy) NOT IN ('outside', 'possible')",
            ])
            .to_owned(),
    ];
    beside(random, &mut all);
    all.join(" AND ")
}

#[tokio::test]
async fn the_index_answers_what_the_nested_loop_answers() {
    let mut matches = 0;
    for seed in 0..60 {
        let mut random = Random(seed);
        let context = random_session(&mut random);
        let single = tables(&context, &mut random).await;
        let on = condition(&mut random);
        matches += compared(&context, (seed, &on), &["auto"], |_, plan| {
            plan.contains("near strategy=rtree: ") || single
        })
        .await;
    }
    assert!(matches > 5_000, "only {matches} rows");
}

#[tokio::test]
async fn what_is_true_far_away_is_no_index_join() {
    let context = session(50, 2);
    tables(&context, &mut Random(3)).await;
    for on in [
        "geofence_relation(s.g, t.lon, t.lat, t.accuracy) = 'outside'",
        "geofence_relation(s.g, t.lon, t.lat, t.accuracy) <> 'inside'",
        "st_dwithinspheroid(s.g, st_point(t.lon, s.radius), 5)",
        "st_dwithinspheroid(s.g, st_point(t.lon, t.lat), t.accuracy + s.radius)",
    ] {
        let sql = format!("SELECT t.id, s.id FROM t JOIN s ON {on}");
        let plan = answer_by(&context, "auto", &sql).await.plan;
        assert!(!plan.contains("IndexJoinExec"), "{plan}");
    }
}

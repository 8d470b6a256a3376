//! Why the geometry functions are our own: what geodatafusion 0.6 does where it matters here.
//!
//! Each test shows one defect. When one fails, geodatafusion has changed: read
//! `docs/decisions/0001-geometry-functions.md` again.

use datafusion::common::ScalarValue;
use datafusion::error::Result;
use datafusion::execution::FunctionRegistry;
use datafusion::prelude::{SessionContext, lit};

use crate::session::{rows, session};

const SQUARE: &str = "st_geomfromtext('POLYGON((0 0, 4 0, 4 4, 0 4, 0 0))')";

fn theirs() -> SessionContext {
    let context = SessionContext::new();
    geodatafusion::register(&context);
    context
}

/// The single value of a query, or why there is none: `panic`, or `error`.
fn outcome(context: SessionContext, sql: &str) -> String {
    let run = move || -> Result<Vec<Vec<String>>> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(rows(&context, sql))
    };
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)) {
        Ok(Ok(rows)) => rows
            .iter()
            .map(|row| row.join(" "))
            .collect::<Vec<_>>()
            .join("; "),
        Ok(Err(_)) => "error".to_owned(),
        Err(_) => "panic".to_owned(),
    }
}

fn assert_outcomes(sql: &str, their: &str, our: &str) {
    assert_eq!(outcome(theirs(), sql), their, "geodatafusion has changed: {sql}");
    assert_eq!(outcome(session(), sql), our, "{sql}");
}

#[test]
fn a_literal_on_the_left_is_asked_the_converse() {
    let points = "(VALUES (2.0, 2.0), (9.0, 9.0)) AS p (lon, lat)";
    let inside = format!("SELECT st_contains({SQUARE}, st_point(lon, lat)) FROM {points}");
    assert_outcomes(&inside, "false; false", "true; false");
    let within = format!("SELECT st_within({SQUARE}, st_point(lon, lat)) FROM {points}");
    assert_outcomes(&within, "true; false", "false; false");
    let covers = format!("SELECT st_covers({SQUARE}, st_point(lon, lat)) FROM {points}");
    assert_outcomes(&covers, "false; false", "true; false");
    let covered = format!("SELECT st_coveredby({SQUARE}, st_point(lon, lat)) FROM {points}");
    assert_outcomes(&covered, "true; false", "false; false");
}

#[test]
fn a_null_literal_panics() {
    for relation in [
        "st_contains",
        "st_within",
        "st_covers",
        "st_coveredby",
        "st_intersects",
        "st_disjoint",
    ] {
        let call = format!("{relation}(st_geomfromtext(NULL), st_point(lon, 1))");
        assert_outcomes(
            &format!("SELECT {call} FROM (VALUES (1.0)) AS p (lon)"),
            "panic",
            "NULL",
        );
    }
}

#[test]
fn a_geometry_read_from_text_is_a_union() {
    let sql = "SELECT arrow_typeof(st_geomfromtext('POINT(1 2)')) LIKE 'Union(%'";
    assert_outcomes(sql, "true", "false");
}

#[test]
fn a_null_srid_panics() {
    // SQL types a NULL only after it is planned; a plan built without SQL reaches the panic.
    let planned = |context: SessionContext| {
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(move || {
            let point = context.udf("st_point").unwrap();
            let srid = ScalarValue::Int64(None);
            context
                .read_empty()
                .unwrap()
                .select(vec![point.call(vec![lit(1.0), lit(2.0), lit(srid)])])
                .is_err()
        }))
    };
    assert!(planned(theirs()).is_err(), "geodatafusion has changed");
    assert!(planned(session()).unwrap(), "st_point takes two arguments");
}

#[test]
fn a_malformed_value_fails_the_whole_query() {
    let texts = "(VALUES ('POINT(1 2)'), ('POINT(1')) AS v (w)";
    assert_outcomes(
        &format!("SELECT st_astext(st_geomfromtext(w)) FROM {texts}"),
        "error",
        "POINT(1 2); NULL",
    );
    let bytes = "(VALUES (X'0101000000000000000000f03f0000000000000040'), (X'0101')) AS v (w)";
    for (call, good) in [
        ("st_astext(st_geomfromwkb(w))", "POINT(1 2)"),
        ("st_astext(w)", "POINT(1 2)"),
        ("st_area(w)", "0.0"),
        ("st_isvalid(w)", "true"),
        ("st_astext(st_centroid(w))", "POINT(1 2)"),
        ("st_astext(st_envelope(w))", "POINT(1 2)"),
        ("st_distance(w, st_point(1, 1))", "1.0"),
        ("st_intersects(w, st_point(1, 2))", "true"),
    ] {
        assert_outcomes(
            &format!("SELECT {call} FROM {bytes}"),
            "error",
            &format!("{good}; NULL"),
        );
    }
}

#[test]
fn malformed_bytes_are_handed_on() {
    assert_outcomes(
        "SELECT encode(st_asbinary(w), 'hex') FROM (VALUES (X'0101')) AS v (w)",
        "0101",
        "NULL",
    );
}

#[test]
fn an_unclosed_ring_is_accepted() {
    let sql = "SELECT st_astext(st_geomfromtext('POLYGON((0 0, 1 0, 1 1, 0 1))'))";
    assert_outcomes(sql, "POLYGON((0 0,1 0,1 1,0 1))", "error");
}

#[test]
fn a_null_literal_is_refused() {
    for call in [
        "st_astext(NULL)",
        "st_asbinary(NULL)",
        "st_centroid(NULL)",
        "st_envelope(NULL)",
        "st_isvalid(NULL)",
        "st_distance(NULL, st_point(1, 1))",
    ] {
        assert_outcomes(&format!("SELECT {call}"), "error", "NULL");
    }
}

#[test]
fn an_empty_point_fails_the_query() {
    for (call, ours) in [
        ("st_area(st_geomfromtext('POINT EMPTY'))", "0.0"),
        ("st_isvalid(st_geomfromtext('POINT EMPTY'))", "true"),
        (
            "st_astext(st_centroid(st_geomfromtext('POINT EMPTY')))",
            "POINT EMPTY",
        ),
        (
            "st_distance(st_geomfromtext('POINT EMPTY'), st_point(1, 1))",
            "NULL",
        ),
    ] {
        assert_outcomes(&format!("SELECT {call}"), "error", ours);
    }
}

#[test]
fn the_distance_to_an_empty_polygon_is_zero() {
    assert_outcomes(
        "SELECT st_distance(st_geomfromtext('POLYGON EMPTY'), st_point(1, 1))",
        "0.0",
        "NULL",
    );
}

#[test]
fn the_box_is_a_type_that_nothing_else_takes() {
    assert_outcomes(
        "SELECT st_astext(st_envelope(st_geomfromtext('LINESTRING(1 2, 3 5)')))",
        "error",
        "POLYGON((1 2,1 5,3 5,3 2,1 2))",
    );
}

#[test]
fn a_coordinate_that_may_be_null_says_it_may_not() {
    let points =
        "(SELECT st_geomfromtext(a) AS w FROM (VALUES ('POINT EMPTY'), ('POINT(1 1)')) AS v (a)) AS v";
    assert_outcomes(
        &format!("SELECT count(*) FROM {points} WHERE st_x(w) IS NULL"),
        "0",
        "1",
    );
}

#[test]
fn a_coordinate_of_wkb_is_refused() {
    assert_outcomes(
        "SELECT st_x(X'0101000000000000000000f03f0000000000000040')",
        "error",
        "1.0",
    );
}

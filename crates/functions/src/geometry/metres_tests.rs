use proptest::prelude::*;

use super::*;
use crate::geometry::decode::from_wkt;
use crate::geometry::relation::covers;

fn prepared(text: &str) -> Prepared {
    Prepared::new(from_wkt(text).unwrap())
}

fn metres(a: &str, b: &str) -> Option<f64> {
    distance_in_metres(&prepared(a), &prepared(b))
}

fn assert_metres(a: &str, b: &str, expected: f64) {
    for (a, b) in [(a, b), (b, a)] {
        let found = metres(a, b).unwrap();
        assert!(
            (found - expected).abs() < 1e-3,
            "{a} {b}: {found}, not {expected}"
        );
    }
}

const SQUARE: &str = "POLYGON((0 0,1 0,1 1,0 1,0 0),(0.4 0.4,0.6 0.4,0.6 0.6,0.4 0.6,0.4 0.4))";

#[test]
fn a_place_is_at_no_distance_wherever_it_is_covered() {
    for point in ["POINT(0.2 0.2)", "POINT(0 0.5)", "POINT(0 0)", "POINT(0.4 0.5)"] {
        assert_eq!(metres(SQUARE, point), Some(0.0), "{point}");
    }
    // In the hole, a tenth of a degree of longitude from its edge near the equator.
    let hole = metres(SQUARE, "POINT(0.5 0.5)").unwrap();
    assert!((11_000.0..11_135.0).contains(&hole), "{hole}");
}

#[test]
fn the_antimeridian_and_the_poles_are_no_obstacle() {
    assert_metres("POINT(179.9 0)", "POINT(-179.9 0)", 22_263.898);
    assert_metres(
        "POINT(-179.9 0)",
        "POLYGON((179 -1,179.9 -1,179.9 1,179 1,179 -1))",
        22_263.898,
    );
    assert_metres("POINT(-180 0.5)", "POLYGON((179 0,180 0,180 1,179 1,179 0))", 0.0);
    // Over the pole: a degree of latitude on either side.
    assert_metres("POINT(0 89)", "LINESTRING(180 80,180 89)", 223_387.729_8);
    assert_metres("POINT(17 90)", "LINESTRING(-90 89,90 89)", 111_693.864_9);
}

#[test]
fn two_geometries_are_measured_from_the_vertices_of_both() {
    let meridian_degree = metres("POINT(0 0)", "POINT(0 1)").unwrap();
    // The nearest point of each is inside an edge of the other.
    assert_metres(
        "LINESTRING(-1 0,1 0)",
        "POLYGON((0 1,1 3,-1 3,0 1))",
        meridian_degree,
    );
    assert_metres("LINESTRING(-9 0,9 0)", "LINESTRING(-8 1,8 1)", meridian_degree);
    assert_metres("LINESTRING(0 0,1 1)", "LINESTRING(0 1,1 0)", 0.0);
    assert_metres(SQUARE, "LINESTRING(0.1 0.1,0.2 0.2)", 0.0);
    assert_metres(
        "MULTIPOINT(0 5,0 2)",
        SQUARE,
        metres("POINT(0 1)", "POINT(0 2)").unwrap(),
    );
}

#[test]
fn what_leaves_the_globe_or_is_empty_has_no_distance() {
    for text in [
        "POINT EMPTY",
        "POLYGON EMPTY",
        "POINT(181 0)",
        "LINESTRING(0 0,0 91)",
    ] {
        assert_eq!(metres(text, "POINT(0 0)"), None, "{text}");
        assert_eq!(metres(SQUARE, text), None, "{text}");
    }
    let within = |text: &str| within_metres(&prepared(text), &prepared(SQUARE), f64::INFINITY);
    assert_eq!(within("POINT EMPTY"), Some(false));
    assert_eq!(within("LINESTRING EMPTY"), Some(false));
    assert_eq!(within("POINT(-190 0)"), None);
    assert_eq!(within("POINT(-90 0)"), Some(true));
}

/// The definition of [`geofence_relation`], without any short cut.
fn by_definition(fence: &Prepared, place: &Place, accuracy: f64) -> Option<GeofenceRelation> {
    let covered = covers(fence, &Prepared::new(Geometry::Point(place.coord.into())))?;
    let from_edge = fence.edges()?.search(place, f64::INFINITY, |_| false);
    Some(match covered {
        true if from_edge >= accuracy => GeofenceRelation::Inside,
        false if from_edge > accuracy => GeofenceRelation::Outside,
        _ => GeofenceRelation::Possible,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn a_fence_is_seen_as_defined(
        ring in prop::collection::vec((-8..9_i8, -8..9_i8), 3..40), (lon, lat) in (-179.0..179.0_f64, -89.0..89.0_f64),
        (x, y) in (-10..11_i8, -10..11_i8), accuracy in prop::sample::select(vec![0.0, 1.0, 50.0, 200.0, 1e3, 1e6])
    ) {
        let at = |x: i8, y: i8| Coord { x: lon + f64::from(x) / 4096.0, y: lat + f64::from(y) / 4096.0 };
        let ring = ring.into_iter().map(|(x, y)| at(x, y)).collect();
        let fence = Prepared::new(Geometry::Polygon(geo::Polygon::new(ring, Vec::new())));
        let place = Place::new(at(x, y)).unwrap();
        prop_assert_eq!(geofence_relation(&fence, &place, accuracy), by_definition(&fence, &place, accuracy));
    }
}

#[test]
fn two_kilometres_are_not_inside_ten_acres() {
    let site = prepared("POLYGON((150 -20,150.002 -20,150.002 -19.998,150 -19.998,150 -20))");
    let relation = |lon, lat, accuracy| {
        geofence_relation(&site, &Place::new(Coord { x: lon, y: lat }).unwrap(), accuracy).unwrap()
    };
    assert_eq!(relation(150.001, -19.999, 2_000.0), GeofenceRelation::Possible);
    assert_eq!(relation(150.001, -19.999, 50.0), GeofenceRelation::Inside);
    assert_eq!(relation(150.0, -20.0, 0.0), GeofenceRelation::Inside);
    assert_eq!(relation(150.0, -20.0, 1.0), GeofenceRelation::Possible);
    assert_eq!(relation(150.003, -19.999, 100.0), GeofenceRelation::Outside);
    assert_eq!(relation(150.003, -19.999, 110.0), GeofenceRelation::Possible);
    assert_eq!(
        relation(151.0, -19.999, f64::INFINITY),
        GeofenceRelation::Possible
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn two_lines_are_nowhere_nearer_than_said(
        (lon, lat) in (-170.0..170.0_f64, -75.0..75.0_f64), (x, y) in (-1.0..1.0_f64, -1.0..1.0_f64), power in -3..2_i32,
        ends in prop::array::uniform8(-1.0..1.0_f64), length in 0.001..2.0_f64
    ) {
        const SAMPLES: u32 = 60;
        let apart = 10_f64.powi(power);
        let at = |x: f64, y: f64, along: f64, across: f64| Place::anywhere(Coord {
            x: (x + along * length).clamp(-180.0, 180.0),
            y: (y + across * length).clamp(-90.0, 90.0),
        });
        let (to_lon, to_lat) = (lon + x * apart, lat + y * apart);
        let [a, b, c, d, e, f, g, h] = ends;
        let first = Piece { from: at(lon, lat, a, b), to: at(lon, lat, c, d) };
        let second = Piece { from: at(to_lon, to_lat, e, f), to: at(to_lon, to_lat, g, h) };
        let line = |piece: &Piece| {
            Prepared::new(Geometry::LineString(vec![piece.from.coord, piece.to.coord].into()))
        };
        let found = distance_in_metres(&line(&first), &line(&second)).unwrap();
        let on = |piece: &Piece, share: u32| {
            let share = f64::from(share) / f64::from(SAMPLES);
            let (from, to) = (piece.from.coord, piece.to.coord);
            Coord {
                x: from.x + share * (to.x - from.x),
                y: from.y + share * (to.y - from.y),
            }
        };
        let mut sampled = f64::INFINITY;
        for place in (0..=SAMPLES).filter_map(|share| Place::new(on(&first, share))) {
            for share in 0..=SAMPLES {
                sampled = sampled.min(place.distance(on(&second, share)));
            }
        }
        prop_assert!(found <= sampled + 1e-3_f64.max(1e-8 * sampled), "{found} above {sampled}");
        let between = (first.length_at_most() + second.length_at_most()) / f64::from(SAMPLES);
        prop_assert!(found >= sampled - between, "{found} below {sampled}");
    }
}

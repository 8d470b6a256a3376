use proptest::prelude::*;

use super::super::decode::from_wkt;
use super::*;

fn geometry() -> impl Strategy<Value = Geometry> {
    let position = || {
        (-20_i32..20, -20_i32..20).prop_map(|(x, y)| Coord {
            x: f64::from(x) / 4.0,
            y: f64::from(y) / 3.0,
        })
    };
    let line = prop::collection::vec(position(), 2..60);
    let ring = prop::collection::vec(position(), 3..60);
    prop_oneof![
        line.prop_map(|positions| Geometry::LineString(LineString(positions))),
        prop::collection::vec(ring, 1..3).prop_map(|rings| {
            let mut rings = rings.into_iter().map(LineString);
            let exterior = rings.next().unwrap_or_else(|| LineString(Vec::new()));
            Geometry::Polygon(Polygon::new(exterior, rings.collect()))
        }),
        prop::collection::vec(position(), 1..60).prop_map(|positions| {
            Geometry::MultiPoint(positions.into_iter().map(Point).collect::<Vec<_>>().into())
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// At the distance itself, one number below and one above it, and anywhere.
    #[test]
    fn blocks_say_what_the_distance_says(geometry in geometry(), x in -9.0..9.0_f64, y in -9.0..9.0_f64, other in 0.0..9.0_f64) {
        let coord = Coord { x, y };
        let edges = Edges::anywhere(&geometry);
        let distance = from_point(coord, &geometry);
        for limit in [distance, distance.next_down(), distance.next_up(), other, 0.0] {
            if limit >= 0.0 {
                prop_assert_eq!(edges.reaches_in_degrees(coord, limit), distance <= limit);
            }
        }
        // The distance is that of the library, but for what both round, and for rings that cross themselves: what is inside of these
        // the two see differently.
        let by_geo = Euclidean.distance(&Geometry::Point(Point(coord)), &geometry);
        if distance > 0.0 && by_geo > 0.0 {
            prop_assert!((distance - by_geo).abs() < 1e-12, "{distance} {by_geo}");
        }
    }
}

#[test]
fn the_distance_of_every_kind() {
    for (text, expected) in [
        ("POINT(3 4)", 5.0),
        ("MULTIPOINT((9 9), (3 4))", 5.0),
        ("LINESTRING(3 -1, 3 1)", 3.0),
        ("MULTILINESTRING((3 -1, 3 1), (2 2, 2 -2))", 2.0),
        ("POLYGON((1 1, 2 1, 2 2, 1 2, 1 1))", 2_f64.sqrt()),
        (
            "POLYGON((-9 -9, 9 -9, 9 9, -9 9, -9 -9), (-1 -1, -1 1, 2 1, 2 -1, -1 -1))",
            1.0,
        ),
        ("POLYGON((-9 -9, 9 -9, 9 9, -9 9, -9 -9))", 0.0),
        ("GEOMETRYCOLLECTION(POINT(3 4), LINESTRING(0 2, 1 2))", 2.0),
    ] {
        let geometry = from_wkt(text).unwrap();
        let origin = Coord { x: 0.0, y: 0.0 };
        assert!((from_point(origin, &geometry) - expected).abs() < 1e-12, "{text}");
        assert!(
            Edges::anywhere(&geometry).reaches_in_degrees(origin, expected + 1e-12),
            "{text}"
        );
    }
}

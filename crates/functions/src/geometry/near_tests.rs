use std::sync::Arc;

use datafusion::arrow::array::StringArray;
use datafusion::arrow::datatypes::{DataType, Field};
use geo::Point;
use proptest::prelude::*;

use super::super::decode::from_wkt;
use super::super::metres::{GeofenceRelation, geofence_relation, within_metres};
use super::super::planar::distance_in_degrees;
use super::super::prepared::Prepared;
use super::*;

const ALL: [Nearness; 5] = [
    Nearness::Degrees,
    Nearness::Metres,
    Nearness::Relation {
        inside: true,
        possible: false,
    },
    Nearness::Relation {
        inside: false,
        possible: true,
    },
    Nearness::Relation {
        inside: true,
        possible: true,
    },
];

fn column(texts: &[&str], nearness: Nearness) -> Vec<NearFence> {
    let array: ArrayRef = Arc::new(StringArray::from(texts.to_vec()));
    let field = Arc::new(Field::new("geometry", DataType::Utf8, true));
    near_column(&array, &field, nearness).unwrap()
}

/// What the SQL functions say of a pair.
fn by_function(text: &str, nearness: Nearness, x: f64, y: f64, distance: f64) -> Option<bool> {
    if !is_distance(&distance) {
        return None;
    }
    let fence = Prepared::new(from_wkt(text)?);
    let point = Prepared::new(Geometry::Point(Point::new(x, y)));
    match nearness {
        Nearness::Degrees => Some(distance_in_degrees(&fence, &point).is_some_and(|apart| apart <= distance)),
        Nearness::Metres => {
            let forth = within_metres(&fence, &point, distance);
            assert_eq!(forth, within_metres(&point, &fence, distance));
            forth
        }
        Nearness::Relation { inside, possible } => {
            let place = Place::new(Coord { x, y })?;
            Some(match geofence_relation(&fence, &place, distance)? {
                GeofenceRelation::Inside => inside,
                GeofenceRelation::Possible => possible,
                GeofenceRelation::Outside => false,
            })
        }
    }
}

fn overlap(a: [f64; 4], b: [f64; 4]) -> bool {
    a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3]
}

fn check(text: &str, x: f64, y: f64, distance: f64) {
    for nearness in ALL {
        let expected = by_function(text, nearness, x, y, distance) == Some(true);
        let fences = column(&[text], nearness);
        let met = fences
            .first()
            .is_some_and(|fence| fence.meets(nearness, x, y, distance));
        assert_eq!(met, expected, "{nearness:?} {text} ({x} {y}) {distance}");
        if let (true, Some(fence)) = (met, fences.first()) {
            let point = [x, y, x, y];
            let own: Vec<_> = nearness.boxes_around(fence.bounds(), 0.0).collect();
            let meets = |rect: [f64; 4]| own.iter().any(|own| overlap(rect, *own));
            assert!(
                nearness.boxes_around(point, distance).any(meets),
                "{nearness:?} {text} ({x} {y}) {distance}"
            );
            assert!(
                nearness
                    .boxes_around(fence.bounds(), distance)
                    .any(|rect| overlap(rect, point))
            );
        }
    }
}

fn shape() -> impl Strategy<Value = String> {
    let corner = (-180.0..179.0_f64, -90.0..89.0_f64, 1e-4..1.0_f64);
    prop_oneof![
        3 => corner.clone().prop_map(|(x, y, s)| {
            format!("POLYGON(({x} {y}, {} {y}, {} {}, {x} {y}))", x + s, x + s / 2.0, y + s)
        }),
        1 => corner.clone().prop_map(|(x, y, s)| format!("LINESTRING({x} {y}, {} {})", x + s, y + s)),
        1 => corner.clone().prop_map(|(x, y, _)| format!("POINT({x} {y})")),
        1 => corner.prop_map(|(x, y, s)| format!("MULTIPOINT({x} {y}, {} {})", x + s, y + s)),
        1 => (-89.9..90.0_f64).prop_map(|y| format!("POLYGON((179.9 {y}, 180 {y}, 180 {}, 179.9 {y}))", (y + 0.1).min(90.0))),
        1 => (-180.0..180.0_f64).prop_map(|x| format!("POINT({x} 89.9999)")),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn points_near_and_far_meet_what_the_functions_say(
        text in shape(),
        (east, north) in (-1.5..1.5_f64, -1.5..1.5_f64),
        scale in prop_oneof![Just(1.0), Just(0.01), Just(200.0)],
        distance in prop_oneof![0.0..300_000.0_f64, 0.0..2.0_f64, Just(0.0), Just(f64::INFINITY), Just(-1.0), Just(f64::NAN)],
    ) {
        let fence = Prepared::new(from_wkt(&text).unwrap());
        let at = fence.bounds().unwrap().min();
        // Around the earth rather than beyond it.
        let lon = (at.x + east * scale + 540.0).rem_euclid(360.0) - 180.0;
        let lat = (at.y + north * scale.min(10.0)).clamp(-90.0, 90.0);
        check(&text, lon, lat, distance);
        // At distances about that to the point.
        if let Some(apart) = super::super::metres::distance_in_metres(
            &fence,
            &Prepared::new(Geometry::Point(Point::new(lon, lat))),
        ) {
            for factor in [0.5, 0.999_999, 1.000_001, 1.5] {
                check(&text, lon, lat, apart * factor);
            }
        }
    }
}

/// Where the distance is the one asked for in decimals, and a box of just that width ends a step before the point.
#[test]
fn a_distance_that_is_reached_exactly_is_in_the_box() {
    let mut reached = 0;
    for (at, from, distance) in [
        (0.5, -0.1, 0.6),
        (0.07, -0.01, 0.08),
        (0.1, -0.01, 0.11),
        (0.8, -0.2, 1.0),
    ] {
        check(&format!("POINT({at} 0)"), from, 0.0, distance);
        check(&format!("LINESTRING({at} -3, {at} 90)"), from, 0.0, distance);
        let fences = column(&[&format!("POINT({at} 0)")], Nearness::Degrees);
        reached += usize::from(fences[0].meets(Nearness::Degrees, from, 0.0, distance));
    }
    for tenths in -40_i32..40 {
        for other in -40_i32..40 {
            let (a, b) = (f64::from(tenths) / 10.0, f64::from(other) / 10.0);
            check(
                &format!("POINT({a} 1.3)"),
                b,
                1.3,
                f64::from((tenths - other).abs()) / 10.0,
            );
        }
    }
    assert_eq!(reached, 4);
}

#[test]
fn what_is_near_no_point_is_left_out() {
    let texts = ["POINT EMPTY", "no geometry", "POINT(1 2)", "POINT(200 2)"];
    let rows = |nearness| -> Vec<u32> { column(&texts, nearness).iter().map(NearFence::row).collect() };
    assert_eq!(rows(Nearness::Metres), [2]);
    assert_eq!(rows(Nearness::Degrees), [2, 3]);
}

#[test]
fn a_coordinate_that_is_none_meets_nothing() {
    for nearness in ALL {
        for (x, y) in [(f64::NAN, 1.0), (1.0, f64::INFINITY), (f64::NAN, f64::NAN)] {
            let fences = column(&["POINT(1 1)"], nearness);
            assert!(!fences[0].meets(nearness, x, y, f64::INFINITY));
        }
    }
}

#[test]
fn a_debug_text_holds_no_coordinate() {
    let text = format!("{:?}", column(&["POINT(12.5 3)"], Nearness::Metres));
    assert_eq!(text, "[NearFence { row: 0, .. }]");
}

proptest! {
    /// Where it is told how far the boxes of a point reach, there is one, and it reaches no farther.
    #[test]
    fn no_box_of_a_point_reaches_farther_than_told(
        x in prop_oneof![-180.0..180.0_f64, 179.0..180.0_f64], y in prop_oneof![-90.0..90.0_f64, 84.0..90.0_f64],
        power in -3..8_i32, share in 0.0..1.0_f64
    ) {
        let distance = share * 10_f64.powi(power);
        for nearness in ALL {
            let Some([lon, lat]) = PointReach::new(nearness).of(x, y, distance) else { continue };
            let boxes: Vec<[f64; 4]> = nearness.boxes_around([x, y, x, y], distance).collect();
            prop_assert_eq!(boxes.len(), 1);
            let [west, south, east, north] = boxes[0];
            prop_assert!(x - lon <= west && east <= x + lon, "{nearness:?}");
            prop_assert!(y - lat <= south && north <= y + lat, "{nearness:?}");
        }
    }
}

#[test]
fn the_reach_of_usual_points_is_told() {
    for nearness in ALL {
        let reach = PointReach::new(nearness);
        let [lon, lat] = reach.of(100.0, 16.0, 50.0).unwrap();
        if nearness != Nearness::Degrees {
            assert!(lon < 0.0006 && lat < 0.0006, "{nearness:?}");
            assert!(reach.of(100.0, 86.0, 50.0).is_none());
            assert!(reach.of(-180.0, 16.0, 50.0).is_none());
        }
        if nearness == Nearness::Metres {
            assert!(reach.of(100.0, 16.0, 1e6).is_none());
            assert!(reach.of(100.0, 16.0, f64::INFINITY).is_none());
        }
    }
}

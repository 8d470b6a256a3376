use proptest::prelude::*;
use serde_json::{Value as Json, json};

use wkb::reader::{Dimension, GeometryType};

use super::{Repairs, outline};

fn polygon(ring: Json) -> Json {
    json!({"type": "Polygon", "coordinates": [ring]})
}

fn multipolygon(parts: Json) -> Json {
    json!({"type": "MultiPolygon", "coordinates": parts})
}

fn square() -> Json {
    json!([[80, -20], [81, -20], [81, -21], [80, -21], [80, -20]])
}

fn fault(geometry: &Json) -> (String, String) {
    match outline(geometry) {
        Ok(_) => panic!("is valid"),
        Err(fault) => fault,
    }
}

fn reason(ring: Json) -> String {
    fault(&polygon(ring)).1
}

#[test]
fn an_outline_round_trips_through_little_endian_wkb_without_height() {
    let square = json!([
        [80.0, -20.0, 5.0],
        [80.1, -20.0, 5.0],
        [80.1, -20.1, 5.0],
        [80.0, -20.1, 5.0],
        [80.0, -20.0, 5.0]
    ]);
    let outline = outline(&polygon(square)).unwrap();
    assert_eq!(&outline.wkb[..5], [1, 3, 0, 0, 0]);
    let decoded = wkb::reader::read_wkb(&outline.wkb).unwrap();
    assert_eq!(
        (decoded.geometry_type(), decoded.dimension()),
        (GeometryType::Polygon, Dimension::Xy)
    );
    // Byte order, type, one ring, five positions of two coordinates.
    assert_eq!(outline.wkb.len(), 1 + 4 + 4 + 4 + 5 * 16);
    assert_eq!(
        outline.wkb[13..29],
        [80.0_f64.to_le_bytes(), (-20.0_f64).to_le_bytes()].concat()
    );
    assert!((outline.centre.0 + 20.05).abs() < 1e-9 && (outline.centre.1 - 80.05).abs() < 1e-9);
}

#[test]
fn holes_and_several_parts_are_kept() {
    let outer = square();
    let hole = json!([
        [80.2, -20.2],
        [80.4, -20.2],
        [80.4, -20.4],
        [80.2, -20.4],
        [80.2, -20.2]
    ]);
    let other = json!([[85, -20], [86, -20], [86, -21], [85, -20]]);
    assert!(outline(&json!({"type": "Polygon", "coordinates": [outer, hole]})).is_ok());
    let parts = multipolygon(json!([[outer, hole], [other]]));
    assert_eq!(&outline(&parts).unwrap().wkb[..5], [1, 6, 0, 0, 0]);
}

#[test]
fn faults_of_rings_are_told_apart() {
    assert_eq!(
        reason(json!([[80, -20], [81, -20], [81, -21], [80, -21]])),
        "ring is not closed"
    );
    assert_eq!(
        reason(json!([[80, -20], [81, -20], [80, -20]])),
        "ring has fewer than 4 positions"
    );
    assert_eq!(reason(json!([])), "ring has fewer than 4 positions");
    assert_eq!(
        reason(json!([[80, -20], [81, -21], [81, -20], [80, -21], [80, -20]])),
        "exterior ring has a self-intersection"
    );
    assert_eq!(
        reason(json!([[80, -20], ["x", -20], [80, -20]])),
        "not a position"
    );
    assert_eq!(reason(json!([[80], [81, -20], [80]])), "not a position");
    assert_eq!(reason(json!("x")), "not an array");
}

#[test]
fn a_ring_out_of_range_says_whether_exchanging_would_mend_it() {
    assert_eq!(
        reason(json!([[-20, 95], [-21, 95], [-21, 96], [-20, 95]])),
        "latitude out of range; possibly swapped"
    );
    assert_eq!(
        reason(json!([[95, 95], [-21, 95], [-21, 96], [95, 95]])),
        "latitude out of range"
    );
    assert_eq!(
        reason(json!([[365, 5], [190, 5], [190, 6], [365, 5]])),
        "longitude out of range"
    );
}

#[test]
fn a_ring_across_the_antimeridian_is_to_be_cut_there() {
    let advice = "; an outline across the antimeridian is cut there into a MultiPolygon";
    for ring in [
        json!([[179.999, -20], [180.001, -20], [180.001, -19.998], [179.999, -20]]),
        json!([
            [-179.999, -20],
            [-180.001, -20],
            [-180.001, -19.998],
            [-179.999, -20]
        ]),
        json!([[195, 5], [190, 5], [190, 6], [195, 5]]),
    ] {
        assert_eq!(reason(ring), format!("longitude out of range{advice}"));
    }
    for ring in [
        json!([
            [179.999, -20],
            [-179.999, -20],
            [-179.999, -19.998],
            [179.999, -19.998],
            [179.999, -20]
        ]),
        json!([[-180, -21], [180, -21], [180, -20], [-180, -20], [-180, -21]]),
        json!([[-180, -90], [180, -90], [180, 90], [-180, 90], [-180, -90]]),
        json!([[-90.1, 0], [90, 0], [0, 5], [-90.1, 0]]),
    ] {
        assert_eq!(
            reason(ring),
            format!("edge wider than 180 degrees of longitude{advice}")
        );
    }
    assert!(outline(&polygon(json!([[-90, 0], [90, 0], [0, 5], [-90, 0]]))).is_ok());
}

#[test]
fn an_outline_cut_at_the_antimeridian_is_small_and_where_its_first_part_is() {
    let west = json!([
        [179.999, -20],
        [180, -20],
        [180, -19.998],
        [179.999, -19.998],
        [179.999, -20]
    ]);
    let east = json!([
        [-180, -20],
        [-179.999, -20],
        [-179.999, -19.998],
        [-180, -19.998],
        [-180, -20]
    ]);
    let outline = outline(&multipolygon(json!([[west], [east]]))).unwrap();
    assert!((outline.area_km2 - 0.0463).abs() < 1e-3, "{}", outline.area_km2);
    assert!((outline.centre.0 + 19.999).abs() < 1e-9 && (outline.centre.1 - 179.9995).abs() < 1e-9);
}

#[test]
fn other_geometries_and_none_are_named_by_their_field() {
    assert_eq!(fault(&Json::Null).0, "geometry");
    assert_eq!(
        fault(&json!({"type": "Point", "coordinates": [80, -20]})).0,
        "geometry.type"
    );
    assert_eq!(fault(&json!({"type": "Polygon"})).0, "geometry.coordinates");
    assert_eq!(
        fault(&json!({"type": "Polygon", "coordinates": []})).1,
        "polygon without rings"
    );
    assert_eq!(
        fault(&json!({"type": "MultiPolygon", "coordinates": []})).1,
        "no positions"
    );
    let open =
        json!({"type": "MultiPolygon", "coordinates": [[[[80, -20], [81, -20], [81, -21], [80, -21]]]]});
    assert_eq!(fault(&open).0, "geometry.coordinates[0][0]");
}

#[test]
fn a_ring_on_one_line_is_refused_before_it_is_compared_with_others() {
    assert_eq!(
        reason(json!([[0, 2], [0, 1], [0, 3], [0, 2]])),
        "ring has no area"
    );
    assert_eq!(
        reason(json!([[1, 1], [1, 1], [1, 1], [1, 1]])),
        "ring has no area"
    );
    assert_eq!(
        reason(json!([[0.1, 0.1], [0.2, 0.2], [0.4, 0.4], [0.1, 0.1]])),
        "ring has no area"
    );
    let parts = json!({"type": "MultiPolygon", "coordinates": [
        [[[0, 2], [0, 1], [0, 3], [0, 2]], [[0, 2], [0, 1], [1, 2], [0, 2]]],
        [[[2, 3], [2, 1], [0, 3], [2, 3]]]
    ]});
    let expected = ("geometry.coordinates[0][0]", "ring has no area");
    assert_eq!(fault(&parts), (expected.0.to_owned(), expected.1.to_owned()));
}

#[test]
fn an_outline_that_a_hole_divides_is_refused() {
    let square = json!([[80, -20], [90, -20], [90, -10], [80, -10], [80, -20]]);
    let hole = json!([[80, -15], [85, -18], [90, -15], [85, -12], [80, -15]]);
    let divided = json!({"type": "Polygon", "coordinates": [square, hole]});
    assert_eq!(fault(&divided).1, "rings that touch divide the interior");
    let parts = multipolygon(json!([[square, hole]]));
    assert_eq!(
        fault(&parts).1,
        "polygon at index 0 is invalid: rings that touch divide the interior"
    );
}

#[test]
fn a_part_that_is_invalid_by_itself_is_named_whatever_its_neighbours_are() {
    let square = json!([[0, 0], [3, 0], [3, 3], [0, 3], [0, 0]]);
    let bow_tie = json!([[1, 1], [2, 2], [2, 1], [1, 2], [1, 1]]);
    let parts = json!({"type": "MultiPolygon", "coordinates": [[square], [bow_tie]]});
    assert_eq!(
        fault(&parts).1,
        "polygon at index 1 is invalid: exterior ring has a self-intersection"
    );
}

#[test]
fn what_encloses_nothing_is_left_out_and_counted() {
    let square = square();
    let spiked = json!([
        [80, -20],
        [81, -20],
        [82, -19],
        [81, -20],
        [81, -21],
        [80, -21],
        [80, -20]
    ]);
    let plain = outline(&polygon(square.clone())).unwrap();
    assert_eq!(plain.repairs, Repairs::default());
    let repaired = outline(&polygon(spiked.clone())).unwrap();
    assert_eq!(repaired.repairs, Repairs { spikes: 1, parts: 0 });
    assert_eq!(repaired.wkb, plain.wkb);

    let single = multipolygon(json!([[square]]));
    let repeated = multipolygon(json!([[square], [spiked], [square]]));
    let repaired = outline(&repeated).unwrap();
    assert_eq!(repaired.repairs, Repairs { spikes: 1, parts: 2 });
    assert_eq!(repaired.wkb, outline(&single).unwrap().wkb);

    // Positions in a reason are the source's.
    let bow_tie = json!([[84, -20], [85, -21], [85, -20], [84, -21], [84, -20]]);
    let parts = multipolygon(json!([[square], [square], [bow_tie]]));
    assert_eq!(
        fault(&parts).1,
        "polygon at index 2 is invalid: exterior ring has a self-intersection"
    );
    let inside = json!([[80.2, -20.2], [80.4, -20.2], [80.4, -20.4], [80.2, -20.2]]);
    let parts = multipolygon(json!([[square], [square], [inside]]));
    assert_eq!(fault(&parts).1, "two polygons overlap or share a part of an edge");

    let nothing_else = json!([[80, -20], [81, -20], [81, -21], [81, -20], [80, -20]]);
    assert_eq!(reason(nothing_else), "ring has no area");
}

/// A closed ring of three to five corners, mostly three, on a small grid, where corners often meet and lie on one line.
fn grid_ring() -> impl Strategy<Value = Json> {
    let corners = |count| prop::collection::vec((0..3_i32, 0..3_i32), count);
    prop_oneof![3 => corners(3..4), 1 => corners(4..6)].prop_map(|mut corners| {
        corners.push(corners[0]);
        json!(corners)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5_000))]

    #[test]
    fn no_polygon_makes_the_validation_panic(rings in prop::collection::vec(grid_ring(), 1..4)) {
        let _ = outline(&json!({"type": "Polygon", "coordinates": rings}));
    }

    #[test]
    fn no_multipolygon_makes_the_validation_panic(
        parts in prop::collection::vec(prop::collection::vec(grid_ring(), 1..3), 1..4)
    ) {
        let _ = outline(&json!({"type": "MultiPolygon", "coordinates": parts}));
    }
}

#[test]
fn what_is_no_polygon_is_called_so_whatever_it_holds() {
    let kind = (
        "geometry.type".to_owned(),
        "neither Polygon nor MultiPolygon".to_owned(),
    );
    for geometry in [
        json!({"type": "GeometryCollection", "geometries": [polygon(square())]}),
        json!({"type": "LineString", "coordinates": [[80, -20], [81, -20]]}),
        json!({"type": "LineString"}),
        json!({"coordinates": [square()]}),
        json!({}),
        json!("Polygon"),
    ] {
        assert_eq!(fault(&geometry), kind, "{geometry}");
    }
    for kind in ["Polygon", "MultiPolygon"] {
        let (field, reason) = fault(&json!({"type": kind}));
        assert_eq!(
            (field.as_str(), reason.as_str()),
            ("geometry.coordinates", "no coordinates")
        );
    }
}

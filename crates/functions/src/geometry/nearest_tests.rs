use geo::{Coord, Geometry, LineString, MultiPoint, Polygon};
use proptest::prelude::*;

use super::*;

fn coord(x: f64, y: f64) -> Coord {
    Coord {
        x: x.clamp(-180.0, 180.0),
        y: y.clamp(-90.0, 90.0),
    }
}

/// The definition: every piece of every edge, each with geodesics of its own.
fn by_definition(geometry: &Geometry, place: &Place) -> f64 {
    fn of_piece(piece: Piece, place: &Place) -> f64 {
        if piece.is_short() {
            return piece.least(place);
        }
        let [first, second] = piece.halves();
        of_piece(first, place).min(of_piece(second, place))
    }
    let of_line = |line: &LineString| {
        line.lines()
            .map(|line| Piece {
                from: Place::anywhere(line.start),
                to: Place::anywhere(line.end),
            })
            .map(|piece| of_piece(piece, place))
            .fold(f64::INFINITY, f64::min)
    };
    match geometry {
        Geometry::LineString(line) => of_line(line),
        Geometry::Polygon(polygon) => std::iter::once(polygon.exterior())
            .chain(polygon.interiors())
            .map(of_line)
            .fold(f64::INFINITY, f64::min),
        Geometry::MultiPoint(points) => points
            .iter()
            .map(|point| place.distance(point.0))
            .fold(f64::INFINITY, f64::min),
        other => panic!("{other:?}"),
    }
}

/// Rings, lines and points of a site's size to a region's, and a place in or near them or anywhere.
fn cases() -> impl Strategy<Value = (Geometry, Place)> {
    let size = prop::sample::select(vec![1e-5, 1e-3, 0.01, 0.5]);
    let centre = (
        prop_oneof![4 => -180.0..180.0_f64, 1 => prop::sample::select(vec![-180.0, 180.0])],
        prop_oneof![4 => -90.0..90.0_f64, 1 => prop::sample::select(vec![-90.0, 89.99, 90.0])],
    );
    let positions = prop::collection::vec((-1.0..1.0_f64, -1.0..1.0_f64), 2..40);
    let away = prop::sample::select(vec![0.5, 2.0, 20.0, 1e3, 1e5]);
    (
        centre,
        size,
        positions,
        0..3_u8,
        (-1.0..1.0_f64, -1.0..1.0_f64),
        away,
    )
        .prop_map(|((lon, lat), size, positions, kind, (x, y), away)| {
            let line: LineString = positions
                .iter()
                .map(|(x, y)| coord(lon + x * size, lat + y * size))
                .collect();
            let geometry = match kind {
                0 => Geometry::LineString(line),
                1 => Geometry::Polygon(Polygon::new(line, Vec::new())),
                _ => Geometry::MultiPoint(line.points().collect::<MultiPoint>()),
            };
            let away = size * away;
            (
                geometry,
                Place::new(coord(lon + x * away, lat + y * away)).unwrap(),
            )
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn the_nearest_edge_is_that_of_the_definition((geometry, place) in cases(), factor in 0.0..2.0_f64) {
        let edges = Edges::try_new(&geometry).unwrap();
        let expected = by_definition(&geometry, &place);
        let found = edges.search(&place, f64::INFINITY, |_| false);
        prop_assert!((found - expected).abs() <= too_little(expected) + 1e-9, "{found} {expected}");

        // Limits far from the distance and right beside it.
        for limit in [expected * factor, expected + 2e-6, expected - 2e-6, 0.0] {
            let reached = edges.reaches(&place, limit, |distance| distance <= limit);
            prop_assert_eq!(reached, expected <= limit, "{} {}", expected, limit);
        }
    }
}

#[test]
fn a_ring_of_many_vertices_is_measured_as_by_definition() {
    let ring: LineString = (0..5_000)
        .map(|at| f64::from(at) * std::f64::consts::TAU / 5_000.0)
        .map(|angle| coord(20.0 + 0.5 * angle.cos(), 45.0 + 0.4 * angle.sin()))
        .collect();
    let geometry = Geometry::Polygon(Polygon::new(ring, Vec::new()));
    let edges = Edges::try_new(&geometry).unwrap();
    for (lon, lat) in [
        (20.0, 45.0),
        (20.4, 45.1),
        (-100.0, -45.0),
        (21.0, 46.0),
        (20.5, 45.0),
    ] {
        let place = Place::new(coord(lon, lat)).unwrap();
        let expected = by_definition(&geometry, &place);
        let found = edges.search(&place, f64::INFINITY, |_| false);
        assert!(
            (found - expected).abs() <= too_little(expected) + 1e-9,
            "{found} {expected}"
        );
    }
}

#[test]
fn an_edge_around_the_world_is_measured() {
    let parallel = Edges::try_new(&Geometry::LineString(vec![(-180.0, 60.0), (180.0, 60.0)].into())).unwrap();
    for (lon, lat) in [
        (0.0, 61.0),
        (179.99, 59.0),
        (-180.0, 61.0),
        (33.0, 90.0),
        (77.7, -40.0),
    ] {
        let place = Place::new(coord(lon, lat)).unwrap();
        let expected = place.distance(coord(lon, 60.0));
        let found = parallel.search(&place, f64::INFINITY, |_| false);
        assert!((found - expected).abs() < 1e-3, "{found} {expected}");
    }
}

use geo::{Coord, GeodesicArea, MultiPolygon, Rect, polygon};

use super::*;

fn rect(west: f64, south: f64, east: f64, north: f64) -> Polygon {
    Rect::new(Coord { x: west, y: south }, Coord { x: east, y: north }).to_polygon()
}

/// All of WGS 84.
const GLOBE_KM2: f64 = 510_065_621.724;

#[test]
fn the_world_and_its_halves_have_their_size() {
    let globe = area_km2(&[rect(-180.0, -90.0, 180.0, 90.0)]);
    assert!((globe - GLOBE_KM2).abs() < 0.01, "{globe}");
    let north = area_km2(&[rect(-180.0, 0.0, 180.0, 90.0)]);
    assert!((north - GLOBE_KM2 / 2.0).abs() < 0.01, "{north}");
    let band = area_km2(&[rect(-180.0, -21.0, 180.0, -20.0)]);
    let of_one_degree = area_km2(&[rect(7.0, -21.0, 8.0, -20.0)]);
    assert!((band / of_one_degree - 360.0).abs() < 1e-9, "{band}");
}

#[test]
fn a_site_has_the_size_that_its_geodesics_enclose() {
    for lat in [-70.0, -20.0, 0.0, 15.0, 60.0] {
        let site = polygon![(x: 80.0, y: lat), (x: 80.03, y: lat + 0.01), (x: 80.01, y: lat + 0.04), (x: 80.0, y: lat)];
        let expected = site
            .geodesic_area_unsigned()
            .min(site.geodesic_area_signed().abs())
            / 1e6;
        let area = area_km2(&[site]);
        assert!((area / expected - 1.0).abs() < 1e-3, "{lat}: {area} {expected}");
    }
}

#[test]
fn holes_count_less_and_parts_more_whichever_way_they_turn() {
    let square = rect(80.0, -20.0, 81.0, -19.0);
    let backwards = Polygon::new(square.exterior().0.iter().rev().copied().collect(), vec![]);
    let whole = area_km2(std::slice::from_ref(&square));
    assert_eq!(area_km2(&[square.clone(), backwards]), 2.0 * whole);
    let hole = rect(80.2, -19.8, 80.7, -19.1);
    let rest = whole - area_km2(std::slice::from_ref(&hole));
    for hole in [
        hole.exterior().clone(),
        hole.exterior().0.iter().rev().copied().collect(),
    ] {
        let with_hole = Polygon::new(square.exterior().clone(), vec![hole]);
        assert_eq!(area_km2(&[with_hole]), rest);
    }
    assert_eq!(area_km2(&[]), 0.0);
}

/// Why `geo` does not measure sites.
#[test]
fn geodesics_give_the_world_no_size() {
    let world = MultiPolygon(vec![rect(-180.0, -21.0, 180.0, -20.0)]);
    assert!(world.geodesic_area_signed().abs() < 1.0);
}

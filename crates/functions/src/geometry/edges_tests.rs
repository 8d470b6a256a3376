use proptest::prelude::*;

use super::*;
use crate::geometry::decode::from_wkt;
use crate::geometry::prepared::Prepared;
use crate::geometry::relation::covers;
use crate::geometry::spheroid::space;

fn covered_as_by_the_relation(geometry: &Geometry, positions: impl Iterator<Item = Coord>) {
    let prepared = Prepared::new(geometry.clone());
    let edges = Edges::try_new(geometry).unwrap();
    for position in positions {
        let point = Prepared::new(Geometry::Point(position.into()));
        assert_eq!(
            Some(edges.covers(position)),
            covers(&prepared, &point),
            "{position:?} in {geometry:?}"
        );
    }
}

fn grid() -> impl Iterator<Item = Coord> {
    (-2..12).flat_map(|x| {
        (-2..12).map(move |y| Coord {
            x: f64::from(x) / 2.0,
            y: f64::from(y) / 2.0,
        })
    })
}

#[test]
fn covers_is_the_relation() {
    for text in [
        "POLYGON((0 0,4 0,4 4,0 4,0 0),(1 1,1 2,2 2,2 1,1 1),(2 2,3 2,3 3,2 2))",
        "MULTIPOLYGON(((0 0,2 0,2 2,0 2,0 0)),((2 2,4 2,4 4,2 4,2 2)))",
        "MULTIPOLYGON(((0 0,5 0,5 5,0 5,0 0),(1 1,4 1,4 4,1 4,1 1)),((2 2,3 2,3 3,2 3,2 2)))",
        "POLYGON((0 0,4 4,4 0,0 4,0 0))",
        "POLYGON((0 0,4 0,2 0,0 0))",
        "LINESTRING(0 0,4 4,4 0)",
        "POINT(1 1)",
        "POINT EMPTY",
        "MULTIPOINT(1 1,2 2)",
        "MULTILINESTRING((0 0,2 2),(3 3,3 4))",
        "GEOMETRYCOLLECTION(POINT(1 1),POLYGON((2 2,4 2,4 4,2 2)),LINESTRING(0 0,0 3))",
        "GEOMETRYCOLLECTION EMPTY",
        "POLYGON EMPTY",
    ] {
        covered_as_by_the_relation(&from_wkt(text).unwrap(), grid());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn covers_is_the_relation_for_rings_of_many_blocks(
        rings in prop::collection::vec(prop::collection::vec((-2..12_i8, -2..12_i8), 3..700), 1..5), holes in 0..3_usize
    ) {
        // Grid coordinates: most rings cross themselves, and most positions lie on edges.
        let ring = |positions: &Vec<(i8, i8)>| {
            LineString::from_iter(positions.iter().map(|(x, y)| (f64::from(*x) / 2.0, f64::from(*y) / 2.0)))
        };
        let mut rings: Vec<LineString> = rings.iter().map(ring).collect();
        let interiors = rings.split_off(rings.len().saturating_sub(holes).max(1));
        let mut polygons: Vec<Polygon> = rings.into_iter().map(|ring| Polygon::new(ring, Vec::new())).collect();
        for hole in interiors {
            polygons[0].interiors_push(hole);
        }
        covered_as_by_the_relation(&Geometry::MultiPolygon(polygons.into()), grid());
    }

    #[test]
    fn a_block_holds_its_edges(
        line in prop::collection::vec((-180.0..180.0_f64, -90.0..90.0_f64), 2..600)
    ) {
        let edges = Edges::try_new(&Geometry::LineString(line.into())).unwrap();
        for (level, blocks) in edges.levels.iter().enumerate() {
            for (index, block) in blocks.iter().enumerate() {
                let size = BLOCK.pow(u32::try_from(level).unwrap() + 1);
                let range = index * size..edges.len().min((index + 1) * size);
                edges.for_each_edge(range, |_, edge| {
                    let [half, _] = edge.halves();
                    for place in [edge.from, edge.to, edge.middle(), half.middle()] {
                        assert!(lengths(block.space.way_from(place.space)).0 < 1e-6);
                    }
                });
                let first = edges.position_in(BlockAt { level, index });
                assert!(lengths(block.space.way_from(space(first))).0 < 1e-6);
            }
        }
    }
}

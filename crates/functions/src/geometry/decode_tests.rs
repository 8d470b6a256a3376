use super::*;
use crate::geometry::{from_wkb, to_wkb, to_wkt};

const READABLE: [&str; 9] = [
    "POINT(1 2)",
    "LINESTRING(0 0,1 1)",
    "POLYGON((0 0,4 0,4 4,0 0),(2 1,3 1,3 2,2 1))",
    "MULTIPOINT((1 1),(2 2))",
    "MULTILINESTRING((0 0,1 1),(2 2,3 3))",
    "MULTIPOLYGON(((0 0,1 0,1 1,0 0)))",
    "GEOMETRYCOLLECTION(POINT(1 2),LINESTRING(0 0,1 1))",
    "POINT EMPTY",
    "MULTIPOLYGON EMPTY",
];

#[test]
fn what_is_read_is_written_the_same() {
    for text in READABLE {
        let geometry = from_wkt(text).unwrap();
        assert_eq!(to_wkt(&geometry).unwrap(), text);
        let again = from_wkb(&to_wkb(&geometry).unwrap()).unwrap();
        assert_eq!(to_wkt(&again).unwrap(), text);
    }
}

#[test]
fn empty_parts_are_left_out() {
    let collection = from_wkt("GEOMETRYCOLLECTION(POINT EMPTY,POINT(1 2),POLYGON EMPTY)").unwrap();
    assert_eq!(to_wkt(&collection).unwrap(), "GEOMETRYCOLLECTION(POINT(1 2))");
}

#[test]
fn a_text_that_nests_too_deeply_is_malformed() {
    let nested = |depth: usize| {
        format!(
            "{}POINT(1 2){}",
            "GEOMETRYCOLLECTION(".repeat(depth),
            ")".repeat(depth)
        )
    };
    assert!(from_wkt(&nested(MAX_NESTING - 1)).is_some());
    assert!(from_wkt(&nested(MAX_NESTING)).is_none());
}

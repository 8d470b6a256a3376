use super::*;
use crate::geometry::decode::from_wkt;
use crate::geometry::{to_wkb, to_wkt};

const READABLE: [&str; 8] = [
    "POINT(1 2)",
    "LINESTRING(0 0,1 1)",
    "POLYGON((0 0,4 0,4 4,0 0),(2 1,3 1,3 2,2 1))",
    "MULTIPOINT((1 1),(2 2))",
    "MULTILINESTRING((0 0,1 1),(2 2,3 3))",
    "MULTIPOLYGON(((0 0,1 0,1 1,0 0)))",
    "GEOMETRYCOLLECTION(POINT(1 2),LINESTRING(0 0,1 1))",
    "POINT EMPTY",
];

fn read(hex: &str) -> Option<String> {
    let bytes: Vec<u8> = (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
        .collect();
    from_wkb(&bytes).and_then(|geometry| to_wkt(&geometry))
}

#[test]
fn truncated_bytes_are_malformed_and_never_a_panic() {
    for text in READABLE {
        let bytes = to_wkb(&from_wkt(text).unwrap()).unwrap();
        for length in 0..bytes.len() {
            assert!(
                from_wkb(&bytes[..length]).is_none(),
                "{text} cut to {length} bytes"
            );
        }
        for (at, flipped) in (0..bytes.len()).flat_map(|at| [(at, 0xff), (at, 0x01), (at, 0x80)]) {
            let mut bytes = bytes.clone();
            bytes[at] ^= flipped;
            let _ = from_wkb(&bytes);
        }
    }
}

#[test]
fn members_are_read_in_their_own_byte_order_and_dimensions() {
    let big_endian_whole = "00000000040000000201010000000000000000\
                            00f03f000000000000004001e90300000000000000000840000000000000104000000000000014\
                            40";
    assert_eq!(read(big_endian_whole).as_deref(), Some("MULTIPOINT((1 2),(3 4))"));
}

#[test]
fn members_of_another_kind_are_malformed() {
    let line_in_multipoint = "010400000001000000010200000000000000";
    assert_eq!(read(line_in_multipoint), None);
}

#[test]
fn a_collection_that_nests_too_deeply_is_malformed() {
    let nested = |depth: usize| format!("{}0107000000{:08x}", "010700000001000000".repeat(depth), 0);
    assert!(read(&nested(MAX_NESTING - 1)).is_some());
    assert_eq!(read(&nested(MAX_NESTING)), None);
}

/// The defect of the `wkb` crate for which the reader is our own.
#[test]
fn the_reader_of_the_wkb_crate_panics_on_a_damaged_member() {
    let mut bytes = to_wkb(&from_wkt("MULTIPOINT((1 1),(2 2))").unwrap()).unwrap();
    // The last member now claims an SRID, for which its bytes do not suffice.
    bytes[34] = 0x20;
    let copied = std::panic::catch_unwind(|| {
        let whole = wkb::reader::read_wkb(&bytes).unwrap();
        wkb::writer::write_geometry(&mut Vec::new(), &whole, &wkb::writer::WriteOptions::default())
    });
    assert!(copied.is_err(), "fixed: wkb_reader can go");
    assert!(from_wkb(&bytes).is_none());
}

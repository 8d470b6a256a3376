//! The format's number, and what becomes of other formats.

use super::*;

#[test]
fn the_format_changes_with_datafusion() {
    assert_eq!(
        (FORMAT, datafusion::DATAFUSION_VERSION),
        (2, "55.2.0"),
        "another DataFusion: raise FORMAT"
    );
}

#[test]
fn another_format_is_told_from_a_broken_message() {
    let later = Header { format: FORMAT + 1 }.encode_to_vec();
    let error = open(&later).unwrap_err().to_string();
    assert!(
        error.contains("format 3, this build reads format 2: run the same version"),
        "{error}"
    );
    // Whatever else it holds.
    let mut more = later;
    more.extend([0x3a, 3, 1, 2, 3]);
    assert!(open(&more).unwrap_err().to_string().contains("format 3"));
    assert!(open(&[0xff]).unwrap_err().to_string().contains("malformed plan"));
    let empty = Header { format: FORMAT }.encode_to_vec();
    assert!(open(&empty).unwrap_err().to_string().contains("it is empty"));
}

#[test]
fn what_is_sealed_opens() {
    let piece = Piece::IndexFilter(IndexFilter {
        shared: u64::MAX,
        key: Some(1),
        exact: true,
    });
    let mut bytes = Vec::new();
    seal(piece.clone(), &mut bytes).unwrap();
    assert_eq!(open(&bytes).unwrap(), piece);
    for length in 0..bytes.len() {
        assert!(open(&bytes[..length]).is_err(), "cut to {length} bytes");
    }
}

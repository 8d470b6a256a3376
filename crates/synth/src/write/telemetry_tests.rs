use super::geohash;
use crate::geography::Position;

#[test]
fn a_geohash_is_that_of_its_published_example() {
    // The example of the encyclopaedic articles on the subject: 57.64911, 10.40744 is u4pruydqqvj.
    assert_eq!(
        geohash(Position {
            lat_e6: 57_649_110,
            lon_e6: 10_407_440
        }),
        "u4pruy"
    );
}

use std::ops::Bound;

use super::*;

#[test]
fn bounds_of_any_kind_close() {
    use Bound::{Excluded, Included, Unbounded};
    assert_eq!(closed_band(Included(3), Included(3)), (3, 3));
    assert_eq!(closed_band(Excluded(3), Excluded(5)), (4, 4));
    assert_eq!(closed_band(Excluded(3), Excluded(4)), NO_BAND);
    assert_eq!(closed_band(Unbounded, Unbounded), (i64::MIN, i64::MAX));
    assert_eq!(closed_band(Unbounded, Excluded(i64::MIN)), NO_BAND);
    assert_eq!(closed_band(Excluded(i64::MAX), Unbounded), NO_BAND);
    assert_eq!(closed_band(Included(4), Included(3)), NO_BAND);
}

#[test]
fn bands_around_the_ends_of_time() {
    let times = [i64::MIN, -1, 0, i64::MAX];
    let whole = Around::new(&times, i64::MAX, i64::MAX);
    assert_eq!(whole.band(0), (i64::MIN, -1));
    assert_eq!(whole.band(3), (0, i64::MAX));
    // Strictly later, by at least as much as there is.
    let later = Around::new(&times, i64::MIN, i64::MAX);
    assert_eq!(later.band(0), (0, -1));
    assert_eq!(later.band(1), (i64::MAX, i64::MAX - 1));
    assert_eq!(later.band(2), NO_BAND);
    let earlier = Around::new(&times, 5, -3);
    assert_eq!(earlier.band(0), NO_BAND);
    assert_eq!(earlier.band(2), (-5, -3));
}

use super::*;

fn closed(lo: Bound<u32>, hi: Bound<u32>) -> Option<(u32, u32)> {
    let mut intervals = Intervals::new();
    intervals.push_bounds(lo, hi, 7);
    intervals.list.first().map(|interval| (interval.lo, interval.hi))
}

#[test]
fn every_kind_of_bound_becomes_closed() {
    use Bound::{Excluded, Included, Unbounded};
    assert_eq!(closed(Included(3), Included(5)), Some((3, 5)));
    assert_eq!(closed(Excluded(3), Included(5)), Some((4, 5)));
    assert_eq!(closed(Included(3), Excluded(5)), Some((3, 4)));
    assert_eq!(closed(Excluded(3), Excluded(5)), Some((4, 4)));
    assert_eq!(closed(Excluded(3), Excluded(4)), None);
    assert_eq!(closed(Included(3), Included(2)), None);
    assert_eq!(closed(Unbounded, Excluded(0)), None);
    assert_eq!(closed(Excluded(u32::MAX), Unbounded), None);
    assert_eq!(closed(Unbounded, Unbounded), Some((0, u32::MAX)));
    assert_eq!(closed(Included(u32::MAX), Unbounded), Some((u32::MAX, u32::MAX)));
}

#[test]
fn rows_are_positions_and_collections_join() {
    let mut intervals = Intervals::from_slices(&[5_u64, 9, 1], &[6, 8, 1]);
    let rows: Vec<u32> = intervals.list.iter().map(|interval| interval.row).collect();
    assert_eq!(rows, [0, 2]);
    intervals.append([(1, 2, 9)].into_iter().collect());
    assert_eq!(intervals.len(), 3);
    assert!(Intervals::<u32>::default().is_empty());
}

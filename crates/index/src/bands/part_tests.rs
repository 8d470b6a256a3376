use super::*;

#[test]
fn records_of_several_keys_in_one_slot_are_sorted() {
    for count in [2, 3, 30, 5000] {
        let record = |row: u32| (row % 3 / 2, i64::from(row * 7919 % 101) - 50, row);
        let mut records: Vec<Record<u32>> = (0..count).rev().map(record).collect();
        sort(&mut records);
        assert!(records.is_sorted(), "{count}");
        assert_eq!(records.len(), count as usize);
    }
}

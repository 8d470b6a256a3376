use super::*;

#[test]
fn records_of_several_keys_in_one_slot_are_sorted() {
    for count in [2, 3, 30, 5000] {
        let record = |row: u32| Record {
            key: row % 3 / 2,
            row,
            time: i64::from(row * 7919 % 101) - 50,
        };
        let mut records: Vec<Record<u32>> = (0..count).rev().map(record).collect();
        sort(&mut records);
        assert!(
            records.is_sorted_by_key(|record| (record.key, record.time, record.row)),
            "{count}"
        );
        assert_eq!(records.len(), count as usize);
    }
}

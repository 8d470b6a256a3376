use super::partitions;

#[test]
fn there_are_two_partitions_for_a_thread_where_each_has_memory_enough() {
    assert_eq!(partitions(2, None), 4);
    assert_eq!(partitions(2, Some(256 << 20)), 4);
    assert_eq!(partitions(2, Some((256 << 20) - 1)), 2);
    assert_eq!(partitions(1, Some(0)), 1);
}

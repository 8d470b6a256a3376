use std::num::NonZeroUsize;

use super::{Limits, partitions, session};

#[tokio::test]
async fn a_session_is_planned_for_its_threads() {
    for (memory_bytes, expected) in [(None, 6), (Some(64 << 20), 3)] {
        let limits = Limits {
            threads: NonZeroUsize::new(3),
            memory_bytes,
            ..Limits::default()
        };
        let config = session(&limits).unwrap().copied_config();
        assert_eq!(config.target_partitions(), expected);
    }
}

#[test]
fn there_are_two_partitions_for_a_thread_where_each_has_memory_enough() {
    assert_eq!(partitions(2, None), 4);
    assert_eq!(partitions(2, Some(256 << 20)), 4);
    assert_eq!(partitions(2, Some((256 << 20) - 1)), 2);
    assert_eq!(partitions(1, Some(0)), 1);
}

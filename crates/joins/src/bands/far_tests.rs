use super::{some_are_far, some_may_be_far};

#[test]
fn what_is_not_far_is_within_the_limit_and_what_is_near_is_not_far() {
    let limits: [u64; 8] = [0, 1, 2, 3, 1000, (1 << 61) / 1_000_000, 1 << 61, (1 << 62) - 1];
    for limit in limits {
        let near = if limit == 0 { 0 } else { 1_i64 << limit.ilog2() };
        for value in [0, near - 1, 1 - near, -near] {
            assert_eq!(
                some_may_be_far(&[0, value], limit),
                limit == 0,
                "{value} of {limit}"
            );
        }
        for value in [limit as i64 + 1, -(limit as i64) - 1, i64::MIN, i64::MAX] {
            assert!(some_may_be_far(&[0, value, 0], limit), "{value} of {limit}");
            assert!(some_are_far(&[0, value, 0], limit), "{value} of {limit}");
        }
    }
    assert!(!some_may_be_far(&[], 1));
}

#[test]
fn far_is_beyond_the_limit_and_not_at_it() {
    for limit in [0_u64, 1, 5, 1000, (1 << 61) / 1_000_000, (1 << 62) - 1] {
        let at = limit as i64;
        assert!(!some_are_far(&[0, at, -at], limit), "{limit}");
        assert!(
            some_are_far(&[0, at + 1], limit) && some_are_far(&[-at - 1], limit),
            "{limit}"
        );
    }
    assert!(!some_are_far(&[], 0));
}

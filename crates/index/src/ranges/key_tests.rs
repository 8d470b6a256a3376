use std::cmp::Ordering;

use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn mappings_keep_the_order(a: i128, b: i128, shift in 0_u32..128) {
        let (a, b) = (a >> shift, b >> shift);
        prop_assert_eq!(key_from_i128(a).cmp(&key_from_i128(b)), a.cmp(&b));
        prop_assert_eq!(key_from_i64(a as i64).cmp(&key_from_i64(b as i64)), (a as i64).cmp(&(b as i64)));
        prop_assert_eq!(key_from_i32(a as i32).cmp(&key_from_i32(b as i32)), (a as i32).cmp(&(b as i32)));
        let (x, y) = (f64::from_bits(a as u64), f64::from_bits(b as u64));
        prop_assert_eq!(key_from_f64(x).cmp(&key_from_f64(y)), x.total_cmp(&y));
        let (x, y) = (f32::from_bits(a as u32), f32::from_bits(b as u32));
        prop_assert_eq!(key_from_f32(x).cmp(&key_from_f32(y)), x.total_cmp(&y));
    }
}

#[test]
fn special_floats_have_their_place() {
    let ordered = [
        -f64::NAN,
        f64::NEG_INFINITY,
        -1.0,
        -0.0,
        0.0,
        f64::MIN_POSITIVE,
        f64::INFINITY,
        f64::NAN,
    ];
    assert!(
        ordered
            .windows(2)
            .all(|pair| key_from_f64(pair[0]) < key_from_f64(pair[1]))
    );
    assert_eq!(key_from_f64(1.5).cmp(&key_from_f64(1.5)), Ordering::Equal);
}

#[test]
fn the_ends_have_no_neighbour_beyond() {
    assert_eq!(Key::successor(u32::MAX), None);
    assert_eq!(Key::predecessor(0_u128), None);
    assert_eq!(Key::successor(u64::MAX - 1), Some(u64::MAX));
    assert_eq!(Key::predecessor(1_u32), Some(0));
}

use serde_json::json;

use super::*;

fn rows(value: Value) -> Rows {
    serde_json::from_value(value).unwrap_or_default()
}

#[test]
fn integers_are_compared_exactly_beyond_the_precision_of_floats() {
    let right = rows(json!([[9_007_199_254_740_993_i64]]));
    assert_eq!(compare(&right, &right), Verdict::Right);
    let near = rows(json!([[9_007_199_254_740_992_i64]]));
    assert!(matches!(compare(&near, &right), Verdict::Wrong(_)));
}

#[test]
fn sums_of_floats_may_differ_in_their_last_digits() {
    let right = rows(json!([[1e9, -5e8]]));
    assert_eq!(compare(&rows(json!([[1e9 + 0.5, -5e8]])), &right), Verdict::Right);
    assert!(matches!(
        compare(&rows(json!([[1e9 + 5.0, -5e8]])), &right),
        Verdict::Wrong(_)
    ));
}

#[test]
fn the_first_difference_is_named_and_the_others_counted() {
    let right = rows(json!([[0, 5], [1, 18_324], [2, 7]]));
    let wrong = rows(json!([[0, 5], [1, 18_318], [2, 8]]));
    assert_eq!(
        compare(&wrong, &right),
        Verdict::Wrong("(1, 18318) where (1, 18324) is right, and 1 more rows".to_owned())
    );
}

#[test]
fn rows_too_many_and_too_few_are_differences() {
    let right = rows(json!([[0, 5], [1, 6]]));
    assert_eq!(
        compare(&right[..1], &right),
        Verdict::Wrong("row (1, 6) is missing".to_owned())
    );
    assert_eq!(
        compare(&right, &right[..1]),
        Verdict::Wrong("(1, 6) is one row too many".to_owned())
    );
    assert!(matches!(compare(&[], &right), Verdict::Wrong(_)));
}

#[test]
fn texts_nulls_and_rows_of_another_width_are_wrong() {
    let right = rows(json!([[1, 2]]));
    for wrong in [
        json!([["1", 2]]),
        json!([[null, 2]]),
        json!([[1]]),
        json!([[1, 2, 3]]),
    ] {
        assert!(matches!(compare(&rows(wrong), &right), Verdict::Wrong(_)));
    }
}

#[test]
fn the_sum_of_nothing_is_null_or_zero() {
    let right = rows(json!([[0, 0]]));
    assert_eq!(compare(&rows(json!([[0, null]])), &right), Verdict::Right);
    assert!(matches!(
        compare(&rows(json!([[0, null]])), &rows(json!([[0, 1]]))),
        Verdict::Wrong(_)
    ));
}

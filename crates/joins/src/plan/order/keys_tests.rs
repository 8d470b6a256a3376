use datafusion::arrow::array::{Int64Array, StringArray};

use super::*;

fn numbers(values: impl IntoIterator<Item = i64>) -> ArrayRef {
    Arc::new(Int64Array::from_iter_values(values))
}

#[test]
fn few_values_meet_often() {
    let one = numbers((0..1000).map(|row| row * 7 % 5));
    let other = numbers((0..100).map(|row| row * 3 % 5));
    let found = share(&one, &other, 1e-3).unwrap();
    assert!((found - 0.2).abs() < 1e-9, "{found}");
}

#[test]
fn one_crowded_value_counts_as_often_as_it_meets() {
    // A fifth of the rows of each side has one key; all others have their own.
    let own = |row: i64, first: i64| {
        if row % 5 == 0 {
            -1
        } else {
            first + row * 7919 % 10_007
        }
    };
    let one = numbers((0..1000).map(|row| own(row, 0)));
    let other = numbers((0..1000).map(|row| own(row, 1_000_000)));
    let found = share(&one, &other, 1e-6).unwrap();
    assert!((found - 0.04).abs() < 1e-9, "{found}");
}

#[test]
fn few_pairs_only_bound_what_is_usual() {
    let one = numbers((0..1000).map(|row| row * 7919 % 1000));
    let other = numbers((0..1000).map(|row| 999 + row * 7919 % 1000));
    assert_eq!(share(&one, &other, 1e-9), Some(1e-9));
    assert_eq!(share(&one, &other, 0.5), Some(32e-6));
}

#[test]
fn nulls_are_equal_to_nothing() {
    let names = |names: &[Option<&str>]| Arc::new(StringArray::from(names.repeat(16))) as ArrayRef;
    let one = names(&[Some("b"), None, Some("a"), None]);
    let other = names(&[None, Some("a"), Some("a"), Some("")]);
    assert_eq!(share(&one, &other, 1.0), Some(2.0 / 16.0));
}

#[test]
fn pieces_of_two_orders_say_nothing() {
    let [up, down] = [numbers(0..100), numbers((0..100).rev())];
    assert_eq!(share(&up, &up, 0.1), None);
    assert_eq!(share(&up, &down, 0.1), Some(0.01));
    assert_eq!(share(&up, &numbers([]), 0.1), None);
    let few = numbers((0..100).map(|row| row / 20));
    assert_eq!(share(&few, &few, 1e-9), Some(0.2), "of few values all are seen");
}

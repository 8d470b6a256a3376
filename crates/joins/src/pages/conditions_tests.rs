use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::common::pruning::PrunableStatistics;
use datafusion::common::stats::Precision;
use datafusion::common::{ColumnStatistics, Statistics};

use super::*;

type Ends = (Option<i64>, Option<i64>);

/// The least and the greatest values of some pages, by column.
fn pages(columns: &[(&str, &[Ends])]) -> PrunableStatistics {
    // What is not known is NULL, as it is of pages: of files of which one does not tell, DataFusion tells nothing at all.
    let known = |end: Option<i64>| Precision::Exact(ScalarValue::Int64(end));
    let page = |page: usize| {
        let columns = columns.iter().map(|(_, ends)| ColumnStatistics {
            min_value: known(ends[page].0),
            max_value: known(ends[page].1),
            ..ColumnStatistics::default()
        });
        Arc::new(Statistics {
            column_statistics: columns.collect(),
            ..Statistics::default()
        })
    };
    let fields: Vec<_> = columns
        .iter()
        .map(|(name, _)| Field::new(*name, DataType::Int64, true))
        .collect();
    PrunableStatistics::new(
        (0..columns[0].1.len()).map(page).collect(),
        Arc::new(Schema::new(fields)),
    )
}

/// Areas of the columns `x`, `y` and a key that is no column.
fn condition(areas: &[&[(usize, Ends)]]) -> Condition {
    let end = |end: Option<i64>| end.map(|end| ScalarValue::Int64(Some(end)));
    let area = |ends: &&[(usize, Ends)]| {
        ends.iter()
            .map(|&(key, (low, high))| (key, end(low), end(high)))
            .collect()
    };
    Condition {
        columns: vec![Some("x".to_owned()), Some("y".to_owned()), None],
        areas: areas.iter().map(area).collect(),
    }
}

/// Numbers that look random, all of them below a limit.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: i64) -> i64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as i64 % limit
    }

    /// One of ten ends is not known.
    fn ends(&mut self) -> Ends {
        let (low, more) = (self.below(30), self.below(6));
        match self.below(10) {
            0 => (None, Some(low + more)),
            1 => (Some(low), None),
            _ => (Some(low), Some(low + more)),
        }
    }

    fn many<T>(&mut self, count: i64, make: impl Fn(&mut Self) -> T) -> Vec<T> {
        (0..count).map(|_| make(self)).collect()
    }
}

/// What is not known reaches everywhere.
fn meet((low, high): Ends, (least, greatest): Ends) -> bool {
    let over = |one: Option<i64>, other: Option<i64>| one.zip(other).is_none_or(|(one, other)| one >= other);
    over(greatest, low) && over(high, least)
}

#[test]
fn a_page_is_left_that_meets_an_area_of_each_condition() {
    let (mut left, mut skipped) = (0, 0);
    for seed in 0..200 {
        let mut numbers = Numbers(seed);
        let (xs, ys) = (numbers.many(20, Numbers::ends), numbers.many(20, Numbers::ends));
        let count = 1 + numbers.below(2);
        let conditions = numbers.many(count, |numbers| {
            let count = numbers.below(8);
            numbers.many(count, |numbers| [(0, numbers.ends()), (1, numbers.ends())])
        });
        let asked = conditions
            .iter()
            .map(|areas| condition(&areas.iter().map(<[_; 2]>::as_slice).collect::<Vec<_>>()));
        let asked = Conditions(asked.collect());
        let may_match = asked.may_match(&pages(&[("x", &xs), ("y", &ys)])).unwrap();
        for (page, may_match) in may_match.into_iter().enumerate() {
            let met = |[(_, x), (_, y)]: &[(usize, Ends); 2]| meet(*x, xs[page]) && meet(*y, ys[page]);
            let expected = conditions.iter().all(|areas| areas.iter().any(met));
            assert_eq!(may_match, expected, "page {page} of seed {seed}");
            *if expected { &mut left } else { &mut skipped } += 1;
        }
    }
    assert!(left > 500 && skipped > 500, "{left}, {skipped}");
}

#[test]
fn what_statistics_do_not_tell_is_left() {
    let far = (Some(70), Some(80));
    let known = pages(&[("x", &[(Some(0), Some(9)), (None, None)])]);
    let may_match = |condition| Conditions(vec![condition]).may_match(&known).unwrap();
    assert_eq!(may_match(condition(&[&[(0, far)]])), [false, true]);
    assert_eq!(may_match(condition(&[&[(0, far), (1, far)]])), [false, true]);
    // Of another column, of a key that is no column, of everything.
    for area in [[(1, far)].as_slice(), &[(2, far)], &[(0, (None, None))], &[]] {
        assert_eq!(
            may_match(condition(&[&[(0, far)], area])),
            [true, true],
            "{area:?}"
        );
    }
    assert_eq!(may_match(condition(&[])), [false, false]);
}

#[test]
fn only_columns_that_areas_have_ends_of_are_asked_for() {
    let any = (Some(1), Some(2));
    let of = |areas: &[&[(usize, Ends)]]| {
        let conditions = Conditions(vec![condition(areas), condition(areas)]);
        conditions.columns().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(of(&[&[(1, any)], &[(1, any), (0, any)]]), ["x", "y"]);
    assert_eq!(of(&[&[(1, any), (2, any)]]), ["y"]);
    assert_eq!(of(&[&[(0, (None, None)), (1, (None, Some(2)))]]), ["y"]);
}

#[test]
fn statistics_of_another_type_are_an_error() {
    let text = Condition {
        columns: vec![Some("x".to_owned())],
        areas: vec![vec![(0, Some(ScalarValue::from("a")), None)]],
    };
    assert!(
        Conditions(vec![text])
            .may_match(&pages(&[("x", &[(Some(0), Some(9))])]))
            .is_err()
    );
}

use datafusion::common::{Column, DFSchema};
use datafusion::logical_expr::Expr;

use super::*;
use crate::ranges::{RangePredicate, RangeSource};

/// Statistics of the tables `t` (left) and `s` (right).
struct Told {
    rows: [f64; 2],
    ranges: Vec<(&'static str, (f64, f64))>,
    distinct: Option<f64>,
}

impl Known for Told {
    fn rows(&self, side: JoinSide) -> Option<f64> {
        Some(self.rows[usize::from(side == JoinSide::Right)])
    }

    fn distinct(&self, _: &Expr, _: JoinSide) -> Option<f64> {
        self.distinct
    }

    fn range(&self, expr: &Expr, _: JoinSide) -> Option<(f64, f64)> {
        let name = expr.to_string();
        self.ranges
            .iter()
            .find(|(column, _)| *column == name)
            .map(|(_, range)| *range)
    }
}

fn column(name: &str) -> Expr {
    Expr::Column(Column::from_name(name))
}

fn range(point: &str, low: &str, high: &str) -> Predicate {
    Predicate::Range(RangePredicate {
        point: column(point),
        point_left: true,
        interval: vec![column(low), column(high)],
        source: RangeSource::Bounds {
            low_included: true,
            high_included: true,
        },
        conditions: vec![
            column(point).gt_eq(column(low)),
            column(point).lt_eq(column(high)),
        ],
    })
}

const TOLD: &[(&str, (f64, f64))] = &[
    ("address", (0.0, 1e6)),
    ("first", (0.0, 999_900.0)),
    ("last", (99.0, 999_999.0)),
    ("at", (500.0, 600.0)),
    ("since", (0.0, 450.0)),
    ("until", (9_000.0, 9_999.0)),
];

fn share_told(predicate: &Predicate, ranges: &[(&'static str, (f64, f64))]) -> f64 {
    let none = DFSchema::empty();
    let sides = Sides {
        left: &none,
        right: &none,
    };
    let told = Told {
        rows: [1e6, 1e4],
        ranges: ranges.to_vec(),
        distinct: None,
    };
    share(predicate, &told, &sides)
}

#[test]
fn intervals_keep_the_share_that_they_are_long() {
    let addresses = share_told(&range("address", "first", "last"), TOLD);
    assert!(
        (addresses - 1e-4).abs() < 1e-5,
        "{addresses}: one in ten thousand"
    );
    let validity = share_told(&range("at", "since", "until"), TOLD);
    assert!(validity > 0.9, "{validity}: nearly all hold");
    let unknown = share_told(&range("address", "first", "last"), &[]);
    assert!((unknown - 1e-4).abs() < 1e-9, "one of them all");
    let reversed = share_told(&range("address", "last", "first"), TOLD);
    assert!((reversed - 1e-4).abs() < 1e-9, "never less than one of them all");
}

#[test]
fn a_band_keeps_the_share_that_it_is_wide_whatever_its_times_count() {
    let band = |bounds: &[&str], units: &[i64]| {
        Predicate::Band(BandPredicate {
            point: column("at"),
            point_left: true,
            bounds: bounds.iter().map(|bound| column(bound)).collect(),
            low: -2_500,
            high: 2_500,
            safe: i64::MAX,
            unit: None,
            units: units.to_vec(),
            conditions: Vec::new(),
        })
    };
    // From 500 to 600 seconds, and a band of five, counted in milliseconds.
    let around = share_told(&band(&["since"], &[1_000, 1]), TOLD);
    assert!((around - 0.05).abs() < 1e-9, "{around}");
    let own = share_told(&band(&["since"], &[1, 1]), TOLD);
    assert!((own - 1.0).abs() < 1e-9, "{own}: as wide as all of it");
    // The same intervals in milliseconds.
    let told = [
        ("at", (500.0, 600.0)),
        ("since", (0.0, 450e3)),
        ("until", (9e6, 9_999e3)),
    ];
    let between = share_told(&band(&["since", "until"], &[1_000, 1, 1]), &told);
    let validity = share_told(&range("at", "since", "until"), TOLD);
    assert!((between - validity).abs() < 1e-9, "{between} and {validity}");
}

#[test]
fn statistics_decide_where_they_are_clear() {
    let predicates = [range("at", "since", "until"), range("address", "first", "last")];
    let told = |ranges: &[(&'static str, (f64, f64))]| Told {
        rows: [1e6, 1e4],
        ranges: ranges.to_vec(),
        distinct: None,
    };
    assert_eq!(best(&predicates, &[], &told(TOLD)), 1);
    assert_eq!(
        best(&predicates, &[], &told(&[])),
        0,
        "nothing is known: as they come"
    );
    assert_eq!(best(&predicates[..1], &[], &told(TOLD)), 0);
}

#[test]
fn numbers_are_read_in_the_order_of_their_type() {
    let mut last = [0_u8; 16];
    last[15] = 7;
    let numbers = [
        (ScalarValue::Int64(Some(-3)), Some(-3.0)),
        (ScalarValue::Date32(Some(10)), Some(10.0)),
        (
            ScalarValue::TimestampMicrosecond(Some(5), Some("UTC".into())),
            Some(5.0),
        ),
        (ScalarValue::FixedSizeBinary(16, Some(last.to_vec())), Some(7.0)),
        (ScalarValue::Float64(Some(f64::NAN)), None),
        (ScalarValue::Int64(None), None),
        (ScalarValue::from("7"), None),
    ];
    for (value, number) in numbers {
        assert_eq!(as_number(&value), number, "{value:?}");
    }
}

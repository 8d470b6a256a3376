use datafusion::arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use datafusion::common::{Column, DFSchema, TableReference};
use datafusion::logical_expr::Expr;

use super::*;

/// A column of table `t` or `s`.
fn column(table: &str, name: &str) -> Expr {
    Expr::Column(Column::new(Some(table), name))
}

fn schema(table: &str, columns: &[(&str, DataType)]) -> DFSchema {
    let fields = columns
        .iter()
        .map(|(name, data_type)| Field::new(*name, data_type.clone(), true));
    let schema = Schema::new(fields.collect::<Vec<_>>());
    DFSchema::try_from_qualified_schema(TableReference::bare(table), &schema).unwrap()
}

fn schemas() -> [DFSchema; 2] {
    let moment = || DataType::Timestamp(TimeUnit::Microsecond, None);
    [
        schema("t", &[("at", moment()), ("address", DataType::Int64)]),
        schema(
            "s",
            &[
                ("since", moment()),
                ("until", moment()),
                ("first", DataType::Int64),
                ("last", DataType::Int64),
                ("seen", DataType::Int64),
            ],
        ),
    ]
}

fn validity() -> Vec<Expr> {
    let at = || column("t", "at");
    vec![at().gt_eq(column("s", "since")), at().lt(column("s", "until"))]
}

fn addresses() -> Vec<Expr> {
    let address = || column("t", "address");
    vec![
        address().gt_eq(column("s", "first")),
        address().lt_eq(column("s", "last")),
    ]
}

#[test]
fn a_time_comes_after_everything_else_however_it_is_written() {
    let [left, right] = schemas();
    let sides = Sides {
        left: &left,
        right: &right,
    };
    for conditions in [
        [validity(), addresses()].concat(),
        [addresses(), validity()].concat(),
    ] {
        for has_equal_keys in [false, true] {
            let found = candidates(&conditions, has_equal_keys, &sides);
            let own: Vec<_> = found.iter().map(|one| one.conditions().to_vec()).collect();
            assert_eq!(own, [addresses(), validity()]);
            let bands = found.iter().all(|one| matches!(one, Predicate::Band(_)));
            assert_eq!(
                bands, has_equal_keys,
                "beside a key, what is a band is no range as well"
            );
            assert_eq!(beside(&found[0], &conditions), validity());
            assert_eq!(beside(&found[1], &conditions), addresses());
        }
    }
}

#[test]
fn a_band_around_a_value_is_taken_with_a_key_only() {
    let [left, right] = schemas();
    let sides = Sides {
        left: &left,
        right: &right,
    };
    let around = vec![
        column("t", "address").gt_eq(column("s", "seen") - datafusion::prelude::lit(5_i64)),
        column("t", "address").lt_eq(column("s", "seen") + datafusion::prelude::lit(5_i64)),
    ];
    let conditions = [addresses(), around.clone()].concat();
    assert_eq!(candidates(&conditions, true, &sides)[0].conditions(), around);
    assert_eq!(
        candidates(&conditions, false, &sides)[0].conditions(),
        addresses()
    );
}

#[test]
fn without_anything_for_an_index_there_is_none() {
    let [left, right] = schemas();
    let sides = Sides {
        left: &left,
        right: &right,
    };
    let conditions = [column("t", "at").gt_eq(column("s", "since"))];
    assert!(candidates(&conditions, true, &sides).is_empty());
}

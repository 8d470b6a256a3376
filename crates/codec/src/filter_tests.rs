use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::physical_expr::expressions::{Column, not};
use datafusion::physical_plan::empty::EmptyExec;
use datafusion::physical_plan::filter::FilterExec;

use super::*;

fn keys(count: usize) -> Vec<Arc<dyn PhysicalExpr>> {
    (0..count)
        .map(|key| Arc::new(Column::new("x", key)) as Arc<dyn PhysicalExpr>)
        .collect()
}

/// A filter of a number, somewhere in an expression.
fn probe(shared: u64, exact: bool) -> Arc<dyn ExecutionPlan> {
    let message = wire::IndexFilter {
        shared,
        key: Some(0),
        exact,
    };
    let filter = not(read(&message, &keys(1)).unwrap()).unwrap();
    let schema = Schema::new(vec![Field::new("x", DataType::Int64, true)]);
    let scan = Arc::new(EmptyExec::new(Arc::new(schema)));
    Arc::new(FilterExec::try_new(filter, scan).unwrap())
}

#[test]
fn a_filter_is_over_one_of_its_keys() {
    for (key, count) in [(0, 0), (1, 1), (u64::MAX, 2)] {
        let message = wire::IndexFilter {
            shared: 1,
            key: Some(key),
            exact: true,
        };
        assert!(read(&message, &keys(count)).is_err());
    }
}

#[test]
fn a_join_takes_filters_of_its_number_that_fit() {
    assert_eq!(link(7, &probe(7, true), 1, false).unwrap().id(), 7);
    assert!(
        link(7, &probe(7, true), 2, false).is_err(),
        "another number of keys"
    );
    assert!(
        link(7, &probe(7, true), 1, true).is_err(),
        "exact beside equal keys"
    );
    assert!(link(7, &probe(7, false), 1, true).is_ok());
    assert!(link(7, &probe(8, true), 2, true).is_ok(), "of another join");
}

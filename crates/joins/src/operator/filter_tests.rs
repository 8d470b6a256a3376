use std::sync::Arc;

use datafusion::arrow::array::BooleanArray;
use datafusion::common::{Result, ScalarValue, internal_err};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::Column;

use super::{IndexFilter, SharedIndex};
use crate::index::{Area, JoinIndex, KeyBounds, KeyedRows, MOST_RANGES, Matches};

/// Knows three ranges of its first key, and so many areas.
#[derive(Debug)]
struct Told {
    areas: Option<usize>,
}

fn end(number: i64) -> Option<ScalarValue> {
    Some(ScalarValue::Int64(Some(number)))
}

impl JoinIndex for Told {
    fn bytes(&self) -> usize {
        0
    }

    fn probe(self: Arc<Self>, _: KeyedRows) -> Result<Box<dyn Matches>> {
        internal_err!("is not probed")
    }

    fn matches_any(&self, _: &KeyedRows) -> Result<BooleanArray> {
        internal_err!("is not probed")
    }

    fn bounds(&self) -> Vec<KeyBounds> {
        let ranges = [(1, 2), (5, 6), (8, 9)].map(|(low, high)| (end(low), end(high)));
        vec![KeyBounds {
            key: 0,
            ranges: ranges.to_vec(),
        }]
    }

    fn areas(&self) -> Option<Vec<Area>> {
        let area = |at| vec![(0, end(at), end(at)), (1, end(at), end(at))];
        self.areas.map(|areas| (0..areas as i64).map(area).collect())
    }
}

fn filter(areas: Option<usize>, key: Option<usize>) -> IndexFilter {
    let shared = Arc::new(SharedIndex::default());
    let keys = ["a", "b"].map(|name| Arc::new(Column::new(name, 0)) as Arc<dyn PhysicalExpr>);
    shared.set(Arc::new(Told { areas }));
    IndexFilter::new(keys.to_vec(), key, true, shared)
}

fn snapshot(filter: &IndexFilter) -> String {
    filter.snapshot().unwrap().unwrap().to_string()
}

#[test]
fn outer_bounds_are_all_of_a_key_only_where_no_area_is_a_union() {
    let outer = "a@0 >= 1 AND a@0 <= 9";
    for areas in [1, 3, MOST_RANGES - 1] {
        assert_eq!(
            snapshot(&filter(Some(areas), Some(0)).after_areas()),
            outer,
            "{areas}"
        );
    }
    let whole = snapshot(&filter(None, Some(0)));
    assert!(whole.starts_with(outer) && whole.contains("a@0 >= 5"), "{whole}");
    for areas in [None, Some(MOST_RANGES)] {
        assert_eq!(
            snapshot(&filter(areas, Some(0)).after_areas()),
            whole,
            "{areas:?}"
        );
    }
    assert_eq!(snapshot(&filter(Some(3), Some(0))), whole);
}

#[test]
fn areas_are_told_until_all_has_been_skipped_by_them() {
    let area = filter(Some(1), None);
    assert_eq!(snapshot(&area), "a@0 >= 0 AND a@0 <= 0 AND b@0 >= 0 AND b@0 <= 0");
    assert_eq!(snapshot(&area.after_areas()), "true");
    assert_eq!(snapshot(&filter(None, None)), "true");
}

#[test]
fn ranges_of_a_key_are_areas_of_it() {
    assert_eq!(
        filter(Some(2), None).where_matches_lie().map(|areas| areas.len()),
        Some(2)
    );
    assert_eq!(filter(None, None).where_matches_lie(), None);
    let ranges = filter(None, Some(0)).where_matches_lie().unwrap();
    let expected = [(1, 2), (5, 6), (8, 9)].map(|(low, high)| vec![(0, end(low), end(high))]);
    assert_eq!(ranges, expected);
    assert_eq!(filter(None, Some(1)).where_matches_lie(), None);
    let unbuilt = IndexFilter::new(Vec::new(), None, true, Arc::default());
    assert_eq!(unbuilt.where_matches_lie(), None);
}

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

fn snapshot(areas: Option<usize>, beside_areas: bool) -> String {
    let shared = Arc::new(SharedIndex::default());
    let keys = ["a", "b"].map(|name| Arc::new(Column::new(name, 0)) as Arc<dyn PhysicalExpr>);
    let filter = IndexFilter::new(keys.to_vec(), Some(0), true, Arc::clone(&shared));
    let filter = if beside_areas {
        filter.beside_areas()
    } else {
        filter
    };
    shared.set(Arc::new(Told { areas }));
    filter.snapshot().unwrap().unwrap().to_string()
}

#[test]
fn outer_bounds_are_all_of_a_key_only_where_no_area_is_a_union() {
    let outer = "a@0 >= 1 AND a@0 <= 9";
    for areas in [1, 3, MOST_RANGES - 1] {
        assert_eq!(snapshot(Some(areas), true), outer, "{areas}");
    }
    let whole = snapshot(None, false);
    assert!(whole.starts_with(outer) && whole.contains("a@0 >= 5"), "{whole}");
    for (areas, beside_areas) in [(None, true), (Some(MOST_RANGES), true), (Some(3), false)] {
        assert_eq!(snapshot(areas, beside_areas), whole, "{areas:?}");
    }
}

//! [`Conditions`]: what is known of rows with a match, asked about many files or pages at once.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BooleanArray, Datum};
use datafusion::arrow::compute::kernels::cmp::{gt_eq, lt_eq};
use datafusion::arrow::compute::{and_kleene, or_kleene};
use datafusion::arrow::error::ArrowError;
use datafusion::common::pruning::PruningStatistics;
use datafusion::common::{Column as ColumnName, Result, ScalarValue};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::Column;

use crate::index::Area;
use crate::operator::IndexFilter;

/// What built indexes know of rows with a match: each of several conditions holds.
///
/// DataFusion's `PruningPredicate` says the same, of any expression. That of 44 areas takes milliseconds to be made and as long again
/// to be asked about the pages of a file, each time one is opened.
#[derive(Debug)]
pub(super) struct Conditions(pub(super) Vec<Condition>);

/// A row with a match lies in one of these areas.
#[derive(Debug)]
pub(super) struct Condition {
    /// The names of the keys that are columns.
    pub(super) columns: Vec<Option<String>>,
    pub(super) areas: Vec<Area>,
}

impl Conditions {
    /// Of those filters that are filters of indexes; `None` where none of these says anything.
    pub(super) fn of<'a>(filters: impl IntoIterator<Item = &'a Arc<dyn PhysicalExpr>>) -> Option<Self> {
        let conditions = filters.into_iter().filter_map(|filter| {
            let filter = filter.downcast_ref::<IndexFilter>()?;
            let name = |key: &Arc<dyn PhysicalExpr>| Some(key.downcast_ref::<Column>()?.name().to_owned());
            Some(Condition {
                columns: filter.keys().iter().map(name).collect(),
                areas: filter.where_matches_lie()?,
            })
        });
        let conditions: Vec<_> = conditions.collect();
        (!conditions.is_empty()).then_some(Self(conditions))
    }

    /// The columns that they bound.
    pub(super) fn columns(&self) -> impl Iterator<Item = &str> {
        let ends = self.0.iter().flat_map(|condition| {
            let ends = condition.areas.iter().flatten();
            let ends = ends.filter(|(_, low, high)| low.is_some() || high.is_some());
            ends.filter_map(|(key, ..)| condition.columns.get(*key)?.as_deref())
        });
        let mut names: Vec<&str> = ends.collect();
        names.sort_unstable();
        names.dedup();
        names.into_iter()
    }

    /// Of each of some files or pages whether it may have a match: also where statistics do not tell.
    ///
    /// # Errors
    /// Where a column is of another type in the statistics than in the index.
    pub(super) fn may_match(&self, statistics: &dyn PruningStatistics) -> Result<Vec<bool>> {
        let mut may_match = vec![true; statistics.num_containers()];
        for condition in &self.0 {
            match condition.met(statistics)? {
                Some(met) => may_match
                    .iter_mut()
                    .zip(&met)
                    .for_each(|(may_match, met)| *may_match &= met.unwrap_or(true)),
                None if condition.areas.is_empty() => may_match.fill(false),
                None => {}
            }
        }
        Ok(may_match)
    }
}

impl Condition {
    /// Of each of some files or pages whether it meets an area; `None` where there is no area, or one of everything.
    fn met(&self, statistics: &dyn PruningStatistics) -> Result<Option<BooleanArray>> {
        let ends = self.columns.iter().map(|name| {
            let name = ColumnName::from_name(name.as_deref()?);
            Some((statistics.min_values(&name), statistics.max_values(&name)))
        });
        let ends: Vec<_> = ends.collect();
        let mut any = None;
        for area in &self.areas {
            let mut all = None;
            for (key, low, high) in area {
                let Some(Some((least, greatest))) = ends.get(*key) else {
                    continue;
                };
                let above = compared(greatest.as_ref(), low.as_ref(), |one, other| gt_eq(one, other))?;
                let below = compared(least.as_ref(), high.as_ref(), |one, other| lt_eq(one, other))?;
                for end in [above, below].into_iter().flatten() {
                    all = Some(match all {
                        Some(all) => and_kleene(&all, &end)?,
                        None => end,
                    });
                }
            }
            let Some(all) = all else {
                return Ok(None);
            };
            any = Some(match any {
                Some(any) => or_kleene(&any, &all)?,
                None => all,
            });
        }
        Ok(any)
    }
}

/// Values compared with an end; `None` where either is not known.
fn compared(
    values: Option<&ArrayRef>,
    end: Option<&ScalarValue>,
    compare: impl Fn(&dyn Datum, &dyn Datum) -> Result<BooleanArray, ArrowError>,
) -> Result<Option<BooleanArray>> {
    let Some((values, end)) = values.zip(end) else {
        return Ok(None);
    };
    Ok(Some(compare(values, &end.to_scalar()?)?))
}

#[cfg(test)]
#[path = "conditions_tests.rs"]
mod tests;

//! [`PageStatistics`]: the least and the greatest values in the pages of several columns, side by side.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, BooleanArray, UInt32Array};
use datafusion::arrow::compute::kernels::zip::zip;
use datafusion::arrow::compute::{is_not_null, take};
use datafusion::arrow::datatypes::Schema;
use datafusion::common::pruning::PruningStatistics;
use datafusion::common::{Column, ScalarValue};
use datafusion::datasource::listing::FileRange;
use datafusion::datasource::physical_plan::parquet::ParquetAccessPlan;
use datafusion::parquet::arrow::arrow_reader::statistics::StatisticsConverter;
use datafusion::parquet::arrow::arrow_reader::{RowSelection, RowSelector};
use datafusion::parquet::arrow::parquet_to_arrow_schema;
use datafusion::parquet::file::metadata::ParquetMetaData;
use datafusion::parquet::file::page_index::offset_index::OffsetIndexMetaData;
use datafusion::physical_plan::metrics::PruningMetrics;

use super::conditions::Conditions;
use super::footer;

/// Rows that lie in one page of every column, and what these pages hold.
#[derive(Debug)]
pub(super) struct PageStatistics {
    /// Of the file.
    row_groups: usize,
    stretches: Vec<Stretch>,
    /// By name: the least and the greatest value in the page of each stretch.
    columns: HashMap<String, (ArrayRef, ArrayRef)>,
}

/// What has been skipped by areas.
#[derive(Debug, Clone)]
pub(super) struct Pruned {
    pub(super) pages: PruningMetrics,
    /// Those that have no page left; the others are counted by DataFusion, which is not asked about these any more.
    pub(super) row_groups: PruningMetrics,
}

/// What a condition leaves of a file.
#[derive(Debug)]
pub(super) enum RowsToRead {
    /// Its pages do not tell.
    Unknown,
    All,
    These(ParquetAccessPlan),
}

/// Consecutive rows of a row group.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Stretch {
    row_group: usize,
    rows: usize,
}

impl PageStatistics {
    /// Of the row groups of a file that begin within the range, of these columns of the table.
    ///
    /// `None` where the file has no page index, or a column that is missing, or is of another type than in the table, or whose pages
    /// do not follow one another.
    pub(super) fn of<'a>(
        footer: &ParquetMetaData,
        table: &Schema,
        columns: impl Iterator<Item = &'a str>,
        range: Option<&FileRange>,
    ) -> Option<Self> {
        let about = footer.file_metadata();
        let file = parquet_to_arrow_schema(about.schema_descr(), about.key_value_metadata()).ok()?;
        let converter = |name| {
            let is_same =
                file.field_with_name(name).ok()?.data_type() == table.field_with_name(name).ok()?.data_type();
            let converter = StatisticsConverter::try_new(name, &file, about.schema_descr()).ok()?;
            is_same.then_some(converter)
        };
        let columns: Vec<_> = columns.map(converter).collect::<Option<_>>()?;
        let groups = footer::row_groups_within(footer, range);
        let (values, places) = (footer.column_index()?, footer.offset_index()?);

        let mut stretches = Vec::new();
        let mut groups_of_stretches = Vec::new();
        let mut pages = vec![Pages::default(); columns.len()];
        for (place, group) in groups.iter().enumerate() {
            let rows = usize::try_from(footer.row_group(*group).num_rows()).ok()?;
            let starts = columns.iter().map(|column| {
                let place = column.parquet_column_index()?;
                values.get(*group)?.get(place)?;
                page_starts(places.get(*group)?.get(place)?, rows)
            });
            let starts: Vec<_> = starts.collect::<Option<_>>()?;
            stretches.extend(stretches_of_group(*group, rows, &starts, &mut pages));
            groups_of_stretches.resize(stretches.len(), place as u32);
        }
        let groups_of_stretches = UInt32Array::from(groups_of_stretches);
        let row_groups = || groups.iter().map(|group| footer.row_group(*group));
        let columns = columns.iter().zip(pages).map(|(column, pages)| {
            let least = pages.of_stretches(&column.data_page_mins(values, places, &groups).ok()?)?;
            let greatest = pages.of_stretches(&column.data_page_maxes(values, places, &groups).ok()?)?;
            let group_least = column.row_group_mins(row_groups()).ok()?;
            let group_greatest = column.row_group_maxes(row_groups()).ok()?;
            let ends = (
                or_of_group(least, &group_least, &groups_of_stretches)?,
                or_of_group(greatest, &group_greatest, &groups_of_stretches)?,
            );
            Some((column.arrow_field().name().clone(), ends))
        });
        Some(Self {
            row_groups: footer.num_row_groups(),
            columns: columns.collect::<Option<_>>()?,
            stretches,
        })
    }

    /// The rows whose pages can satisfy conditions, counted from the first that is looked at.
    pub(super) fn ranges(&self, conditions: &Conditions) -> Option<Vec<Range<usize>>> {
        let kept = conditions.may_match(self).ok()?;
        let mut ranges: Vec<Range<usize>> = Vec::new();
        let mut first = 0;
        for (stretch, kept) in self.stretches.iter().zip(kept) {
            let end = first + stretch.rows;
            match ranges.last_mut().filter(|last| last.end == first) {
                _ if !kept => {}
                Some(last) => last.end = end,
                None => ranges.push(first..end),
            }
            first = end;
        }
        Some(ranges)
    }

    /// The rows whose pages can satisfy conditions.
    pub(super) fn rows_to_read(&self, conditions: &Conditions, counted: &Pruned) -> RowsToRead {
        // A part of a file in which no row group begins. Where no column is asked about, there are none either, of any file.
        if self.stretches.is_empty() && !self.columns.is_empty() {
            return RowsToRead::All;
        }
        // A row group of one page is skipped, or not, by its own statistics.
        let has_pages = |pair: &[Stretch]| pair[0].row_group == pair[1].row_group;
        if !self.stretches.windows(2).any(has_pages) {
            return RowsToRead::Unknown;
        }
        let Ok(kept) = conditions.may_match(self) else {
            return RowsToRead::Unknown;
        };
        let matched = kept.iter().filter(|kept| **kept).count();
        counted.pages.add_matched(matched);
        counted.pages.add_pruned(kept.len() - matched);
        if matched == kept.len() {
            return RowsToRead::All;
        }
        let mut plan = ParquetAccessPlan::new_all(self.row_groups);
        let stretches: Vec<_> = self.stretches.iter().zip(kept).collect();
        for group in stretches.chunk_by(|(one, _), (other, _)| one.row_group == other.row_group) {
            let Some((Stretch { row_group, .. }, _)) = group.first() else {
                continue;
            };
            if !group.iter().any(|(_, kept)| *kept) {
                plan.skip(*row_group);
                counted.row_groups.add_pruned(1);
            } else if group.iter().any(|(_, kept)| !kept) {
                plan.scan_selection(*row_group, selection(group));
            }
        }
        RowsToRead::These(plan)
    }
}

fn selection(group: &[(&Stretch, bool)]) -> RowSelection {
    let selectors = group.iter().map(|(stretch, kept)| match kept {
        true => RowSelector::select(stretch.rows),
        false => RowSelector::skip(stretch.rows),
    });
    selectors.collect()
}

/// The values of stretches, and where a page does not tell, that of its row group: some writers tell nothing of the pages of a column one
/// of which has no number.
fn or_of_group(values: ArrayRef, groups: &ArrayRef, groups_of_stretches: &UInt32Array) -> Option<ArrayRef> {
    if values.null_count() == 0 {
        return Some(values);
    }
    let known = is_not_null(&values).ok()?;
    let of_groups = take(groups, groups_of_stretches, None).ok()?;
    zip(&known, &values, &of_groups).ok()
}

/// Where the pages of a row group's column begin; `None` where they do not follow one another from the first row on.
fn page_starts(pages: &OffsetIndexMetaData, rows: usize) -> Option<Vec<usize>> {
    let starts = pages.page_locations().iter().map(|page| page.first_row_index);
    let starts: Vec<usize> = starts
        .map(|start| usize::try_from(start).ok())
        .collect::<Option<_>>()?;
    let follow = starts.is_sorted_by(|one, next| one < next);
    (follow && *starts.first()? == 0 && *starts.last()? < rows).then_some(starts)
}

/// The pages of a column, in the row groups that are looked at.
#[derive(Debug, Clone, Default)]
struct Pages {
    count: usize,
    /// The page that each stretch lies in.
    of_stretches: Vec<u32>,
}

impl Pages {
    /// The values of pages, stretch by stretch; `None` where there are more or fewer of them than pages.
    fn of_stretches(&self, values: &ArrayRef) -> Option<ArrayRef> {
        let places = UInt32Array::from(self.of_stretches.clone());
        (values.len() == self.count).then(|| take(values, &places, None).ok())?
    }
}

/// The stretches of a row group, by where the pages of each column begin.
fn stretches_of_group(
    row_group: usize,
    rows: usize,
    starts: &[Vec<usize>],
    pages: &mut [Pages],
) -> Vec<Stretch> {
    let mut firsts: Vec<usize> = starts.iter().flatten().copied().collect();
    firsts.sort_unstable();
    firsts.dedup();
    for (starts, pages) in starts.iter().zip(pages) {
        let page = |first: &usize| pages.count + starts.partition_point(|start| start <= first) - 1;
        pages
            .of_stretches
            .extend(firsts.iter().map(page).map(|page| page as u32));
        pages.count += starts.len();
    }
    let ends = firsts.iter().skip(1).copied().chain([rows]);
    let stretches = firsts.iter().zip(ends).map(|(first, end)| Stretch {
        row_group,
        rows: end - first,
    });
    stretches.collect()
}

impl PruningStatistics for PageStatistics {
    fn min_values(&self, column: &Column) -> Option<ArrayRef> {
        self.columns
            .get(column.name())
            .map(|(least, _)| Arc::clone(least))
    }

    fn max_values(&self, column: &Column) -> Option<ArrayRef> {
        self.columns
            .get(column.name())
            .map(|(_, greatest)| Arc::clone(greatest))
    }

    fn num_containers(&self) -> usize {
        self.stretches.len()
    }

    /// Not told: a page has other rows than a stretch of it.
    fn null_counts(&self, _column: &Column) -> Option<ArrayRef> {
        None
    }

    fn row_counts(&self) -> Option<ArrayRef> {
        None
    }

    fn contained(&self, _column: &Column, _values: &HashSet<ScalarValue>) -> Option<BooleanArray> {
        None
    }
}

#[cfg(test)]
#[path = "statistics_tests.rs"]
mod tests;

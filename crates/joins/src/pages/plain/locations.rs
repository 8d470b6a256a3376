//! Where the pages of a column are, if they may be plain.

use std::ops::Range;

use datafusion::parquet::basic::Encoding;
use datafusion::parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};
use datafusion::parquet::file::page_index::offset_index::PageLocation;

use super::page::NUMBER_BYTES;

/// No page has more values: it is read as one array. Writers make pages of 20,000 rows, or of a mebibyte.
pub(super) const MOST_VALUES: usize = 1 << 20;

/// Columns whose pages have fewer values, on average, are left to DataFusion: no batch has rows of two pages of a column.
const FEWEST_VALUES: i64 = 1000;

/// The pages of a column in a row group; `None` where there may be others than plain ones, or it is not known where they are.
pub(super) fn plain_pages(
    footer: &ParquetMetaData,
    row_group: usize,
    column: usize,
) -> Option<&[PageLocation]> {
    let (group, pages) = (footer.row_group(row_group), footer.offset_index()?);
    let chunk = group.columns().get(column)?;
    let pages = pages.get(row_group)?.get(column)?.page_locations();
    let is_plain = may_be_plain(chunk)
        && follow_one_another(pages, chunk)
        && rows_of(pages, group.num_rows()).all(|rows| (0..=MOST_VALUES as i64).contains(&rows));
    is_plain.then_some(pages.as_slice())
}

/// By the encodings in a file of a column of numbers. They are those of levels, too, which tell what is NULL.
fn may_be_plain(chunk: &ColumnChunkMetaData) -> bool {
    #[expect(deprecated, reason = "files of old writers name it, for levels")]
    let known = [Encoding::PLAIN, Encoding::RLE, Encoding::BIT_PACKED];
    chunk.dictionary_page_offset().is_none()
        && chunk.encodings().all(|encoding| known.contains(&encoding))
        && chunk.encodings().any(|encoding| encoding == Encoding::PLAIN)
}

/// Whether most of a column's [`plain_pages`] lie in the file as in memory, and are long.
pub(super) fn lie_as_in_memory(chunk: &ColumnChunkMetaData, pages: &[PageLocation]) -> bool {
    let is_compressed = chunk.compressed_size() < chunk.uncompressed_size() / 20 * 19;
    let nulls = chunk
        .statistics()
        .and_then(|statistics| statistics.null_count_opt());
    let has_some_everywhere = nulls.is_some_and(|nulls| nulls >= pages.len() as u64);
    let are_short = chunk.num_values() < FEWEST_VALUES * pages.len() as i64;
    !is_compressed && !has_some_everywhere && !are_short
}

/// Whether pages lie in a column from its begin on, and none in another.
fn follow_one_another(pages: &[PageLocation], chunk: &ColumnChunkMetaData) -> bool {
    let start = u64::try_from(chunk.data_page_offset());
    let length = u64::try_from(chunk.compressed_size());
    let Some((mut last, end)) = start.ok().zip(length.ok()).and_then(|(start, length)| {
        let end = start.checked_add(length)?;
        Some((start, end))
    }) else {
        return false;
    };
    let begins = pages
        .first()
        .is_some_and(|first| first.offset == chunk.data_page_offset());
    begins
        && pages.iter().all(|page| {
            let follows = bytes_of(page).filter(|bytes| last <= bytes.start && bytes.end <= end);
            last = follows.as_ref().map_or(last, |bytes| bytes.end);
            follows.is_some()
        })
}

fn bytes_of(page: &PageLocation) -> Option<Range<u64>> {
    let start = u64::try_from(page.offset).ok()?;
    let length = u64::try_from(page.compressed_page_size).ok()?;
    Some(start..start.checked_add(length)?)
}

/// How many rows pages have, of a row group of so many.
fn rows_of(pages: &[PageLocation], rows: i64) -> impl Iterator<Item = i64> {
    let ends = pages.iter().skip(1).map(|page| page.first_row_index);
    let ends = ends.chain([rows]);
    pages
        .iter()
        .zip(ends)
        .map(|(page, end)| end.saturating_sub(page.first_row_index))
}

/// What to read of a file for each of the [`plain_pages`]: a page, and before it as many bytes as it takes to have its numbers, which are at
/// its end, begin where in memory a number may.
pub(super) fn ranges(pages: &[PageLocation], rows: i64) -> impl Iterator<Item = Range<u64>> {
    pages.iter().zip(rows_of(pages, rows)).filter_map(|(page, rows)| {
        let bytes = bytes_of(page)?;
        let numbers = u64::try_from(rows).ok()?.checked_mul(NUMBER_BYTES as u64)?;
        // What the page has before them. Whether there are as many is told by the page: this only aligns them.
        let before = (bytes.end - bytes.start).saturating_sub(numbers);
        let padding = before.next_multiple_of(NUMBER_BYTES as u64) - before;
        Some(bytes.start.saturating_sub(padding)..bytes.end)
    })
}

#[cfg(test)]
#[path = "locations_tests.rs"]
mod tests;

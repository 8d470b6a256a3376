//! The numbers of a page: where they lie, if they lie there as in memory, and decoded by the library, if not.

use std::sync::Arc;

use bytes::Bytes;
use datafusion::arrow::array::{BooleanBufferBuilder, Float64Array};
use datafusion::arrow::buffer::{Buffer, NullBuffer, ScalarBuffer};
use datafusion::parquet::basic::Encoding;
use datafusion::parquet::column::page::{Page, PageMetadata, PageReader};
use datafusion::parquet::column::reader::ColumnReaderImpl;
use datafusion::parquet::data_type::DoubleType;
use datafusion::parquet::errors::{ParquetError, Result};
use datafusion::parquet::schema::types::ColumnDescPtr;

use super::locations::MOST_VALUES;

/// What a number takes.
pub(super) const NUMBER_BYTES: usize = size_of::<f64>();

/// The values of a page of a column of numbers, which is not within another.
///
/// # Errors
/// Where the page is not what its header says, has more than [`MOST_VALUES`], or is not plain.
pub(super) fn numbers(page: Page, column: &ColumnDescPtr) -> Result<Float64Array> {
    // What a column is known to have. Asked for a page of a dictionary that is not there, the library would panic.
    if page.num_values() as usize > MOST_VALUES || page.encoding() != Encoding::PLAIN {
        return Err(ParquetError::General(String::from(
            "a page is not what its column says",
        )));
    }
    match in_place(&page, column.max_def_level() > 0) {
        Some(values) => Ok(Float64Array::new(as_numbers(values), None)),
        None => decoded(page, column),
    }
}

/// The values of a page that has nothing else behind its levels, if these say of every row that it has one.
fn in_place(page: &Page, is_optional: bool) -> Option<Bytes> {
    let (bytes, rows, levels) = match page {
        Page::DataPage {
            buf,
            num_values,
            encoding: Encoding::PLAIN,
            def_level_encoding,
            ..
        } => {
            let levels = match is_optional {
                // Their length is before them.
                true if *def_level_encoding == Encoding::RLE => {
                    let length = u32::from_le_bytes(*buf.first_chunk()?);
                    size_of::<u32>()..size_of::<u32>().checked_add(length as usize)?
                }
                true => return None,
                false => 0..0,
            };
            (buf, *num_values, levels)
        }
        Page::DataPageV2 {
            buf,
            num_values,
            encoding: Encoding::PLAIN,
            def_levels_byte_len,
            rep_levels_byte_len: 0,
            ..
        } => (buf, *num_values, 0..*def_levels_byte_len as usize),
        _ => return None,
    };
    let end = levels.end;
    let has_all = match is_optional {
        true => bytes.get(levels)? == one_run_of_ones(rows),
        false => levels.is_empty(),
    };
    let values = bytes.len().checked_sub(end)?;
    (has_all && values == (rows as usize).checked_mul(NUMBER_BYTES)?).then(|| bytes.slice(end..))
}

/// Levels of one bit that all are 1, in the hybrid encoding of Parquet: as one run.
fn one_run_of_ones(rows: u32) -> Vec<u8> {
    let mut run = Vec::new();
    let mut rest = u64::from(rows) << 1;
    while rest >= 0x80 {
        run.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    run.extend([rest as u8, 1]);
    run
}

/// Copied only where they do not lie where a processor can have them.
fn as_numbers(values: Bytes) -> ScalarBuffer<f64> {
    let is_aligned = values.as_ptr().align_offset(align_of::<f64>()) == 0;
    if is_aligned && cfg!(target_endian = "little") {
        return ScalarBuffer::from(Buffer::from(values));
    }
    let (numbers, _) = values.as_chunks();
    numbers.iter().copied().map(f64::from_le_bytes).collect()
}

fn decoded(page: Page, column: &ColumnDescPtr) -> Result<Float64Array> {
    let rows = page.num_values() as usize;
    let mut reader = ColumnReaderImpl::<DoubleType>::new(Arc::clone(column), Box::new(OnePage(Some(page))));
    let (mut levels, mut values) = (Vec::new(), Vec::new());
    let is_optional = column.max_def_level() > 0;
    let (read, ..) = reader.read_records(rows, is_optional.then_some(&mut levels), None, &mut values)?;
    if read != rows {
        return Err(ParquetError::EOF(String::from(
            "a page has fewer values than its header says",
        )));
    }
    if values.len() == rows {
        return Ok(Float64Array::from(values));
    }
    let mut is_there = BooleanBufferBuilder::new(rows);
    let mut found = values.into_iter();
    let numbers = levels.iter().map(|level| {
        is_there.append(*level > 0);
        let number = if *level > 0 { found.next() } else { None };
        number.unwrap_or_default()
    });
    let numbers: Vec<f64> = numbers.collect();
    Ok(Float64Array::new(
        numbers.into(),
        Some(NullBuffer::new(is_there.finish())),
    ))
}

/// A page, for who reads pages.
struct OnePage(Option<Page>);

impl Iterator for OnePage {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.take().map(Ok)
    }
}

impl PageReader for OnePage {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        Ok(self.0.take())
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        let about = |page: &Page| PageMetadata {
            num_rows: None,
            num_levels: Some(page.num_values() as usize),
            is_dict: false,
        };
        Ok(self.0.as_ref().map(about))
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.0 = None;
        Ok(())
    }
}

#[cfg(test)]
#[path = "page_tests.rs"]
mod tests;

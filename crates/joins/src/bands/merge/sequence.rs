//! Whether rows come in the order that was claimed for them: a table's `WITH ORDER` and a file's own word are promises that nobody has
//! checked, and a merge of rows in another order would lose pairs.

use datafusion::arrow::row::{OwnedRow, Row};
use datafusion::common::Result;
use tieline_functions::Plain;

use super::rows::KeyedBatch;

/// The rows of one input, as far as they have come.
#[derive(Debug, Default)]
pub(super) struct Sequence {
    /// The last that can match, as [`place`] has it.
    last: Option<(OwnedRow, bool, i128)>,
}

impl Sequence {
    /// Goes on with the rows from `first` on.
    ///
    /// # Errors
    /// Where one belongs before another that has come before it. Rows that match nothing may be anywhere.
    pub(super) fn follow(&mut self, rows: &KeyedBatch, first: usize) -> Result<()> {
        let last = self.last.take();
        let mut before = last.as_ref().map(|(key, near, time)| (key.row(), *near, *time));
        for row in (first..rows.len()).filter(|row| rows.is_live(*row)) {
            let next = place(rows, row);
            if before.is_some_and(|before| before > next) {
                return Err(Plain(
                    "rows do not come in the order that their table or file claims: correct its WITH ORDER, or set \
                     tieline.band_strategy = 'sorted'",
                )
                .into());
            }
            before = Some(next);
        }
        let last = before.map(|(key, near, time)| (key.owned(), near, time));
        self.last = last;
        Ok(())
    }
}

/// Where a row belongs: by its key, far rows first, and then by its time.
fn place(rows: &KeyedBatch, row: usize) -> (Row<'_>, bool, i128) {
    let near = !rows.is_far(row);
    let time = if near { rows.ends(row).0 } else { i128::MIN };
    (rows.keys.row(row), near, time)
}

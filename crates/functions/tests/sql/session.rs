//! A session with the functions, and answers as text.

use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::ArrayRef;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::error::Result;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};
use tieline_functions::{configure, is_address, to_text_array};

pub(crate) fn session() -> SessionContext {
    let config = SessionConfig::new().with_target_partitions(1);
    let builder = SessionStateBuilder::new()
        .with_config(config)
        .with_default_features();
    SessionContext::new_with_state(configure(builder).build())
}

/// The repository's root folder.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The rows of an answer as text, addresses as addresses; `NULL` for NULL and `(empty)` for the empty text.
pub(crate) async fn rows(context: &SessionContext, sql: &str) -> Result<Vec<Vec<String>>> {
    answer(context, sql).await.map(|(_, rows)| rows)
}

/// How many columns an answer has, and its rows as in [`rows`].
pub(crate) async fn answer(context: &SessionContext, sql: &str) -> Result<(usize, Vec<Vec<String>>)> {
    let mut rows = Vec::new();
    let options = FormatOptions::default().with_null("NULL");
    let frame = context.sql(sql).await?;
    let width = frame.schema().fields().len();
    for batch in frame.collect().await? {
        let schema = batch.schema();
        let mut columns = Vec::new();
        for (field, column) in schema.fields().iter().zip(batch.columns()) {
            if is_address(field) {
                columns.push(Arc::new(to_text_array(column)?) as ArrayRef);
            } else {
                columns.push(Arc::clone(column));
            }
        }
        let cells: Vec<ArrayFormatter<'_>> = columns
            .iter()
            .map(|column| ArrayFormatter::try_new(column.as_ref(), &options))
            .collect::<std::result::Result<_, _>>()?;
        for row in 0..batch.num_rows() {
            let text = |cell: &ArrayFormatter<'_>| match cell.value(row).to_string() {
                text if text.is_empty() => "(empty)".to_owned(),
                text => text,
            };
            rows.push(cells.iter().map(text).collect());
        }
    }
    Ok((width, rows))
}

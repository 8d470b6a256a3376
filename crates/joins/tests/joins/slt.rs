//! Runs `sql/tests/joins/*.slt`. Of EXPLAIN, an answer is the joins of the physical plan, a line each.

use std::path::PathBuf;

use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::error::DataFusionError;
use datafusion::physical_plan::displayable;
use datafusion::prelude::SessionContext;
use sqllogictest::{AsyncDB, DBOutput, DefaultColumnType, Runner};

use crate::session::session;

struct Database(SessionContext);

#[async_trait::async_trait]
impl AsyncDB for Database {
    type Error = DataFusionError;
    type ColumnType = DefaultColumnType;

    async fn run(&mut self, sql: &str) -> Result<DBOutput<DefaultColumnType>, DataFusionError> {
        if let Some(query) = sql.strip_prefix("EXPLAIN ") {
            let joins = joins_of(&self.0, query).await?;
            return Ok(DBOutput::Rows {
                types: vec![DefaultColumnType::Text],
                rows: joins.into_iter().map(|join| vec![join]).collect(),
            });
        }
        let frame = self.0.sql(sql).await?;
        let columns = frame.schema().fields().len();
        let mut rows = Vec::new();
        let options = FormatOptions::default().with_null("NULL");
        for batch in frame.collect().await? {
            let cells = batch
                .columns()
                .iter()
                .map(|column| ArrayFormatter::try_new(column.as_ref(), &options));
            let cells = cells.collect::<Result<Vec<_>, _>>()?;
            rows.extend(
                (0..batch.num_rows())
                    .map(|row| cells.iter().map(|cell| cell.value(row).to_string()).collect()),
            );
        }
        if columns == 0 {
            return Ok(DBOutput::StatementComplete(0));
        }
        Ok(DBOutput::Rows {
            types: vec![DefaultColumnType::Any; columns],
            rows,
        })
    }

    async fn shutdown(&mut self) {}
}

async fn joins_of(context: &SessionContext, query: &str) -> Result<Vec<String>, DataFusionError> {
    let plan = context.sql(query).await?.create_physical_plan().await?;
    let text = displayable(plan.as_ref()).indent(false).to_string();
    let joins = text
        .lines()
        .map(str::trim)
        .filter(|line| line.contains("JoinExec") || line.starts_with("Band"));
    Ok(joins.map(str::to_owned).collect())
}

fn files() -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../sql/tests/joins");
    let entries = std::fs::read_dir(folder).unwrap();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[tokio::test]
async fn every_file_passes() {
    let files = files();
    assert!(files.len() > 1);
    let mut failures = Vec::new();
    for file in files {
        let mut runner = Runner::new(|| async { Ok(Database(session(8192, 1))) });
        let outcome = runner.run_file_async(&file).await;
        failures.extend(outcome.err().map(|error| error.to_string()));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

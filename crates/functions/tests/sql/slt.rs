//! Runs `sql/tests/functions/*.slt`.

use std::collections::BTreeSet;

use datafusion::error::DataFusionError;
use datafusion::prelude::SessionContext;
use sqllogictest::{AsyncDB, DBOutput, DefaultColumnType, Runner};

use crate::session::{answer, root, session};

struct Database(SessionContext);

#[async_trait::async_trait]
impl AsyncDB for Database {
    type Error = DataFusionError;
    type ColumnType = DefaultColumnType;

    async fn run(&mut self, sql: &str) -> Result<DBOutput<DefaultColumnType>, DataFusionError> {
        let (columns, rows) = answer(&self.0, sql).await?;
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

fn files() -> Vec<std::path::PathBuf> {
    let folder = root().join("sql/tests/functions");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

#[tokio::test]
async fn every_file_passes() {
    let mut failures = Vec::new();
    for file in files() {
        let mut runner = Runner::new(|| async { Ok(Database(session())) });
        failures.extend(
            runner
                .run_file_async(&file)
                .await
                .err()
                .map(|error| error.to_string()),
        );
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_function_has_its_file_and_every_file_its_subject() {
    let names: BTreeSet<String> = tieline_functions::functions()
        .iter()
        .map(|function| function.name().to_owned())
        .collect();
    let stems: BTreeSet<String> = files()
        .iter()
        .map(|file| file.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    let missing: Vec<_> = names.difference(&stems).collect();
    assert!(
        missing.is_empty(),
        "without a file in sql/tests/functions: {missing:?}"
    );
    let others: Vec<_> = stems.difference(&names).collect();
    assert_eq!(
        others,
        ["address_literals", "duration_literals"],
        "files for no function"
    );
}

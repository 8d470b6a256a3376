//! Every query of `sql/tests/**/*.slt`. That the answers are right is tested where the files belong; here, that they are the
//! same.

use std::path::{Path, PathBuf};

use sqllogictest::{DefaultColumnType, QueryExpect, Record, StatementExpect, parse_file};

use crate::sent::{plan, rows, sent, session, worker};

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else if path.extension().is_some_and(|extension| extension == "slt") {
            files.push(path);
        }
    }
    files
}

/// Runs a file; returns how many of its queries went through the codec.
async fn run_file(file: &Path) -> usize {
    let context = session(2);
    let mut elsewhere = worker(&context);
    let mut queries = 0;
    for record in parse_file::<DefaultColumnType>(file).unwrap() {
        let (sql, fails) = match &record {
            Record::Statement { sql, expected, .. } => (sql, matches!(expected, StatementExpect::Error(_))),
            Record::Query { sql, expected, .. } => (sql, matches!(expected, QueryExpect::Error(_))),
            _ => continue,
        };
        if let Record::Statement { .. } = &record {
            let done = async { context.sql(sql).await?.collect().await }.await;
            assert_eq!(done.is_err(), fails, "{}: {sql}", file.display());
            // It may have been a setting.
            elsewhere = worker(&context);
            continue;
        }
        // What cannot be planned cannot be sent; what fails when it runs must fail elsewhere too.
        let Ok(here) = plan(&context, sql).await else {
            assert!(fails, "{}: {sql}", file.display());
            continue;
        };
        queries += 1;
        let answers = [
            rows(sent(&here, &elsewhere), &elsewhere).await,
            rows(here, &context).await,
        ];
        let [there, here] = answers.map(|answer| answer.map_err(|error| error.to_string()));
        assert_eq!(there, here, "{}: {sql}", file.display());
    }
    queries
}

#[tokio::test]
async fn every_query_answers_the_same_elsewhere() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../sql/tests");
    let files = files(&folder);
    assert!(files.len() > 20, "{} files", files.len());
    for file in files {
        assert!(run_file(&file).await > 0, "no query in {}", file.display());
    }
}

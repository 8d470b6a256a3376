//! Files with several row groups and pages, and how much of them a query reads.

use std::path::Path;

use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::prelude::SessionContext;

use crate::session::run;

/// Writes a query's rows in row groups of 10,000 and pages of exactly 1,000, and registers the file as a table.
pub(crate) async fn table(context: &SessionContext, folder: &Path, name: &str, query: &str) {
    let file = folder.join(format!("{name}.parquet"));
    let write = format!(
        "COPY ({query}) TO '{}' STORED AS PARQUET
         OPTIONS ('format.max_row_group_size' '10000', 'format.data_page_row_count_limit' '1000',
                  'format.write_batch_size' '8')",
        file.display()
    );
    let read = format!(
        "CREATE EXTERNAL TABLE {name} STORED AS PARQUET LOCATION '{}'",
        file.display()
    );
    for sql in [write, read] {
        run(context, &sql).await;
    }
}

/// What EXPLAIN ANALYZE says of the scan of a table: `<total> → <kept>` of a metric.
pub(crate) async fn pruned(context: &SessionContext, table: &str, sql: &str, metric: &str) -> (usize, usize) {
    let explain = context.sql(&format!("EXPLAIN ANALYZE {sql}")).await.unwrap();
    let text = pretty_format_batches(&explain.collect().await.unwrap())
        .unwrap()
        .to_string();
    let file = format!("{table}.parquet");
    let scan = text.lines().find(|line| line.contains(&file)).unwrap();
    let (_, figures) = scan.split_once(&format!("{metric}=")).unwrap();
    let mut numbers = figures
        .split(|letter: char| !letter.is_ascii_digit())
        .filter(|word| !word.is_empty());
    let mut number = || numbers.next().unwrap().parse().unwrap();
    (number(), number())
}

/// How many pages there are, and how many of them a query reads, by what skips the others.
pub(crate) enum Pages {
    /// One key at a time: of the pages of the row groups that are read.
    ByKey(usize, usize),
    /// Several keys together: of all pages.
    ByAreas(usize, usize),
}

/// How many row groups and pages of a table there are, and how many of them a query reads.
pub(crate) async fn assert_pruned(
    context: &SessionContext,
    table: &str,
    sql: &str,
    row_groups: (usize, usize),
    pages: Pages,
) {
    let pages = match pages {
        Pages::ByKey(all, read) => ("page_index_pages_pruned", (all, read)),
        Pages::ByAreas(all, read) => ("area_pages_pruned", (all, read)),
    };
    for (metric, expected) in [("row_groups_pruned_statistics", row_groups), pages] {
        let got = pruned(context, table, sql, metric).await;
        assert_eq!(got, expected, "{metric}: {sql}");
    }
}

//! Tables in CSV and JSON, which say nothing of themselves: the size of their files does.

use std::path::Path;
use std::sync::Arc;

use datafusion::execution::memory_pool::{FairSpillPool, MemoryPool};
use datafusion::prelude::SessionContext;

use crate::session::{answer, plan_of, run, session, session_with};

/// `large` and `small`, of that many rows, in files of a format.
async fn tables(context: &SessionContext, folder: &Path, format: &str, rows: [usize; 2]) {
    for (name, rows) in ["large", "small"].into_iter().zip(rows) {
        let file = folder.join(format!("{name}.{format}"));
        let file = file.display();
        let copy = format!(
            "COPY (SELECT value % 50 AS k, value AS x, concat('row ', value) AS name FROM generate_series(1, {rows})) TO '{file}' STORED AS {format}"
        );
        run(context, &copy).await;
        let create = format!("CREATE EXTERNAL TABLE {name} STORED AS {format} LOCATION '{file}'");
        run(context, &create).await;
    }
}

/// The smaller file is indexed, whichever side it is, and filtered or not.
#[tokio::test]
async fn the_smaller_file_is_indexed() {
    for format in ["csv", "json"] {
        let folder = tempfile::tempdir().unwrap();
        let context = session(1000, 2);
        tables(&context, folder.path(), format, [6_000, 900]).await;
        let band = "large.k = small.k AND large.x BETWEEN small.x - 60 AND small.x + 60";
        for (from, build) in [("large JOIN small", "right"), ("small JOIN large", "left")] {
            for filter in ["", "WHERE large.name <> 'row 7' AND small.name <> 'row 8'"] {
                let sql = format!("SELECT large.x, small.x FROM {from} ON {band} {filter}");
                run(&context, "SET tieline.band_strategy = 'hash'").await;
                let expected = answer(&context, "auto", &sql).await;
                run(&context, "SET tieline.band_strategy = 'auto'").await;
                let got = answer(&context, "auto", &sql).await;
                assert!(
                    got.plan.contains(&format!("build={build}")),
                    "{sql}: {}",
                    got.plan
                );
                assert!(got.plan.contains("about "), "{}", got.plan);
                assert_eq!(got.rows, expected.rows, "{sql}");
            }
        }
    }
}

/// What would not fit into memory is merged.
#[tokio::test]
async fn a_file_that_is_too_large_is_merged() {
    let folder = tempfile::tempdir().unwrap();
    let pool: Arc<dyn MemoryPool> = Arc::new(FairSpillPool::new(1 << 20));
    let context = session_with(1000, 2, pool);
    tables(&context, folder.path(), "csv", [60_000, 50_000]).await;
    let sql = "SELECT count(*) FROM large JOIN small ON large.k = small.k AND large.x BETWEEN small.x - 5 AND small.x + 5";
    let (_, text) = plan_of(&context, sql).await;
    assert!(
        text.contains("BandMergeExec") && text.contains("why=auto, an index would take about"),
        "{text}"
    );
}

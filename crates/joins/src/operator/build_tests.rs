use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Int32Array, RecordBatch, StringArray};
use datafusion::arrow::compute::concat_batches;
use datafusion::arrow::datatypes::Schema;
use datafusion::prelude::{SessionConfig, SessionContext};
use tokio::runtime::Builder;

use super::{one_batch, threads};

#[test]
fn an_index_is_built_on_no_more_threads_than_there_are_workers_or_partitions() {
    let context = |partitions| {
        let config = SessionConfig::new().with_target_partitions(partitions);
        SessionContext::new_with_config(config).task_ctx()
    };
    let workers = Builder::new_multi_thread().worker_threads(3).build().unwrap();
    let within = |partitions| workers.block_on(async { threads(&context(partitions)) });
    assert_eq!((within(2), within(8)), (2, 3));
    assert_eq!(threads(&context(5)), 5, "without a runtime");
}

#[test]
fn columns_that_are_made_side_by_side_are_the_rows_one_after_the_other() {
    let batch = |rows: std::ops::Range<i32>| {
        let numbers = |step| Arc::new(Int32Array::from_iter_values(rows.clone().map(|row| row * step)));
        let text = StringArray::from_iter_values(rows.clone().map(|row| row.to_string()));
        let columns: [(&str, ArrayRef); 4] = [
            ("a", numbers(1)),
            ("b", Arc::new(text)),
            ("c", numbers(2)),
            ("d", numbers(3)),
        ];
        RecordBatch::try_from_iter(columns).unwrap()
    };
    // Enough for four threads, and for none more than the caller's.
    for batches in [
        vec![batch(0..70_000), batch(0..1), batch(5..90_000)],
        vec![batch(0..9); 3],
    ] {
        let schema = batches[0].schema();
        for columns in 0..=4 {
            let some: Vec<usize> = (0..columns).collect();
            let batches = batches.iter().map(|batch| batch.project(&some).unwrap());
            let batches: Vec<RecordBatch> = batches.collect();
            let schema = Arc::new(schema.project(&some).unwrap());
            let expected = concat_batches(&schema, &batches).unwrap();
            for threads in 1..=5 {
                assert_eq!(one_batch(&schema, &batches, threads).unwrap(), expected);
            }
        }
    }
    let nothing = Arc::new(Schema::empty());
    assert_eq!(one_batch(&nothing, &[], 2).unwrap().num_rows(), 0);
}

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Int32Array, RecordBatch, StringArray};
use datafusion::arrow::compute::concat_batches;
use datafusion::arrow::datatypes::Schema;
use datafusion::common::Result;
use datafusion::common::exec_err;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::execution::memory_pool::{GreedyMemoryPool, MemoryConsumer, MemoryPool, MemoryReservation};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::prelude::{SessionConfig, SessionContext};
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use tokio::runtime::Builder;

use super::{collect, one_batch, threads};

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

/// A partition of batches that have a number each.
fn partition(batches: BoxStream<'static, Result<RecordBatch>>) -> SendableRecordBatchStream {
    let schema = numbered(0).schema();
    Box::pin(RecordBatchStreamAdapter::new(schema, batches))
}

fn numbered(number: i32) -> RecordBatch {
    let numbers: ArrayRef = Arc::new(Int32Array::from(vec![number; 1_000]));
    RecordBatch::try_from_iter([("n", numbers)]).unwrap()
}

fn reservation(pool: &Arc<dyn MemoryPool>) -> Arc<MemoryReservation> {
    Arc::new(MemoryConsumer::new("test").register(pool))
}

#[tokio::test]
async fn batches_come_in_the_order_of_their_partitions_and_are_counted() {
    let pool: Arc<dyn MemoryPool> = Arc::new(GreedyMemoryPool::new(10 << 20));
    let inputs = (0..40).map(|part| {
        // Those that come first take longest.
        let turns = stream::iter(0..40 - part).then(|_| tokio::task::yield_now());
        let batches = stream::iter([part, part + 100]).map(|number| Ok(numbered(number)));
        let batches = turns
            .map(|()| None)
            .chain(batches.map(Some))
            .filter_map(async |batch| batch);
        partition(batches.boxed())
    });
    let reservation = reservation(&pool);
    let batches = collect(inputs.collect(), &reservation, "nothing").await.unwrap();
    let expected: Vec<_> = (0..40)
        .flat_map(|part| [numbered(part), numbered(part + 100)])
        .collect();
    assert_eq!(batches, expected);
    let held: usize = expected
        .iter()
        .map(|batch| 2 * batch.get_array_memory_size())
        .sum();
    assert_eq!(reservation.size(), held);
}

#[tokio::test]
async fn an_error_waits_for_no_other_partition_and_leaves_nothing_held() {
    let endless = || stream::once(async { Ok(numbered(1)) }).chain(stream::pending());
    for (limit, last, expected) in [
        (10 << 20, exec_err!("broken"), "broken"),
        // Enough for what the others have.
        (
            50 * 9_000,
            Ok(numbered(2)),
            "raise datafusion.runtime.memory_limit",
        ),
    ] {
        let pool: Arc<dyn MemoryPool> = Arc::new(GreedyMemoryPool::new(limit));
        let mut inputs: Vec<_> = (0..49).map(|_| partition(endless().boxed())).collect();
        let turns = stream::iter(0..100).then(|_| tokio::task::yield_now());
        let last = turns
            .map(|()| None)
            .chain(stream::repeat_with(move || match &last {
                Ok(batch) => Some(Ok(batch.clone())),
                Err(_) => Some(exec_err!("broken")),
            }));
        inputs.push(partition(last.filter_map(async |batch| batch).boxed()));
        let reservation = reservation(&pool);
        let error = collect(inputs, &reservation, "nothing").await.unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
        assert_eq!(Arc::strong_count(&reservation), 1);
    }
}

#[tokio::test]
#[should_panic(expected = "in a partition")]
async fn a_panic_of_a_partition_goes_on() {
    let pool: Arc<dyn MemoryPool> = Arc::new(GreedyMemoryPool::new(10 << 20));
    let panics = stream::once(async { panic!("in a partition") });
    let inputs = vec![partition(stream::pending().boxed()), partition(panics.boxed())];
    let _ = collect(inputs, &reservation(&pool), "nothing").await;
}

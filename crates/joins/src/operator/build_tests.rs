use datafusion::prelude::{SessionConfig, SessionContext};
use tokio::runtime::Builder;

use super::threads;

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

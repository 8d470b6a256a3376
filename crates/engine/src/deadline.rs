//! A time limit on queries: the plan's root ends its stream when the time is up.
//!
//! The limit is on running, not on planning. An operator that does not yield runs on until it does, but nobody waits for it.

use std::fmt;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{Result, Statistics, resources_err};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::common::spawn_buffered;
use datafusion::physical_plan::execution_plan::CardinalityEffect;
use datafusion::physical_plan::statistics::{ChildStats, StatisticsArgs};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    ChildrenPropertiesMode, DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties,
    ReplaceChildrenOptions,
};
use futures::StreamExt;
use futures::channel::oneshot;

/// How many batches the input may be ahead of who reads them.
const BATCHES_AHEAD: usize = 2;

/// Puts a [`DeadlineExec`] above every plan.
#[derive(Debug)]
pub(crate) struct LimitTime {
    limit: Duration,
}

impl LimitTime {
    pub(crate) fn new(limit: Duration) -> Self {
        Self { limit }
    }
}

impl PhysicalOptimizerRule for LimitTime {
    fn optimize(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        _config: &ConfigOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(Arc::new(DeadlineExec {
            input: plan,
            limit: self.limit,
        }))
    }

    fn name(&self) -> &str {
        "limit_time"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// Passes its input through until the time limit, counted from the start of each partition.
#[derive(Debug)]
struct DeadlineExec {
    input: Arc<dyn ExecutionPlan>,
    limit: Duration,
}

/// Whether a plan ends by itself when its time is up.
pub(crate) fn is_limited(plan: &Arc<dyn ExecutionPlan>) -> bool {
    plan.downcast_ref::<DeadlineExec>().is_some()
}

impl DisplayAs for DeadlineExec {
    fn fmt_as(&self, _format: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeadlineExec: limit={}s", self.limit.as_secs_f64())
    }
}

impl ExecutionPlan for DeadlineExec {
    fn name(&self) -> &str {
        "DeadlineExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.input.properties()
    }

    fn maintains_input_order(&self) -> Vec<bool> {
        vec![true]
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn apply_expressions(
        &self,
        _visit: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn replace_children(
        self: Arc<Self>,
        mut children: Vec<Arc<dyn ExecutionPlan>>,
        _options: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(Arc::new(Self {
            input: children.swap_remove(0),
            limit: self.limit,
        }))
    }

    fn with_new_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        self.replace_children(
            children,
            ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute),
        )
    }

    fn cardinality_effect(&self) -> CardinalityEffect {
        CardinalityEffect::Equal
    }

    fn child_stats_requests(&self, partition: Option<usize>) -> Vec<ChildStats> {
        vec![ChildStats::At(partition)]
    }

    /// Those of the input: the order of joins is decided by them.
    fn statistics_from_inputs(
        &self,
        inputs: &[Arc<Statistics>],
        _args: &StatisticsArgs,
    ) -> Result<Arc<Statistics>> {
        Ok(inputs
            .first()
            .map_or_else(|| Arc::new(Statistics::new_unknown(&self.schema())), Arc::clone))
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let input = self.input.execute(partition, context)?;
        until(input, self.limit, self.schema())
    }
}

/// The stream, ended by an error once `limit` has passed.
///
/// The input runs as a task and the time in a thread of its own: the runtime looks at its clock only when one of its threads has nothing to
/// do, and an operator that does not yield may hold them all.
fn until(
    input: SendableRecordBatchStream,
    limit: Duration,
    schema: SchemaRef,
) -> Result<SendableRecordBatchStream> {
    let (is_up, deadline) = oneshot::channel();
    let (running, ended) = mpsc::channel::<()>();
    let wait = move || {
        // Nothing is ever sent: it ends early when the stream is dropped.
        if ended.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
            // Nobody waits any more where the stream has ended meanwhile.
            let _ = is_up.send(());
        }
    };
    thread::Builder::new().name("deadline".into()).spawn(wait)?;
    let state = Some((spawn_buffered(input, BATCHES_AHEAD), deadline, running));
    let stream = futures::stream::unfold(state, move |state| async move {
        let (mut input, mut deadline, running) = state?;
        tokio::select! {
            biased;
            _ = &mut deadline => {
                Some((resources_err!("the time limit of {} s is reached", limit.as_secs_f64()), None))
            }
            batch = input.next() => batch.map(|batch| (batch, Some((input, deadline, running)))),
        }
    });
    Ok(Box::pin(RecordBatchStreamAdapter::new(schema, stream)))
}

//! A time limit on queries: a step of planning ends when the time is up, and so does the stream of the plan's root. Each has the time anew.
//!
//! A planner's rule or an operator that does not yield runs on until it does, but nobody waits for it.

use std::fmt;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{Result, Statistics};
use datafusion::error::DataFusionError;
use datafusion::execution::{SendableRecordBatchStream, SessionState, TaskContext};
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
use tokio::runtime::Handle;

/// The stack on which statements are planned: a condition of thousands of parts is nested as deeply, and DataFusion goes through it by
/// functions that call themselves. Only what is used of it is taken from memory.
pub const PLANNING_STACK_BYTES: usize = 512 << 20;

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

/// The stream, ended by an error once `limit` has passed; the input runs as a task.
fn until(
    input: SendableRecordBatchStream,
    limit: Duration,
    schema: SchemaRef,
) -> Result<SendableRecordBatchStream> {
    let state = Some((spawn_buffered(input, BATCHES_AHEAD), Clock::start(limit)?));
    let stream = futures::stream::unfold(state, move |state| async move {
        let (mut input, mut clock) = state?;
        tokio::select! {
            biased;
            _ = &mut clock.is_up => Some((Err(is_reached(limit)), None)),
            batch = input.next() => batch.map(|batch| (batch, Some((input, clock)))),
        }
    });
    Ok(Box::pin(RecordBatchStreamAdapter::new(schema, stream)))
}

/// The time limit of a session, for what comes before a plan.
pub(crate) struct TimeLimit(pub(crate) Duration);

/// Does what plans a statement; an error once the session's time limit has passed.
///
/// DataFusion plans without a pause: it does so in a thread of its own, which ends when it is done.
pub(crate) async fn in_time<T, E>(
    state: &SessionState,
    planning: impl Future<Output = Result<T, E>> + Send + 'static,
) -> Result<T, E>
where
    T: Send + 'static,
    E: From<DataFusionError> + Send + 'static,
{
    let limit = state.config().get_extension::<TimeLimit>();
    let (Some(limit), Ok(runtime)) = (limit, Handle::try_current()) else {
        return planning.await;
    };
    let mut clock = Clock::start(limit.0)?;
    let (done, planned) = oneshot::channel();
    let thread = thread::Builder::new()
        .name("planning".into())
        .stack_size(PLANNING_STACK_BYTES)
        // Nobody waits any more where the time is up.
        .spawn(move || done.send(runtime.block_on(planning)).is_ok())
        .map_err(DataFusionError::from)?;
    tokio::select! {
        biased;
        planned = planned => match planned {
            Ok(planned) => planned,
            // A panic there is one here.
            Err(_) => match thread.join() {
                Err(panic) => resume_unwind(panic),
                Ok(_) => Err(DataFusionError::Internal("a statement was not planned".into()).into()),
            },
        },
        _ = &mut clock.is_up => Err(is_reached(limit.0).into()),
    }
}

/// What tells when a time has passed, in a thread of its own: the runtime looks at its clock only when one of its threads has nothing to
/// do, and an operator that does not yield may hold them all.
struct Clock {
    is_up: oneshot::Receiver<()>,
    /// Nothing is ever sent: the thread ends early when this is dropped.
    _running: mpsc::Sender<()>,
}

impl Clock {
    fn start(limit: Duration) -> Result<Self> {
        let (up, is_up) = oneshot::channel();
        let (running, ended) = mpsc::channel::<()>();
        let wait = move || {
            if ended.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
                // Nobody waits any more where the work has ended meanwhile.
                let _ = up.send(());
            }
        };
        thread::Builder::new().name("deadline".into()).spawn(wait)?;
        Ok(Self {
            is_up,
            _running: running,
        })
    }
}

fn is_reached(limit: Duration) -> DataFusionError {
    DataFusionError::ResourcesExhausted(format!("the time limit of {} s is reached", limit.as_secs_f64()))
}

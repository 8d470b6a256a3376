//! Conditions on a count of seconds as a moment: `to_timestamp_millis(column)` is the cast that it stands for.
//!
//! Telemetry often comes with a number of milliseconds. A cast of one says what the function hides: that it never fails, and in which unit
//! it counts. By that a join over a band of times is recognised, and a scan told what to skip. Of texts, floating-point numbers and
//! decimals, which are read or rounded, the function stays; so do names of columns, for conditions have none. `arrow_cast` to a timestamp
//! is a cast of whatever it is of.

use datafusion::arrow::datatypes::{DataType, TimeUnit};
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{DFSchema, Result};
use datafusion::functions::core::arrow_cast::ArrowCastFunc;
use datafusion::functions::datetime::from_unixtime::FromUnixtimeFunc;
use datafusion::functions::datetime::to_timestamp::{
    ToTimestampFunc, ToTimestampMicrosFunc, ToTimestampMillisFunc, ToTimestampNanosFunc,
    ToTimestampSecondsFunc,
};
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::utils::merge_schema;
use datafusion::logical_expr::{Expr, ExprSchemable, LogicalPlan, cast};
use datafusion::optimizer::{ApplyOrder, OptimizerConfig, OptimizerRule};

use crate::conditions::condition;

/// Rewrites the conditions of filters and joins.
#[derive(Debug)]
pub(crate) struct EpochConditions;

impl OptimizerRule for EpochConditions {
    fn name(&self) -> &str {
        "epoch_conditions"
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        Some(ApplyOrder::BottomUp)
    }

    fn rewrite(
        &self,
        mut plan: LogicalPlan,
        _config: &dyn OptimizerConfig,
    ) -> Result<Transformed<LogicalPlan>> {
        // Asked first: nearly no condition has one, and types take time to find.
        let is_call = |expr: &Expr| Ok(matches!(expr, Expr::ScalarFunction(call) if may_be_a_cast(call)));
        if !condition(&mut plan).is_some_and(|condition| condition.exists(is_call).unwrap_or_default()) {
            return Ok(Transformed::no(plan));
        }
        let schema = merge_schema(&plan.inputs());
        let Some(condition) = condition(&mut plan) else {
            return Ok(Transformed::no(plan));
        };
        let rewritten = std::mem::take(condition).transform_up(|expr| as_cast(expr, &schema))?;
        *condition = rewritten.data;
        Ok(Transformed::new_transformed(plan, rewritten.transformed))
    }
}

/// Whether a function casts its first argument, if that is a count and the result a moment.
fn may_be_a_cast(call: &ScalarFunction) -> bool {
    let function = call.func.inner();
    let is_one = function.is::<ToTimestampFunc>()
        || function.is::<ToTimestampSecondsFunc>()
        || function.is::<ToTimestampMillisFunc>()
        || function.is::<ToTimestampMicrosFunc>()
        || function.is::<ToTimestampNanosFunc>()
        || function.is::<FromUnixtimeFunc>();
    (is_one && call.args.len() == 1) || function.is::<ArrowCastFunc>()
}

/// What DataFusion 55.2 computes of an integer, and of a timestamp.
fn as_cast(expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    let Expr::ScalarFunction(call) = &expr else {
        return Ok(Transformed::no(expr));
    };
    let Some(value) = call.args.first().filter(|_| may_be_a_cast(call)) else {
        return Ok(Transformed::no(expr));
    };
    let moment = expr.get_type(schema)?;
    if call.func.inner().is::<ArrowCastFunc>() {
        // DataFusion makes it a cast as well, where it is too late for `moment_literals`; of a constant, which may have none, in time.
        let is_needed = matches!(moment, DataType::Timestamp(..)) && !value.column_refs().is_empty();
        let moment = is_needed.then(|| cast(value.clone(), moment));
        return Ok(moment.map_or_else(|| Transformed::no(expr), Transformed::yes));
    }
    if !matches!(moment, DataType::Timestamp(_, None)) {
        // In the zone that a session is set to; a count would be moved by it, and DataFusion 55.2 takes such casts away (#25095).
        return Ok(Transformed::no(expr));
    }
    let moment = match value.get_type(schema)? {
        // Whole seconds, as nanoseconds.
        integer if integer.is_integer() && call.func.inner().is::<ToTimestampFunc>() => {
            let seconds = cast(value.clone(), DataType::Timestamp(TimeUnit::Second, None));
            cast(seconds, moment)
        }
        integer if integer.is_integer() => cast(value.clone(), moment),
        DataType::Timestamp(..) => cast(value.clone(), moment),
        _ => return Ok(Transformed::no(expr)),
    };
    Ok(Transformed::yes(moment))
}

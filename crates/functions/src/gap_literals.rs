//! `time_gap` compared with an interval: the interval is read as seconds.
//!
//! A gap is a number of seconds, and DataFusion compares no number with an interval. A length of time that is written out is as good
//! a number, unless it has months, which have no length: that stays a planning error. A day has 24 hours.

use datafusion::common::{DFSchema, Result, ScalarValue};
use datafusion::logical_expr::planner::{ExprPlanner, PlannerResult, RawBinaryExpr};
use datafusion::logical_expr::{Expr, lit};

use crate::address_literals::is_comparison;
use crate::time_gap;

const NANOSECONDS_PER_DAY: i128 = 86_400 * 1_000_000_000;

/// Compares `time_gap` with intervals in the binary operators of SQL.
#[derive(Debug)]
pub(crate) struct GapLiteralPlanner;

impl ExprPlanner for GapLiteralPlanner {
    fn plan_binary_op(
        &self,
        mut expr: RawBinaryExpr,
        _schema: &DFSchema,
    ) -> Result<PlannerResult<RawBinaryExpr>> {
        if is_comparison(&expr.op) {
            as_seconds(&expr.left, &mut expr.right);
            as_seconds(&expr.right, &mut expr.left);
        }
        // The operator itself is left to DataFusion.
        Ok(PlannerResult::Original(expr))
    }
}

/// Makes a number of an interval that a gap is compared with.
fn as_seconds(gap: &Expr, interval: &mut Expr) {
    let is_gap = matches!(gap, Expr::ScalarFunction(call) if call.name() == time_gap::NAME);
    let seconds = match interval {
        Expr::Literal(ScalarValue::IntervalMonthDayNano(Some(length)), _) if is_gap && length.months == 0 => {
            i128::from(length.days) * NANOSECONDS_PER_DAY + i128::from(length.nanoseconds)
        }
        _ => return,
    };
    let sign = if seconds < 0 { -1.0 } else { 1.0 };
    *interval = lit(sign * time_gap::gap_seconds(seconds.unsigned_abs(), 1));
}

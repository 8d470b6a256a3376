//! A difference of two times compared with an interval that is written out: a day of it has 24 hours.
//!
//! DataFusion 55.2 makes an interval of the difference, all in nanoseconds, and compares intervals by their months, then their days, then
//! the rest: of two moments a year apart it says that they are less than a day apart, as of any two. A length of time in days is as good
//! in hours. Months have no length, as beside `time_gap`: that is a planning error.

use datafusion::arrow::datatypes::{DataType, IntervalMonthDayNano};
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::Transformed;
use datafusion::common::{DFSchema, Result, ScalarValue, plan_err};
use datafusion::logical_expr::expr::Between;
use datafusion::logical_expr::{BinaryExpr, Expr, ExprSchemable, LogicalPlan};
use datafusion::optimizer::AnalyzerRule;

use crate::address_literals::{compares, rewrite_expressions};

const NANOSECONDS_PER_DAY: i64 = 86_400 * 1_000_000_000;

/// Reads the days of intervals that differences are compared with as hours.
#[derive(Debug)]
pub(crate) struct DurationLiterals;

impl AnalyzerRule for DurationLiterals {
    fn name(&self) -> &str {
        "duration_literals"
    }

    fn analyze(&self, plan: LogicalPlan, _config: &ConfigOptions) -> Result<LogicalPlan> {
        plan.transform_up_with_subqueries(|plan| {
            rewrite_expressions(plan, rewrite_expr, |plan, _| Ok(Transformed::no(plan)))
        })
        .map(|transformed| transformed.data)
    }
}

fn rewrite_expr(mut expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    let changed = match &mut expr {
        Expr::BinaryExpr(BinaryExpr { left, op, right }) if compares(*op) => {
            in_hours(&mut [left.as_mut(), right.as_mut()], schema)?
        }
        Expr::Between(Between { expr, low, high, .. }) => {
            in_hours(&mut [expr.as_mut(), low.as_mut(), high.as_mut()], schema)?
        }
        _ => false,
    };
    Ok(Transformed::new_transformed(expr, changed))
}

/// Makes hours of the days of intervals that are compared with a difference; whether there were any.
fn in_hours(compared: &mut [&mut Expr], schema: &DFSchema) -> Result<bool> {
    // Asked first: nearly no comparison has one, and types take time to find.
    if !compared.iter_mut().any(|expr| interval(expr).is_some()) {
        return Ok(false);
    }
    let is_difference = |expr: &Expr| matches!(expr.get_type(schema), Ok(DataType::Duration(_)));
    if !compared.iter().any(|expr| is_difference(expr)) {
        return Ok(false);
    }
    let mut changed = false;
    for length in compared.iter_mut().filter_map(|expr| interval(expr)) {
        if length.months != 0 {
            return plan_err!(
                "a difference of times is compared with months, which have no one length: write days, or add the months to a time"
            );
        }
        let days = i64::from(length.days).checked_mul(NANOSECONDS_PER_DAY);
        match days.and_then(|days| days.checked_add(length.nanoseconds)) {
            Some(nanoseconds) => *length = IntervalMonthDayNano::new(0, 0, nanoseconds),
            None => return plan_err!("a difference of times is compared with more than 292 years"),
        }
        changed = true;
    }
    Ok(changed)
}

/// The interval that an expression is, written out, or the negative of one.
fn interval(expr: &mut Expr) -> Option<&mut IntervalMonthDayNano> {
    match expr {
        Expr::Literal(ScalarValue::IntervalMonthDayNano(Some(length)), _) => Some(length),
        Expr::Negative(inner) => interval(inner),
        _ => None,
    }
}

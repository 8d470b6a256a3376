//! A time compared with a moment that its unit has no count for: the comparison is one with the count before it.
//!
//! `at < TIMESTAMP '2026-01-01T23:59:59.999'`, of a column of seconds, is `CAST(at AS Timestamp(ns)) < …`. DataFusion 55.2 takes the cast
//! away and cuts the moment off to whole seconds, which leaves the last second of the day out. Rewritten before it does, to
//! `at <= TIMESTAMP '2026-01-01T23:59:59'`, the comparison is exact, and a scan is told as much.

use datafusion::arrow::datatypes::{DataType, TimeUnit};
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{DFSchema, Result, ScalarValue};
use datafusion::logical_expr::expr::{Between, InList};
use datafusion::logical_expr::simplify::SimplifyContext;
use datafusion::logical_expr::{
    BinaryExpr, Cast, Expr, ExprSchemable, LogicalPlan, Operator, TryCast, cast, lit,
};
use datafusion::optimizer::simplify_expressions::ExprSimplifier;
use datafusion::optimizer::{ApplyOrder, OptimizerConfig, OptimizerRule};

use crate::address_literals::{compares, rewrite_expressions};
use crate::utc::is_utc;

/// Rewrites every comparison, in conditions and elsewhere.
#[derive(Debug)]
pub(crate) struct MomentLiterals;

impl OptimizerRule for MomentLiterals {
    fn name(&self) -> &str {
        "moment_literals"
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        Some(ApplyOrder::BottomUp)
    }

    fn rewrite(&self, plan: LogicalPlan, config: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        // Asked first: nearly no plan has one.
        let mut has_one = false;
        plan.apply_expressions(|expr| {
            has_one |= expr.exists(|expr| Ok(finer_side(expr).is_some()))?;
            Ok(TreeNodeRecursion::Continue)
        })?;
        if !has_one {
            return Ok(Transformed::no(plan));
        }
        let known = SimplifyContext::builder()
            .with_config_options(config.options())
            .with_query_execution_start_time(config.query_execution_start_time())
            .build();
        let constants = ExprSimplifier::new(known);
        rewrite_expressions(
            plan,
            |expr, schema| rewrite_expr(expr, schema, &constants),
            |plan, _| Ok(Transformed::no(plan)),
        )
    }
}

/// The cast to a timestamp that an expression compares, if it does.
fn finer_side(expr: &Expr) -> Option<&Expr> {
    let is_cast = |expr: &&Expr| matches!(cast_of(expr), Some((_, DataType::Timestamp(..))));
    match expr {
        Expr::BinaryExpr(BinaryExpr { left, op, right }) if compares(*op) => {
            [left.as_ref(), right.as_ref()].into_iter().find(is_cast)
        }
        Expr::Between(Between { expr, .. }) | Expr::InList(InList { expr, .. }) => {
            Some(expr.as_ref()).filter(is_cast)
        }
        _ => None,
    }
}

/// What a cast is of, and to which type.
fn cast_of(expr: &Expr) -> Option<(&Expr, &DataType)> {
    match expr {
        Expr::Cast(Cast { expr, field }) | Expr::TryCast(TryCast { expr, field }) => {
            Some((expr.as_ref(), field.data_type()))
        }
        _ => None,
    }
}

fn rewrite_expr(expr: Expr, schema: &DFSchema, constants: &ExprSimplifier) -> Result<Transformed<Expr>> {
    if finer_side(&expr).is_none() {
        return Ok(Transformed::no(expr));
    }
    let rewritten = match &expr {
        Expr::BinaryExpr(BinaryExpr { left, op, right }) => compared(left, *op, right, schema, constants)?,
        Expr::Between(between) => {
            let Between {
                expr: time,
                low,
                high,
                ..
            } = between;
            let least = compared(time, Operator::GtEq, low, schema, constants)?;
            let most = compared(time, Operator::LtEq, high, schema, constants)?;
            let is_exact = least.is_none() && most.is_none();
            let least = least.unwrap_or_else(|| time.as_ref().clone().gt_eq(low.as_ref().clone()));
            let most = most.unwrap_or_else(|| time.as_ref().clone().lt_eq(high.as_ref().clone()));
            (!is_exact).then(|| negated(least.and(most), between.negated))
        }
        Expr::InList(list) => in_list(list, schema, constants)?,
        _ => None,
    };
    Ok(match rewritten {
        Some(rewritten) => Transformed::yes(rewritten),
        None => Transformed::no(expr),
    })
}

fn negated(expr: Expr, is_negated: bool) -> Expr {
    if is_negated { !expr } else { expr }
}

/// The comparison, where one side is a moment between two counts of the other.
fn compared(
    left: &Expr,
    op: Operator,
    right: &Expr,
    schema: &DFSchema,
    constants: &ExprSimplifier,
) -> Result<Option<Expr>> {
    if let Some(coarse) = Coarse::of(left, right, schema, constants)? {
        return Ok(Some(coarse.compared(op)));
    }
    let swapped = op.swap().zip(Coarse::of(right, left, schema, constants)?);
    Ok(swapped.map(|(op, coarse)| coarse.compared(op)))
}

/// Without the moments between two counts, none of which is any time.
fn in_list(list: &InList, schema: &DFSchema, constants: &ExprSimplifier) -> Result<Option<Expr>> {
    let (mut others, mut between) = (Vec::new(), None);
    for moment in &list.list {
        match Coarse::of(&list.expr, moment, schema, constants)? {
            Some(coarse) => between = Some(coarse),
            None => others.push(moment.clone()),
        }
    }
    let Some(between) = between else {
        return Ok(None);
    };
    let rest = match others.is_empty() {
        true => return Ok(Some(negated(between.compared(Operator::Eq), list.negated))),
        false => InList::new(list.expr.clone(), others, list.negated),
    };
    Ok(Some(Expr::InList(rest)))
}

/// A time, and the count before the moment that it is compared with.
struct Coarse {
    time: Expr,
    before: Expr,
}

impl Coarse {
    /// `None` where the first is no cast to a finer unit, or the second no moment that is known and between two counts.
    fn of(
        finer: &Expr,
        moment: &Expr,
        schema: &DFSchema,
        constants: &ExprSimplifier,
    ) -> Result<Option<Self>> {
        // Whatever it is, it is one for all rows.
        let is_one = moment.column_refs().is_empty() && !moment.is_volatile();
        let (Some((_, DataType::Timestamp(finest, _))), true) = (cast_of(finer), is_one) else {
            return Ok(None);
        };
        let mut fine = *finest;
        // What fails may never be asked for, and is left to DataFusion.
        let Ok(Expr::Literal(value, _)) = constants.simplify(moment.clone()) else {
            return Ok(None);
        };
        let in_finest = value.cast_to(&finer.get_type(schema)?);
        let Ok(ScalarValue::Int64(Some(mut count))) =
            in_finest.and_then(|value| value.cast_to(&DataType::Int64))
        else {
            return Ok(None);
        };
        // Of casts within casts each may be taken away, and cut off what the one before it has left.
        let (mut casts, mut coarse) = (finer, None);
        while let Some((time, DataType::Timestamp(_, in_zone))) = cast_of(casts) {
            let DataType::Timestamp(unit, zone) = time.get_type(schema)? else {
                break;
            };
            let is_moved = zone.is_none() && in_zone.as_ref().is_some_and(|zone| !is_utc(zone));
            if unit > fine || is_moved {
                break;
            }
            let units = per_second(fine) / per_second(unit);
            let is_between = count % units != 0;
            (casts, fine, count) = (time, unit, count.div_euclid(units));
            if is_between || coarse.is_some() {
                let moment = DataType::Timestamp(unit, in_zone.clone());
                coarse = Some(Self {
                    before: lit(ScalarValue::Int64(Some(count)).cast_to(&moment)?),
                    time: match zone == *in_zone {
                        true => time.clone(),
                        false => cast(time.clone(), moment),
                    },
                });
            }
        }
        Ok(coarse)
    }

    fn compared(self, op: Operator) -> Expr {
        let Self { time, before } = self;
        let null = lit(ScalarValue::Boolean(None));
        match op {
            Operator::Gt | Operator::GtEq => time.gt(before),
            Operator::Lt | Operator::LtEq => time.lt_eq(before),
            Operator::IsNotDistinctFrom => lit(false),
            Operator::IsDistinctFrom => lit(true),
            // No time is that moment, and of a NULL nobody knows.
            Operator::Eq => time.is_null().and(null),
            _ => time.is_not_null().or(null),
        }
    }
}

fn per_second(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Second => 1,
        TimeUnit::Millisecond => 1_000,
        TimeUnit::Microsecond => 1_000_000,
        TimeUnit::Nanosecond => 1_000_000_000,
    }
}

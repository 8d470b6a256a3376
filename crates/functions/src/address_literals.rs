//! Addresses compared with text, and ordered in windows: the text is read as an address.
//!
//! `ip = '203.0.113.7'` compares 16 bytes with text, which DataFusion refuses. Wherever one side of a comparison is an
//! address and the other text, the text is wrapped in `ip()`. A select list is typed while it is planned, so an
//! [`ExprPlanner`] does it there; an [`AnalyzerRule`] does it for everything that is no binary operator
//! (`BETWEEN`, `IN`, `CASE`), for joins and for plans built without SQL. Both share [`as_addresses`].

use std::sync::{Arc, LazyLock};

use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{Column, DFSchema, ExprSchema, Result};
use datafusion::logical_expr::expr::{Between, Case, InList, InSubquery, WindowFunction};
use datafusion::logical_expr::expr_rewriter::NamePreserver;
use datafusion::logical_expr::planner::{ExprPlanner, PlannerResult, RawBinaryExpr};
use datafusion::logical_expr::utils::merge_schema;
use datafusion::logical_expr::{
    BinaryExpr, Expr, ExprSchemable, LogicalPlan, LogicalPlanBuilder, Operator, ScalarUDF, Subquery,
    WindowFrame, WindowFrameBound, WindowFrameUnits,
};
use datafusion::optimizer::AnalyzerRule;
use datafusion::sql::sqlparser::ast::BinaryOperator;

use crate::address::{check_address_literal, is_address};
use crate::column::is_text;

static IP: LazyLock<Arc<ScalarUDF>> = LazyLock::new(|| Arc::new(crate::ip::ip()));

/// Compares addresses with text in the binary operators of SQL.
#[derive(Debug)]
pub(crate) struct AddressLiteralPlanner;

impl ExprPlanner for AddressLiteralPlanner {
    fn plan_binary_op(
        &self,
        mut expr: RawBinaryExpr,
        schema: &DFSchema,
    ) -> Result<PlannerResult<RawBinaryExpr>> {
        if is_comparison(&expr.op) {
            as_addresses([&mut expr.left, &mut expr.right], schema)?;
        }
        // The operator itself is left to DataFusion.
        Ok(PlannerResult::Original(expr))
    }
}

/// Whether an operator of SQL compares its two sides.
pub(crate) const fn is_comparison(op: &BinaryOperator) -> bool {
    matches!(
        op,
        BinaryOperator::Eq
            | BinaryOperator::NotEq
            | BinaryOperator::Lt
            | BinaryOperator::LtEq
            | BinaryOperator::Gt
            | BinaryOperator::GtEq
            | BinaryOperator::Spaceship
    )
}

/// Compares addresses with text everywhere else.
#[derive(Debug)]
pub(crate) struct AddressLiterals;

impl AnalyzerRule for AddressLiterals {
    fn name(&self) -> &str {
        "address_literals"
    }

    fn analyze(&self, plan: LogicalPlan, _config: &ConfigOptions) -> Result<LogicalPlan> {
        plan.transform_up_with_subqueries(|plan| rewrite_expressions(plan, rewrite_expr, rewrite_join_keys))
            .map(|transformed| transformed.data)
    }
}

/// A plan with its expressions rewritten, and then itself; each is told the columns that it is over.
pub(crate) fn rewrite_expressions(
    plan: LogicalPlan,
    rewrite_expr: impl Fn(Expr, &DFSchema) -> Result<Transformed<Expr>>,
    rewrite_plan: impl FnOnce(LogicalPlan, &DFSchema) -> Result<Transformed<LogicalPlan>>,
) -> Result<Transformed<LogicalPlan>> {
    let mut schema = merge_schema(&plan.inputs());
    if let LogicalPlan::TableScan(scan) = &plan {
        let source = DFSchema::try_from_qualified_schema(scan.table_name.clone(), &scan.source.schema())?;
        schema.merge(&source);
    }
    let names = NamePreserver::new(&plan);
    let rewritten = plan
        .map_expressions(|expr| {
            let name = names.save(&expr);
            let rewritten = expr.transform_up(|expr| rewrite_expr(expr, &schema))?;
            Ok(rewritten.update_data(|expr| name.restore(expr)))
        })?
        .transform_data(|plan| rewrite_plan(plan, &schema))?;
    if rewritten.transformed {
        rewritten.map_data(LogicalPlan::recompute_schema)
    } else {
        Ok(rewritten)
    }
}

/// Equal keys of a join stand in pairs, not in an expression.
fn rewrite_join_keys(plan: LogicalPlan, schema: &DFSchema) -> Result<Transformed<LogicalPlan>> {
    let LogicalPlan::Join(mut join) = plan else {
        return Ok(Transformed::no(plan));
    };
    let mut changed = false;
    for (left, right) in &mut join.on {
        changed |= as_addresses([left, right], schema)?;
    }
    Ok(Transformed::new_transformed(LogicalPlan::Join(join), changed))
}

fn rewrite_expr(mut expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    let changed = match &mut expr {
        Expr::BinaryExpr(BinaryExpr { left, op, right }) if compares(*op) => {
            as_addresses([left.as_mut(), right.as_mut()], schema)?
        }
        Expr::Between(Between { expr, low, high, .. }) => {
            as_addresses([expr.as_mut(), low.as_mut(), high.as_mut()], schema)?
        }
        Expr::InList(InList { expr, list, .. }) => {
            as_addresses(std::iter::once(expr.as_mut()).chain(list), schema)?
        }
        Expr::Case(case) => rewrite_simple_case(case, schema)?,
        Expr::InSubquery(in_subquery) => rewrite_in_subquery(in_subquery, schema)?,
        Expr::WindowFunction(window) => rewrite_frame(window, schema),
        _ => false,
    };
    Ok(Transformed::new_transformed(expr, changed))
}

/// `OVER (ORDER BY ip)` means `RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW`. DataFusion adds and subtracts in a range,
/// which addresses do not allow; between these bounds `GROUPS` takes the same rows and needs no sum.
fn rewrite_frame(window: &mut WindowFunction, schema: &DFSchema) -> bool {
    let frame = &window.params.window_frame;
    let plain = |bound: &WindowFrameBound| bound.is_unbounded() || *bound == WindowFrameBound::CurrentRow;
    let by_address = window.params.order_by.iter().any(|sort| {
        let field = sort.expr.to_field(schema);
        field.is_ok_and(|(_, field)| is_address(&field))
    });
    let changes = frame.units == WindowFrameUnits::Range
        && by_address
        && plain(&frame.start_bound)
        && plain(&frame.end_bound);
    if changes {
        let bounds = (frame.start_bound.clone(), frame.end_bound.clone());
        window.params.window_frame = WindowFrame::new_bounds(WindowFrameUnits::Groups, bounds.0, bounds.1);
    }
    changes
}

pub(crate) fn compares(operator: Operator) -> bool {
    matches!(
        operator,
        Operator::Eq
            | Operator::NotEq
            | Operator::Lt
            | Operator::LtEq
            | Operator::Gt
            | Operator::GtEq
            | Operator::IsDistinctFrom
            | Operator::IsNotDistinctFrom
    )
}

/// `CASE ip WHEN '203.0.113.7' THEN …` becomes `CASE WHEN ip = ip('203.0.113.7') THEN …`.
///
/// Workaround: DataFusion 55.2 plans a `CASE` of literal `FixedSizeBinary` values as a look-up table, and panics while
/// it makes it (`bytes_like_lookup_table.rs` reads the literals as `LargeBinary`). A `CASE` of conditions has no table.
/// **Removal:** once `a_case_over_fixed_size_binary_panics` in the tests fails.
fn rewrite_simple_case(case: &mut Case, schema: &DFSchema) -> Result<bool> {
    let Some(mut compared) = case.expr.take() else {
        return Ok(false);
    };
    let whens = case.when_then_expr.iter_mut().map(|(when, _)| when.as_mut());
    as_addresses(std::iter::once(compared.as_mut()).chain(whens), schema)?;
    if kind(&compared, schema) != Kind::Address {
        case.expr = Some(compared);
        return Ok(false);
    }
    for (when, _) in &mut case.when_then_expr {
        let value = std::mem::take(when.as_mut());
        **when = compared.as_ref().clone().eq(value);
    }
    Ok(true)
}

/// `ip IN (SELECT text …)` and `text IN (SELECT ip …)`.
fn rewrite_in_subquery(in_subquery: &mut InSubquery, schema: &DFSchema) -> Result<bool> {
    let plan = &in_subquery.subquery.subquery;
    let Some((qualifier, field)) = plan.schema().iter().next() else {
        return Ok(false);
    };
    let column = Expr::Column(Column::from((qualifier, field)));
    let mut compared = column.clone();
    let mut pair_schema = schema.clone();
    pair_schema.merge(plan.schema());
    let changed = as_addresses([in_subquery.expr.as_mut(), &mut compared], &pair_schema)?;
    if compared != column {
        let plan = LogicalPlanBuilder::from(plan.as_ref().clone())
            .project([compared])?
            .build()?;
        in_subquery.subquery = Subquery {
            subquery: Arc::new(plan),
            ..in_subquery.subquery.clone()
        };
    }
    Ok(changed)
}

/// Wraps the texts among expressions that are compared with one another in `ip()`, if one of them is an address.
///
/// Returns whether anything was wrapped.
///
/// # Errors
/// A planning error, which does not hold the value, where a literal text is no address.
fn as_addresses<'a>(exprs: impl IntoIterator<Item = &'a mut Expr>, schema: &dyn ExprSchema) -> Result<bool> {
    let exprs: Vec<&mut Expr> = exprs.into_iter().collect();
    let kinds: Vec<Kind> = exprs.iter().map(|expr| kind(expr, schema)).collect();
    if !kinds.contains(&Kind::Address) {
        return Ok(false);
    }
    let mut changed = false;
    for (expr, kind) in exprs.into_iter().zip(kinds) {
        if kind != Kind::Text {
            continue;
        }
        if let Expr::Literal(value, _) = expr {
            check_address_literal(value)?;
        }
        *expr = IP.call(vec![std::mem::take(expr)]);
        changed = true;
    }
    Ok(changed)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Address,
    Text,
    Other,
}

fn kind(expr: &Expr, schema: &dyn ExprSchema) -> Kind {
    // A parameter without a type is text: that is what a caller binds.
    if matches!(expr, Expr::Placeholder(placeholder) if placeholder.field.is_none()) {
        return Kind::Text;
    }
    match expr.to_field(schema) {
        Ok((_, field)) if is_address(&field) => Kind::Address,
        Ok((_, field)) if is_text(field.data_type()) => Kind::Text,
        // What has no type is an error that the planner reports better.
        _ => Kind::Other,
    }
}

#[cfg(test)]
#[path = "address_literals_tests.rs"]
mod tests;

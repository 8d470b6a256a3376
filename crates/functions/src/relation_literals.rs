//! `geofence_relation` compared with a text that is none of its outcomes: a planning error.
//!
//! `= 'Inside'` holds of nothing, and `<> 'near'` of everything: links would be missing, or wrong, without a word.

use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::Transformed;
use datafusion::common::{DFSchema, Result, plan_err};
use datafusion::logical_expr::expr::InList;
use datafusion::logical_expr::{BinaryExpr, Expr, LogicalPlan};
use datafusion::optimizer::AnalyzerRule;

use crate::address_literals::{compares, rewrite_expressions};
use crate::geofence_relation::{NAME, OUTCOMES};

/// Refuses comparisons with what is no outcome.
#[derive(Debug)]
pub(crate) struct RelationLiterals;

impl AnalyzerRule for RelationLiterals {
    fn name(&self) -> &str {
        "relation_literals"
    }

    fn analyze(&self, plan: LogicalPlan, _config: &ConfigOptions) -> Result<LogicalPlan> {
        plan.transform_up_with_subqueries(|plan| {
            rewrite_expressions(plan, check_expr, |plan, _| Ok(Transformed::no(plan)))
        })
        .map(|transformed| transformed.data)
    }
}

fn check_expr(expr: Expr, _schema: &DFSchema) -> Result<Transformed<Expr>> {
    match &expr {
        Expr::BinaryExpr(BinaryExpr { left, op, right }) if compares(*op) => {
            check(left, [right.as_ref()])?;
            check(right, [left.as_ref()])?;
        }
        Expr::InList(InList { expr, list, .. }) => check(expr, list)?,
        _ => {}
    }
    Ok(Transformed::no(expr))
}

/// What is compared with a relation is one of its outcomes, where it is written out.
fn check<'a>(relation: &Expr, others: impl IntoIterator<Item = &'a Expr>) -> Result<()> {
    if !matches!(relation, Expr::ScalarFunction(call) if call.name() == NAME) {
        return Ok(());
    }
    for other in others {
        if let Expr::Literal(value, _) = other
            && let Some(Some(text)) = value.try_as_str()
            && !OUTCOMES.contains(&text)
        {
            return plan_err!("{NAME} is one of {}, and nothing else", OUTCOMES.join(", "));
        }
    }
    Ok(())
}

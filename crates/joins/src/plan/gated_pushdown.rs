//! DataFusion's pushing down of filters, kept from taking one column for another of its name, and from going below a limit.
//!
//! Its operators map a filter from their output to an input by the *names* of its columns, and take the first of a name. A join of
//! two tables that both have an `id` puts out two; a filter of the second that goes through an operator which only deals out
//! rows, or through another join, becomes one of the first, and leaves out rows that match. All filters that are made while a query
//! runs are open to this: those of hash joins, of sorts with a limit, of ours.
//!
//! A scan with a limit takes filters, too, and then reads its first rows among those that pass: what is left out below a limit makes room
//! for other rows, which were never asked for.
//!
//! So the rule runs with a gate above every operator that puts out a name twice, or a limited number of rows. A filter passes where the
//! names of its columns each mean one column, and never where there is a limit.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use datafusion::arrow::datatypes::Schema;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{Result, internal_err};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_optimizer::filter_pushdown::FilterPushdown;
use datafusion::physical_plan::filter_pushdown::{
    ChildFilterDescription, ChildPushdownResult, FilterDescription, FilterPushdownPhase,
    FilterPushdownPropagation,
};
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties};

/// DataFusion's [`FilterPushdown`] with gates.
#[derive(Debug)]
pub(crate) struct GatedPushdown {
    rule: Arc<dyn PhysicalOptimizerRule + Send + Sync>,
}

impl GatedPushdown {
    /// Of the last phase, in which operators hand down what they know only while they run.
    pub(crate) fn last() -> Self {
        Self {
            rule: Arc::new(FilterPushdown::new_post_optimization()),
        }
    }

    /// Takes the place of `FilterPushdown`, in both of its phases, among rules.
    pub(crate) fn replace(rules: &mut [Arc<dyn PhysicalOptimizerRule + Send + Sync>]) {
        let names = [FilterPushdown::new(), FilterPushdown::new_post_optimization()];
        for rule in rules {
            if names.iter().any(|pushdown| pushdown.name() == rule.name()) {
                *rule = Arc::new(Self {
                    rule: Arc::clone(rule),
                });
            }
        }
    }
}

impl PhysicalOptimizerRule for GatedPushdown {
    fn optimize(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        config: &ConfigOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let gated = plan.transform_up(|node| {
            let schema = node.schema();
            let is_open = unique_columns(&schema).len() == schema.fields().len() && node.fetch().is_none();
            Ok(match is_open {
                true => Transformed::no(node),
                false => Transformed::yes(Arc::new(Gate { input: node }) as _),
            })
        })?;
        let pushed = self.rule.optimize(gated.data, config)?;
        if !gated.transformed {
            return Ok(pushed);
        }
        let opened = pushed.transform_up(|node| {
            Ok(match node.downcast_ref::<Gate>() {
                Some(gate) => Transformed::yes(Arc::clone(&gate.input)),
                None => Transformed::no(node),
            })
        })?;
        Ok(opened.data)
    }

    /// That of the rule in it, by which EXPLAIN VERBOSE tells it.
    fn name(&self) -> &str {
        self.rule.name()
    }

    fn schema_check(&self) -> bool {
        self.rule.schema_check()
    }
}

/// Positions of the columns whose names no other has.
fn unique_columns(schema: &Schema) -> HashSet<usize> {
    let mut unique: HashSet<usize> = (0..schema.fields().len()).collect();
    let mut last = HashMap::new();
    for (column, field) in schema.fields().iter().enumerate() {
        if let Some(before) = last.insert(field.name().as_str(), column) {
            unique.remove(&before);
            unique.remove(&column);
        }
    }
    unique
}

/// Its input, for as long as filters are pushed down.
#[derive(Debug)]
struct Gate {
    input: Arc<dyn ExecutionPlan>,
}

impl DisplayAs for Gate {
    fn fmt_as(&self, _format: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl ExecutionPlan for Gate {
    fn name(&self) -> &'static str {
        "Gate"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.input.properties()
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

    fn with_new_children(
        self: Arc<Self>,
        mut children: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(Arc::new(Self {
            input: children.swap_remove(0),
        }))
    }

    fn gather_filters_for_pushdown(
        &self,
        _phase: FilterPushdownPhase,
        parents: Vec<Arc<dyn PhysicalExpr>>,
        _config: &ConfigOptions,
    ) -> Result<FilterDescription> {
        if self.input.fetch().is_some() {
            return Ok(FilterDescription::all_unsupported(&parents, &[&self.input]));
        }
        let unique = unique_columns(&self.schema());
        let child = ChildFilterDescription::from_child_with_allowed_indices(&parents, unique, &self.input)?;
        Ok(FilterDescription::new().with_child(child))
    }

    fn handle_child_pushdown_result(
        &self,
        _phase: FilterPushdownPhase,
        result: ChildPushdownResult,
        _config: &ConfigOptions,
    ) -> Result<FilterPushdownPropagation<Arc<dyn ExecutionPlan>>> {
        Ok(FilterPushdownPropagation::if_all(result))
    }

    fn execute(&self, _partition: usize, _context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        internal_err!("a gate for filters was left in a plan")
    }
}

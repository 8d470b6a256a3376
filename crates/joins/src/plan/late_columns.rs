//! Scans that decode the other columns of a row only where the index has a match for it (late materialisation).
//!
//! `datafusion.execution.parquet.pushdown_filters` does that for every scan or for none. It pays where few rows match and much is read
//! of them, and costs where many do or little is: so it is decided scan by scan here, where a sample has said how many rows match.

use std::collections::HashSet;
use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode, TreeNodeRecursion};
use datafusion::datasource::physical_plan::{FileScanConfigBuilder, FileSource, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::logical_expr::Operator;
use datafusion::physical_expr::expressions::{
    BinaryExpr, Column, DynamicFilterPhysicalExpr, IsNotNullExpr, IsNullExpr, Literal,
};
use datafusion::physical_expr::utils::collect_columns;
use datafusion::physical_expr::{PhysicalExpr, split_conjunction};
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_optimizer::filter_pushdown::FilterPushdown;
use datafusion::physical_plan::ExecutionPlan;

use crate::operator::{IndexFilter, IndexJoinExec, Matching};

// What a row costs, in nanoseconds of one core: measured with 100 million rows of telemetry in 50 sites, and with the worlds of the race.

/// To decode a number of it.
const NUMBER_NS: f64 = 2.0;
/// To decode a text of it.
const TEXT_NS: f64 = 10.0;
/// To ask the index about it in the scan, and not in the join alone.
const ASK_NS: f64 = 3.0;
/// To skip to a run of rows that match, in every column.
const SKIP_NS: f64 = 350.0;

/// Has the scans below index joins decode late where that is cheaper. To run after filters have been pushed down.
#[derive(Debug)]
pub(crate) struct LateColumns;

impl LateColumns {
    /// Takes its place among rules: after the one that pushes filters down last.
    pub(crate) fn insert(rules: &mut Vec<Arc<dyn PhysicalOptimizerRule + Send + Sync>>) {
        let pushes_down = FilterPushdown::new_post_optimization();
        if let Some(place) = rules.iter().rposition(|rule| rule.name() == pushes_down.name()) {
            rules.insert(place + 1, Arc::new(Self));
        }
    }
}

impl PhysicalOptimizerRule for LateColumns {
    fn optimize(
        &self,
        plan: Arc<dyn ExecutionPlan>,
        _config: &ConfigOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        plan.transform_up(|node| {
            let late = node.downcast_ref::<IndexJoinExec>().map(late_below).transpose()?;
            Ok(match late.flatten() {
                Some(join) => Transformed::yes(Arc::new(join) as _),
                None => Transformed::no(node),
            })
        })
        .data()
    }

    fn name(&self) -> &'static str {
        "tieline_late_columns"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// The join over a scan that decodes late, and says so; `None` where it stays as it is.
fn late_below(join: &IndexJoinExec) -> Result<Option<IndexJoinExec>> {
    let Some(matching) = sampled_matching(join) else {
        return Ok(None);
    };
    let late = Arc::clone(join.sides().1).transform_down(|node| {
        if let Some(scan) = node.downcast_ref::<DataSourceExec>() {
            return Ok(match decoding_late(scan, join, matching) {
                Some(scan) => Transformed::yes(scan),
                None => Transformed::no(node),
            });
        }
        // Rows of a join below have another share of matches than those of its inputs.
        let recursion = match node.children().len() {
            1 => TreeNodeRecursion::Continue,
            _ => TreeNodeRecursion::Stop,
        };
        Ok(Transformed::new(node, false, recursion))
    })?;
    late.transformed
        .then(|| join.over_late_columns(late.data))
        .transpose()
}

/// Where rows have a match, if a sample has said so and rows without one are of no use. Further conditions would make it fewer, and are
/// not asked in the scan.
fn sampled_matching(join: &IndexJoinExec) -> Option<Matching> {
    let parts = join.parts();
    let is_all = parts.filter.is_none() && join.drops_unmatched_probe_rows();
    parts.matching.filter(|_| is_all)
}

/// The scan as one that evaluates its filters row by row, where that is cheaper.
fn decoding_late(
    scan: &DataSourceExec,
    join: &IndexJoinExec,
    matching: Matching,
) -> Option<Arc<dyn ExecutionPlan>> {
    let (config, source) = scan.downcast_to_file_source::<ParquetSource>()?;
    // Already so, by the setting or by the table's own.
    if source.table_parquet_options().global.pushdown_filters {
        return None;
    }
    let predicate = source.filter()?;
    let conditions = split_conjunction(&predicate);
    let is_own = |condition: &&Arc<dyn PhysicalExpr>| {
        let filter = condition.downcast_ref::<IndexFilter>();
        filter.is_some_and(|filter| filter.is_exact() && filter.shared().id() == join.parts().shared.id())
    };
    if !conditions.iter().any(is_own) || !conditions.iter().all(|condition| cannot_fail(condition)) {
        return None;
    }
    let asked = collect_columns(&predicate);
    let asked: HashSet<&str> = asked.iter().map(Column::name).collect();
    let schema = scan.schema();
    let others = schema
        .fields()
        .iter()
        .filter(|field| !asked.contains(field.name().as_str()));
    let saved_ns = decode_ns(others.map(|field| field.data_type())) * (1.0 - matching.rows);
    (saved_ns > ASK_NS + SKIP_NS * matching.runs).then(|| {
        let source = Arc::new(source.clone().with_pushdown_filters(true));
        let config = FileScanConfigBuilder::from(config.clone())
            .with_source(source)
            .build();
        DataSourceExec::from_data_source(config) as _
    })
}

/// Whether a condition has an answer for every row, in whichever order they are asked. Keys of joins and of sorts above may be casts.
fn cannot_fail(condition: &Arc<dyn PhysicalExpr>) -> bool {
    if let Some(comparison) = condition.downcast_ref::<BinaryExpr>()
        && !is_comparison(*comparison.op())
    {
        return false;
    }
    if condition.is::<IndexFilter>() || condition.is::<DynamicFilterPhysicalExpr>() {
        return condition.children().into_iter().all(|key| key.is::<Column>());
    }
    let is_test =
        condition.is::<BinaryExpr>() || condition.is::<IsNullExpr>() || condition.is::<IsNotNullExpr>();
    match is_test {
        true => condition.children().into_iter().all(cannot_fail),
        false => condition.is::<Column>() || condition.is::<Literal>(),
    }
}

const fn is_comparison(operator: Operator) -> bool {
    use Operator::{And, Eq, Gt, GtEq, IsDistinctFrom, IsNotDistinctFrom, Lt, LtEq, NotEq, Or};
    matches!(
        operator,
        And | Eq | Gt | GtEq | IsDistinctFrom | IsNotDistinctFrom | Lt | LtEq | NotEq | Or
    )
}

/// Whether it can be cheaper to decode columns of these types late, however few rows match.
pub(crate) fn can_pay<'a>(others: impl Iterator<Item = &'a DataType>) -> bool {
    decode_ns(others) > ASK_NS
}

/// What it takes to decode a value of each of these types.
fn decode_ns<'a>(data_types: impl Iterator<Item = &'a DataType>) -> f64 {
    let each = data_types.map(|data_type| match data_type {
        DataType::Boolean | DataType::FixedSizeBinary(_) => NUMBER_NS,
        data_type if data_type.is_primitive() => NUMBER_NS,
        _ => TEXT_NS,
    });
    each.sum()
}

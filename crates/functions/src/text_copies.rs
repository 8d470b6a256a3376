//! `COPY … TO` a text file writes addresses and geometries as text.
//!
//! Left alone, DataFusion's CSV and JSON writers write their bytes in hexadecimal digits. Parquet and Arrow files keep the
//! bytes, and the metadata that says what they are.

use std::sync::Arc;

use datafusion::arrow::datatypes::Field;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{Column, Result};
use datafusion::logical_expr::dml::CopyTo;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, ScalarUDF};
use datafusion::optimizer::AnalyzerRule;

use crate::address::{EXTENSION_NAME_KEY, is_address};
use crate::ip_text::ip_text;
use crate::st_astext::st_astext;

/// The endings of files that hold text.
const TEXT_FILES: [&str; 2] = ["csv", "json"];

/// Puts `ip_text` and `st_astext` around the columns of a copy to a text file.
#[derive(Debug)]
pub(crate) struct TextCopies;

impl AnalyzerRule for TextCopies {
    fn name(&self) -> &str {
        "text_copies"
    }

    fn analyze(&self, plan: LogicalPlan, _config: &ConfigOptions) -> Result<LogicalPlan> {
        plan.transform_up(rewrite_plan)
            .map(|transformed| transformed.data)
    }
}

fn rewrite_plan(plan: LogicalPlan) -> Result<Transformed<LogicalPlan>> {
    let LogicalPlan::Copy(copy) = plan else {
        return Ok(Transformed::no(plan));
    };
    let ending = copy.file_type.get_ext();
    let fields = copy.input.schema().fields();
    if !TEXT_FILES.contains(&ending.trim_start_matches('.'))
        || fields.iter().all(|field| writer(field).is_none())
    {
        return Ok(Transformed::no(LogicalPlan::Copy(copy)));
    }
    let columns: Vec<Expr> = copy.input.schema().iter().map(as_text).collect();
    let input = LogicalPlanBuilder::from(copy.input).project(columns)?.build()?;
    let copy = CopyTo::new(
        Arc::new(input),
        copy.output_url,
        copy.partition_by,
        copy.file_type,
        copy.options,
    );
    Ok(Transformed::yes(LogicalPlan::Copy(copy)))
}

/// The column, as text if it is an address or a geometry, under its own name.
fn as_text((qualifier, field): (Option<&datafusion::common::TableReference>, &Arc<Field>)) -> Expr {
    let column = Expr::Column(Column::from((qualifier, field)));
    match writer(field) {
        Some(function) => function
            .call(vec![column])
            .alias_qualified(qualifier.cloned(), field.name()),
        None => column,
    }
}

/// The function that writes a column as text, if it needs one.
fn writer(field: &Field) -> Option<ScalarUDF> {
    if is_address(field) {
        return Some(ip_text());
    }
    let extension = field.metadata().get(EXTENSION_NAME_KEY)?;
    extension.starts_with("geoarrow.").then(st_astext)
}

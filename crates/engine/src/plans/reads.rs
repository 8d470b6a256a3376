//! A plan reads the tables that its header names, and no others.
//!
//! Whether a case has what an investigation needs is decided by the headers: a table that is read in silence could be empty, and every result
//! with it.

use datafusion::common::TableReference;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::logical_expr::LogicalPlan;
use tieline_ingest::Table;

use super::header::Header;
use super::investigation::Step;

/// Whether a case has a table of this name, or one of the plans makes it.
fn is_table(name: &str, plans: &[Step]) -> bool {
    Table::ALL.iter().any(|table| table.name() == name) || plans.iter().any(|step| step.header.name == name)
}

/// Refuses a header that names a table which neither a case nor a plan before it has.
pub(super) fn check_names(header: &Header, before: &[Step]) -> Result<(), String> {
    match header.reads.iter().find(|read| !is_table(&read.name, before)) {
        Some(read) => Err(format!(
            "reads: '{}' is neither a table of a case nor that of a plan before it",
            read.name
        )),
        None => Ok(()),
    }
}

/// Refuses a statement of one of the plans that reads a table which its header does not name.
pub(super) fn check_statement(
    header: &Header,
    plans: &[Step],
    statement: &LogicalPlan,
) -> Result<(), String> {
    let mut silent = None;
    let walked = statement.apply_with_subqueries(|node| {
        // Table functions are scanned too.
        if let LogicalPlan::TableScan(scan) = node
            && let Some(name) = table_of_run(&scan.table_name)
            && is_table(name, plans)
            && header.reads.iter().all(|read| read.name != name)
        {
            silent = Some(name.to_owned());
            return Ok(TreeNodeRecursion::Stop);
        }
        Ok(TreeNodeRecursion::Continue)
    });
    match (walked, silent) {
        (Err(error), _) => Err(error.to_string()),
        (Ok(_), Some(name)) => Err(format!(
            "reads '{name}', which its header does not name in 'reads:'"
        )),
        (Ok(_), None) => Ok(()),
    }
}

/// The name of a table of the case or of this run; another schema has the results of runs before.
fn table_of_run(table: &TableReference) -> Option<&str> {
    matches!(table.schema(), None | Some("public")).then(|| table.table())
}

//! What the joins have in common as DataFusion sees them.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::{JoinSide, JoinType, Result, project_schema};
use datafusion::physical_expr::equivalence::{ProjectionMapping, join_equivalence_properties};
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion::physical_plan::filter_pushdown::ChildFilterDescription;
use datafusion::physical_plan::joins::utils::{ColumnIndex, JoinFilter};
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties};

/// Pairs of equal keys, left and right.
type EqualKeys = [(Arc<dyn PhysicalExpr>, Arc<dyn PhysicalExpr>)];

/// What a join's output follows from.
pub(crate) struct JoinOutput<'a> {
    pub(crate) left: &'a Arc<dyn ExecutionPlan>,
    pub(crate) right: &'a Arc<dyn ExecutionPlan>,
    pub(crate) join_type: JoinType,
    pub(crate) on: &'a EqualKeys,
    pub(crate) projection: Option<&'a [usize]>,
    /// Whether rows of one partition of the left, and of the right, come out in another: what is constant in each of them, or in order, is
    /// not in those of the output.
    pub(crate) mixes: [bool; 2],
}

impl JoinOutput<'_> {
    /// What is equal, constant and ordered in it: the order of the probe side, if that is kept.
    pub(crate) fn equivalences(
        &self,
        join_schema: &SchemaRef,
        keeps_order: bool,
        probe_side: JoinSide,
    ) -> Result<EquivalenceProperties> {
        let keeps = |side| keeps_order && probe_side == side;
        let [left_kept, right_kept] = sides_kept(self.join_type);
        let equivalences = join_equivalence_properties(
            equivalences_of(self.left, left_kept, self.mixes[0]),
            equivalences_of(self.right, right_kept, self.mixes[1]),
            &self.join_type,
            Arc::clone(join_schema),
            &[keeps(JoinSide::Left), keeps(JoinSide::Right)],
            // Told the side, DataFusion takes the other side's order to follow within it: only where no two rows of the probe
            // side are equal in theirs.
            None,
            self.on,
        )?;
        let Some(projection) = self.projection else {
            return Ok(equivalences);
        };
        // First, because it refuses a column that is not there, where the mapping would panic.
        let schema = project_schema(join_schema, Some(&projection.to_vec()))?;
        let mapping = ProjectionMapping::from_indices(projection, join_schema)?;
        Ok(equivalences.project(&mapping, schema))
    }
}

/// What is equal, constant and ordered in an input, as far as that holds of the rows that come out.
fn equivalences_of(input: &Arc<dyn ExecutionPlan>, kept: bool, mixed: bool) -> EquivalenceProperties {
    if !kept {
        // In a row without a match the columns are NULL, also those that are constant here. DataFusion 55.2 takes them to be constant.
        return EquivalenceProperties::new(input.schema());
    }
    let mut equivalences = input.equivalence_properties().clone();
    if mixed {
        equivalences.clear_per_partition_constants();
        // What is constant in each partition of a union, DataFusion also lists as an order.
        equivalences.clear_orderings();
    }
    equivalences
}

/// The columns that come out.
pub(crate) fn projected(columns: &[ColumnIndex], projection: Option<&[usize]>) -> Vec<ColumnIndex> {
    match projection {
        Some(projection) => projection.iter().map(|column| columns[*column].clone()).collect(),
        None => columns.to_vec(),
    }
}

/// Which of a parent's filters the left and the right input take.
pub(crate) fn parents_filters(
    join_type: JoinType,
    columns: &[ColumnIndex],
    (left, right): (&Arc<dyn ExecutionPlan>, &Arc<dyn ExecutionPlan>),
    parents: &[Arc<dyn PhysicalExpr>],
) -> Result<(ChildFilterDescription, ChildFilterDescription)> {
    let [left_kept, right_kept] = sides_kept(join_type);
    let describe = |kept, side, child: &Arc<dyn ExecutionPlan>| match kept {
        true => {
            let columns = columns_of(columns, side);
            ChildFilterDescription::from_child_with_allowed_indices(parents, columns, child)
        }
        false => Ok(ChildFilterDescription::all_unsupported(parents)),
    };
    Ok((
        describe(left_kept, JoinSide::Left, left)?,
        describe(right_kept, JoinSide::Right, right)?,
    ))
}

/// Positions of output columns that are columns of one side.
fn columns_of(columns: &[ColumnIndex], side: JoinSide) -> HashSet<usize> {
    let own = columns
        .iter()
        .enumerate()
        .filter(|(_, column)| column.side == side);
    own.map(|(position, _)| position).collect()
}

/// Whether the columns of the left, and of the right, have in every row that comes out what they have in a row of that input: so that a
/// filter on them may be applied to that input instead. Else they are NULL in rows that the input has no part in, or do not come out.
fn sides_kept(join_type: JoinType) -> [bool; 2] {
    match join_type {
        JoinType::Inner => [true, true],
        JoinType::Left | JoinType::LeftSemi | JoinType::LeftAnti | JoinType::LeftMark => [true, false],
        JoinType::Right | JoinType::RightSemi | JoinType::RightAnti | JoinType::RightMark => [false, true],
        JoinType::Full => [false, false],
    }
}

/// What EXPLAIN says of a join behind its index or its band.
pub(crate) fn explain_conditions(
    formatter: &mut fmt::Formatter<'_>,
    on: &EqualKeys,
    filter: Option<&JoinFilter>,
    (projection, join_schema): (Option<&[usize]>, &SchemaRef),
) -> fmt::Result {
    if !on.is_empty() {
        let on: Vec<_> = on
            .iter()
            .map(|(left, right)| format!("({left}, {right})"))
            .collect();
        write!(formatter, ", on=[{}]", on.join(", "))?;
    }
    if let Some(filter) = filter {
        write!(formatter, ", filter={}", filter.expression())?;
    }
    if let Some(projection) = projection {
        let names = projection
            .iter()
            .map(|column| join_schema.field(*column).name().as_str());
        let names: Vec<_> = names.collect();
        write!(formatter, ", projection=[{}]", names.join(", "))?;
    }
    Ok(())
}

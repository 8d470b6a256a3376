//! The join in a logical plan.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::common::{DFSchemaRef, JoinType, NullEquality, Result, internal_err};
use datafusion::logical_expr::logical_plan::builder::build_join_schema;
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{Expr, LogicalPlan, UserDefinedLogicalNodeCore};

use super::candidates::beside;
use super::predicate::Predicate;
use crate::operator::Matching;

/// A join one of whose conditions an index can answer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct IndexJoinNode {
    pub(crate) left: LogicalPlan,
    pub(crate) right: LogicalPlan,
    pub(crate) join_type: JoinType,
    pub(crate) null_equality: NullEquality,
    /// Equal keys, left and right.
    pub(crate) on: Vec<(Expr, Expr)>,
    pub(crate) predicate: Predicate,
    /// What else must hold.
    pub(crate) filter: Option<Expr>,
    /// What was decided about it before its own plan is made, for EXPLAIN.
    pub(crate) note: Option<String>,
    /// What a sample said of the predicate, for EXPLAIN.
    pub(crate) sample: Option<String>,
    /// What is known by it.
    pub(crate) sampled: Option<Sampled>,
    schema: DFSchemaRef,
}

/// What is known of a join by a sample.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sampled {
    /// What all conditions together keep of all pairs.
    pub(crate) share: f64,
    pub(crate) matching: Matching,
}

impl Sampled {
    const fn bits(&self) -> [u64; 4] {
        let Matching { read, rows, runs } = self.matching;
        [
            self.share.to_bits(),
            read.to_bits(),
            rows.to_bits(),
            runs.to_bits(),
        ]
    }
}

impl PartialEq for Sampled {
    fn eq(&self, other: &Self) -> bool {
        self.bits() == other.bits()
    }
}

impl Eq for Sampled {}

impl Hash for Sampled {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.bits().hash(state);
    }
}

impl IndexJoinNode {
    pub(crate) fn try_new(
        (left, right): (LogicalPlan, LogicalPlan),
        join_type: JoinType,
        null_equality: NullEquality,
        on: Vec<(Expr, Expr)>,
        predicate: Predicate,
        filter: Option<Expr>,
    ) -> Result<Self> {
        let schema = Arc::new(build_join_schema(left.schema(), right.schema(), &join_type)?);
        Ok(Self {
            left,
            right,
            join_type,
            null_equality,
            on,
            predicate,
            filter,
            note: None,
            sample: None,
            sampled: None,
            schema,
        })
    }

    /// The same join by another predicate of its conditions, which are all but the equal keys.
    pub(crate) fn with_predicate(self, predicate: Predicate, conditions: &[Expr]) -> Self {
        let filter = conjunction(beside(&predicate, conditions));
        Self {
            sample: self.sample.filter(|_| predicate == self.predicate),
            predicate,
            filter,
            ..self
        }
    }

    /// The same join with a further note for EXPLAIN.
    pub(crate) fn with_note(self, note: &str) -> Self {
        let note = match &self.note {
            Some(before) if before.split("; ").any(|one| one == note) => before.clone(),
            Some(before) => format!("{before}; {note}"),
            None => note.to_owned(),
        };
        Self {
            note: Some(note),
            ..self
        }
    }

    /// The same join, of whose predicate a sample has said something.
    pub(crate) fn with_sample(self, sampled: Option<Sampled>, note: &str) -> Self {
        Self {
            sampled,
            sample: Some(note.to_owned()),
            ..self
        }
    }

    /// The columns of the left and of the right that come out, as to the positions of the output.
    fn output_sides(&self) -> (usize, usize) {
        let (left, right) = (
            self.left.schema().fields().len(),
            self.right.schema().fields().len(),
        );
        match self.join_type {
            JoinType::LeftSemi | JoinType::LeftAnti | JoinType::LeftMark => (left, 0),
            JoinType::RightSemi | JoinType::RightAnti | JoinType::RightMark => (0, right),
            _ => (left, right),
        }
    }
}

impl UserDefinedLogicalNodeCore for IndexJoinNode {
    fn name(&self) -> &str {
        "IndexJoin"
    }

    fn inputs(&self) -> Vec<&LogicalPlan> {
        vec![&self.left, &self.right]
    }

    fn schema(&self) -> &DFSchemaRef {
        &self.schema
    }

    fn expressions(&self) -> Vec<Expr> {
        let on = self.on.iter().flat_map(|(left, right)| [left, right]);
        let predicate = self
            .predicate
            .keys()
            .into_iter()
            .chain(self.predicate.conditions());
        on.chain(predicate).chain(&self.filter).cloned().collect()
    }

    fn fmt_for_explain(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let conditions: Vec<_> = self
            .predicate
            .conditions()
            .iter()
            .map(ToString::to_string)
            .collect();
        write!(
            formatter,
            "IndexJoin: {} {}",
            self.join_type,
            conditions.join(" AND ")
        )?;
        let on: Vec<_> = self
            .on
            .iter()
            .map(|(left, right)| format!("{left} = {right}"))
            .collect();
        if !on.is_empty() {
            write!(formatter, " On: {}", on.join(", "))?;
        }
        match &self.filter {
            Some(filter) => write!(formatter, " Filter: {filter}"),
            None => Ok(()),
        }
    }

    fn with_exprs_and_inputs(&self, exprs: Vec<Expr>, inputs: Vec<LogicalPlan>) -> Result<Self> {
        let Ok([left, right]) = <[_; 2]>::try_from(inputs) else {
            return internal_err!("an index join has two inputs");
        };
        // Rules keep the names of what they rewrite; conditions have none, and must be recognised again.
        let mut exprs = exprs.into_iter().map(|expr| expr.unalias_nested().data);
        let mut take = |count: usize| exprs.by_ref().take(count).collect::<Vec<_>>();
        let on = take(2 * self.on.len());
        let on = on
            .chunks_exact(2)
            .map(|pair| (pair[0].clone(), pair[1].clone()))
            .collect();
        let keys = take(self.predicate.keys().len());
        let conditions = take(self.predicate.conditions().len());
        let filter = take(1).pop();
        let predicate = self.predicate.with(keys, conditions);
        let node = Self::try_new(
            (left, right),
            self.join_type,
            self.null_equality,
            on,
            predicate,
            filter,
        )?;
        Ok(Self {
            note: self.note.clone(),
            sample: self.sample.clone(),
            sampled: self.sampled,
            ..node
        })
    }

    fn necessary_children_exprs(&self, output_columns: &[usize]) -> Option<Vec<Vec<usize>>> {
        let (left, right) = self.output_sides();
        let of_left = output_columns.iter().copied().filter(|column| *column < left);
        let of_right = output_columns
            .iter()
            .filter(|column| (left..left + right).contains(*column));
        Some(vec![
            of_left.collect(),
            of_right.map(|column| column - left).collect(),
        ])
    }
}

// `DFSchema` has no order; the nodes of one plan are told apart by their inputs and conditions.
impl PartialOrd for IndexJoinNode {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        (self == other).then_some(Ordering::Equal)
    }
}

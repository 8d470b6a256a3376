//! Inner joins taken apart: what is joined, and by which conditions.

use std::collections::HashSet;
use std::sync::Arc;

use datafusion::common::{DFSchema, DFSchemaRef, JoinType, NullEquality, Result, internal_err};
use datafusion::logical_expr::utils::{can_hash, conjunction, split_conjunction_owned};
use datafusion::logical_expr::{
    Expr, ExprSchemable, Join, JoinConstraint, LogicalPlan, Operator, Projection, binary_expr,
};

use super::{as_plan, index_join};
use crate::plan::Sides;
use crate::plan::rule::recognised;

/// A region of more inputs than this stays as it is written, but for the smaller regions in it: the search looks at every subset.
const MOST_LEAVES: usize = 12;

/// A set of inputs of a region, one bit each.
pub(super) type Leaves = u32;

/// Inner joins with nothing between them but projections to fewer columns.
#[derive(Debug)]
pub(super) struct Region {
    schema: DFSchemaRef,
    leaves: Vec<LogicalPlan>,
    conditions: Vec<Condition>,
    written: Tree,
    has_index_join: bool,
}

/// A condition, and the inputs whose columns it needs.
#[derive(Debug)]
pub(super) struct Condition {
    pub(super) expr: Expr,
    pub(super) leaves: Leaves,
}

/// In which order inputs are joined.
#[derive(Debug, Clone)]
pub(super) enum Tree {
    Leaf(usize),
    Join(Box<Tree>, Box<Tree>),
}

impl Tree {
    /// The inputs in it.
    pub(super) fn leaves(&self) -> Leaves {
        match self {
            Self::Leaf(leaf) => 1 << leaf,
            Self::Join(left, right) => left.leaves() | right.leaves(),
        }
    }
}

impl Region {
    /// The region that has a plan for its root, and every node between root and leaves; `None` unless the root is an inner
    /// join whose parts can be moved.
    pub(super) fn of(root: &LogicalPlan) -> Option<(Self, Vec<*const LogicalPlan>)> {
        Parts::of_join(root)?;
        let mut taken = Taken::default();
        let written = taken.take_apart(root);
        let region = Self {
            schema: Arc::clone(root.schema()),
            conditions: taken.placed_conditions()?,
            leaves: taken.leaves,
            written,
            has_index_join: taken.has_index_join,
        };
        (region.leaves.len() <= MOST_LEAVES).then_some((region, taken.nodes))
    }

    pub(super) fn leaves(&self) -> &[LogicalPlan] {
        &self.leaves
    }

    pub(super) fn conditions(&self) -> &[Condition] {
        &self.conditions
    }

    pub(super) fn written(&self) -> &Tree {
        &self.written
    }

    pub(super) fn has_index_join(&self) -> bool {
        self.has_index_join
    }

    /// The region's rows and columns by the joins of a tree; a note for those that are ours.
    pub(super) fn join(&self, tree: &Tree, note: &str) -> Result<LogicalPlan> {
        let joined = Arc::new(self.build(tree, note)?);
        // Of metadata that both sides of a join have, one side's is kept: which, the nodes above have in their schemas.
        if joined.schema().metadata() != self.schema.metadata() {
            return internal_err!("the tables of a join contradict each other in their metadata");
        }
        let projection = Projection::new_from_schema(joined, Arc::clone(&self.schema));
        Ok(LogicalPlan::Projection(projection))
    }

    fn build(&self, tree: &Tree, note: &str) -> Result<LogicalPlan> {
        let (left, right) = match tree {
            Tree::Leaf(leaf) => return Ok(self.leaves[*leaf].clone()),
            Tree::Join(left, right) => (left, right),
        };
        let (left_leaves, right_leaves) = (left.leaves(), right.leaves());
        let (left, right) = (self.build(left, note)?, self.build(right, note)?);
        let sides = Sides {
            left: left.schema(),
            right: right.schema(),
        };
        let (mut on, mut filter) = (Vec::new(), Vec::new());
        for condition in &self.conditions {
            let within = condition.leaves & !(left_leaves | right_leaves) == 0;
            let before = condition.leaves & !left_leaves == 0 || condition.leaves & !right_leaves == 0;
            if !within || before {
                continue;
            }
            match equal_keys(&condition.expr, &sides) {
                Some(keys) => on.push(keys),
                None => filter.push(condition.expr.clone()),
            }
        }
        let join = Join::try_new(
            Arc::new(left),
            Arc::new(right),
            on,
            conjunction(filter),
            JoinType::Inner,
            JoinConstraint::On,
            NullEquality::NullEqualsNothing,
            false,
        )?;
        Ok(match recognised(&join)? {
            Some(node) => as_plan(node.with_note(note)),
            None => LogicalPlan::Join(join),
        })
    }
}

/// An equality between the two sides, the left side's first.
pub(super) fn equal_keys(condition: &Expr, sides: &Sides<'_>) -> Option<(Expr, Expr)> {
    use datafusion::common::JoinSide::{Left, Right};
    let (one, other) = equality(condition)?;
    let type_of = |expr: &Expr| {
        expr.get_type(sides.left)
            .or_else(|_| expr.get_type(sides.right))
            .ok()
            .filter(can_hash)
    };
    if type_of(one)? != type_of(other)? {
        return None;
    }
    match (sides.of(one)?, sides.of(other)?) {
        (Left, Right) => Some((one.clone(), other.clone())),
        (Right, Left) => Some((other.clone(), one.clone())),
        _ => None,
    }
}

/// The two sides of `one = other`.
pub(super) fn equality(condition: &Expr) -> Option<(&Expr, &Expr)> {
    match condition {
        Expr::BinaryExpr(binary) if binary.op == Operator::Eq => Some((&binary.left, &binary.right)),
        _ => None,
    }
}

/// A join that can be taken apart.
struct Parts<'a> {
    left: &'a LogicalPlan,
    right: &'a LogicalPlan,
    conditions: Vec<Expr>,
    is_index_join: bool,
}

impl<'a> Parts<'a> {
    fn of_join(plan: &'a LogicalPlan) -> Option<Self> {
        let movable = |join_type, null_equality, on: &[(Expr, Expr)]| {
            join_type == JoinType::Inner
                && (on.is_empty() || null_equality == NullEquality::NullEqualsNothing)
        };
        let equalities = |on: &[(Expr, Expr)]| -> Vec<Expr> {
            let equality =
                |(left, right): &(Expr, Expr)| binary_expr(left.clone(), Operator::Eq, right.clone());
            on.iter().map(equality).collect()
        };
        let split = |filter: &Option<Expr>| filter.clone().map(split_conjunction_owned).unwrap_or_default();
        match plan {
            LogicalPlan::Join(join) if movable(join.join_type, join.null_equality, &join.on) => Some(Self {
                left: &join.left,
                right: &join.right,
                conditions: [equalities(&join.on), split(&join.filter)].concat(),
                is_index_join: false,
            }),
            plan => {
                let node = index_join(plan)?;
                movable(node.join_type, node.null_equality, &node.on).then(|| Self {
                    left: &node.left,
                    right: &node.right,
                    conditions: [
                        equalities(&node.on),
                        node.predicate.conditions().to_vec(),
                        split(&node.filter),
                    ]
                    .concat(),
                    is_index_join: true,
                })
            }
        }
    }
}

/// What has been found of a region so far.
#[derive(Default)]
struct Taken {
    leaves: Vec<LogicalPlan>,
    conditions: Vec<Expr>,
    nodes: Vec<*const LogicalPlan>,
    has_index_join: bool,
}

impl Taken {
    fn take_apart(&mut self, plan: &LogicalPlan) -> Tree {
        if let Some(parts) = Parts::of_join(plan) {
            self.nodes.push(plan);
            self.conditions.extend(parts.conditions);
            self.has_index_join |= parts.is_index_join;
            let left = self.take_apart(parts.left);
            let right = self.take_apart(parts.right);
            return Tree::Join(Box::new(left), Box::new(right));
        }
        match plan {
            LogicalPlan::Projection(projection)
                if Parts::of_join(&projection.input).is_some()
                    && projection.expr.iter().all(|expr| matches!(expr, Expr::Column(_))) =>
            {
                self.nodes.push(plan);
                self.take_apart(&projection.input)
            }
            plan => {
                self.leaves.push(plan.clone());
                Tree::Leaf(self.leaves.len() - 1)
            }
        }
    }

    /// The conditions with their inputs; `None` where one cannot be moved: it needs fewer than two inputs, its columns have
    /// more than one meaning, or it gives another value each time.
    fn placed_conditions(&self) -> Option<Vec<Condition>> {
        let mut names = HashSet::new();
        let distinct = |schema: &DFSchema, names: &mut HashSet<_>| {
            let mut columns = schema.columns().into_iter();
            columns.all(|column| names.insert(column))
        };
        let all_distinct = self.leaves.iter().all(|leaf| distinct(leaf.schema(), &mut names));
        if !all_distinct || self.leaves.len() > MOST_LEAVES {
            return None;
        }
        let placed = self.conditions.iter().map(|expr| {
            let mut leaves: Leaves = 0;
            for column in expr.column_refs() {
                let position = self
                    .leaves
                    .iter()
                    .position(|leaf| leaf.schema().has_column(column))?;
                leaves |= 1 << position;
            }
            (leaves.count_ones() > 1 && !expr.is_volatile()).then(|| Condition {
                expr: expr.clone(),
                leaves,
            })
        });
        placed.collect()
    }
}

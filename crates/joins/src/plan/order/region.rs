//! Inner joins taken apart: what is joined, and by which conditions.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{
    Column, DFSchema, DFSchemaRef, JoinType, NullEquality, Result, TableReference, internal_err,
};
use datafusion::logical_expr::utils::{conjunction, split_conjunction_owned};
use datafusion::logical_expr::{Expr, Join, JoinConstraint, LogicalPlan, Operator, Projection, binary_expr};

use super::{as_plan, index_join};
use crate::plan::Sides;
use crate::plan::equality::equal_keys;
use crate::plan::fallible::can_fail;
use crate::plan::node::IndexJoinNode;
use crate::plan::rule::recognised;
use crate::settings::JoinSettings;

/// A region of more inputs than this stays as it is written, but for the smaller regions in it: the search looks at every subset.
const MOST_LEAVES: usize = 12;

/// A set of inputs of a region, one bit each.
pub(super) type Leaves = u32;

/// Inner joins with nothing between them but fewer columns and other names.
#[derive(Debug)]
pub(super) struct Region {
    schema: DFSchemaRef,
    /// The columns of the inputs by what they are called above.
    names: Names,
    leaves: Vec<LogicalPlan>,
    conditions: Vec<Condition>,
    written: Tree,
    has_index_join: bool,
    /// Its joins as they are written: where each stands among the region's nodes, and which inputs are on either side.
    joins: Vec<(usize, [Leaves; 2])>,
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
    /// join whose parts can be moved, or fewer columns of one.
    ///
    /// A table expression with a name is part of it if it only joins, and an input if its tables have names that the others have.
    /// Where it is known which columns are `asked` of the root, the region has no others.
    pub(super) fn of(
        root: &LogicalPlan,
        asked: Option<&HashSet<Column>>,
    ) -> Option<(Self, Vec<*const LogicalPlan>)> {
        Self::taken(root, asked, true).or_else(|| Self::taken(root, asked, false))
    }

    fn taken(
        root: &LogicalPlan,
        asked: Option<&HashSet<Column>>,
        through_names: bool,
    ) -> Option<(Self, Vec<*const LogicalPlan>)> {
        let mut taken = Taken {
            through_names,
            ..Taken::default()
        };
        if Parts::of_join(root).is_none() {
            taken.within(root)?;
        }
        let (written, mut names) = taken.take_apart(root)?;
        let schema = match asked {
            Some(asked) => only(asked, root.schema())?,
            None => Arc::clone(root.schema()),
        };
        names.retain(|column, _| schema.has_column(column));
        let region = Self {
            schema,
            names,
            conditions: taken.placed_conditions()?,
            leaves: taken.leaves,
            written,
            has_index_join: taken.has_index_join,
            joins: taken.joins,
        };
        Some((region, taken.nodes))
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

    pub(super) fn joins(&self) -> &[(usize, [Leaves; 2])] {
        &self.joins
    }

    /// The region's rows and columns by the joins of a tree. Those that are ours are `told` which inputs are on either side.
    pub(super) fn join(
        &self,
        tree: &Tree,
        settings: &JoinSettings,
        told: &dyn Fn(IndexJoinNode, [Leaves; 2]) -> IndexJoinNode,
    ) -> Result<LogicalPlan> {
        let joined = Arc::new(self.build(tree, settings, told)?);
        // Of metadata that both sides of a join have, one side's is kept: which, the nodes above have in their schemas.
        if joined.schema().metadata() != self.schema.metadata() {
            return internal_err!("the tables of a join contradict each other in their metadata");
        }
        let named = self.schema.columns().into_iter().map(|column| {
            let inner = self.names.get(&column).cloned();
            match inner {
                Some(inner) if inner != column => {
                    Expr::Column(inner).alias_qualified(column.relation, column.name)
                }
                _ => Expr::Column(column),
            }
        });
        let projection = Projection::try_new_with_schema(named.collect(), joined, Arc::clone(&self.schema))?;
        Ok(LogicalPlan::Projection(projection))
    }

    fn build(
        &self,
        tree: &Tree,
        settings: &JoinSettings,
        told: &dyn Fn(IndexJoinNode, [Leaves; 2]) -> IndexJoinNode,
    ) -> Result<LogicalPlan> {
        let (left, right) = match tree {
            Tree::Leaf(leaf) => return Ok(self.leaves[*leaf].clone()),
            Tree::Join(left, right) => (left, right),
        };
        let (left_leaves, right_leaves) = (left.leaves(), right.leaves());
        let (left, right) = (
            self.only_needed(self.build(left, settings, told)?, left_leaves)?,
            self.only_needed(self.build(right, settings, told)?, right_leaves)?,
        );
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
        Ok(match recognised(&join, settings)? {
            Some(node) => as_plan(told(node, [left_leaves, right_leaves])),
            None => LogicalPlan::Join(join),
        })
    }

    /// A plan of these inputs without the columns that neither a join above it nor the region's result needs: DataFusion leaves out what
    /// a table has of them, and below joins of its own those of any plan, but not below ours.
    fn only_needed(&self, plan: LogicalPlan, leaves: Leaves) -> Result<LogicalPlan> {
        let above = self
            .conditions
            .iter()
            .filter(|condition| condition.leaves & !leaves != 0);
        let above = above.flat_map(|condition| condition.expr.column_refs());
        let needed: HashSet<&Column> = self.names.values().chain(above).collect();
        let columns = plan.schema().columns();
        let kept = columns.iter().filter(|column| needed.contains(column));
        let kept: Vec<_> = kept.cloned().map(Expr::Column).collect();
        if kept.is_empty() || kept.len() == columns.len() {
            return Ok(plan);
        }
        Projection::try_new(kept, Arc::new(plan)).map(LogicalPlan::Projection)
    }
}

/// The columns of a schema that are asked for; all, where those are none or others than it has.
fn only(asked: &HashSet<Column>, schema: &DFSchemaRef) -> Option<DFSchemaRef> {
    let fields = schema
        .iter()
        .filter(|field| asked.contains(&Column::from(*field)))
        .map(|(table, field)| (table.cloned(), Arc::clone(field)));
    let fields: Vec<_> = fields.collect();
    if fields.is_empty() || fields.len() < asked.len() {
        return Some(Arc::clone(schema));
    }
    let only = DFSchema::new_with_metadata(fields, schema.metadata().clone());
    only.ok().map(Arc::new)
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

/// The columns of inputs by the columns of a plan over them.
type Names = HashMap<Column, Column>;

/// What has been found of a region so far.
#[derive(Default)]
struct Taken {
    /// Whether a named table expression that only joins is taken apart too.
    through_names: bool,
    leaves: Vec<LogicalPlan>,
    conditions: Vec<Expr>,
    nodes: Vec<*const LogicalPlan>,
    has_index_join: bool,
    joins: Vec<(usize, [Leaves; 2])>,
}

impl Taken {
    /// `None` where a condition has a column that nobody knows.
    fn take_apart(&mut self, plan: &LogicalPlan) -> Option<(Tree, Names)> {
        if let Some(parts) = Parts::of_join(plan) {
            let place = self.nodes.len();
            self.nodes.push(plan);
            self.has_index_join |= parts.is_index_join;
            // They keep their place before those of the joins within.
            let own = self.conditions.len()..self.conditions.len() + parts.conditions.len();
            self.conditions.extend(parts.conditions);
            let (left, mut names) = self.take_apart(parts.left)?;
            let (right, of_right) = self.take_apart(parts.right)?;
            names.extend(of_right);
            for condition in &mut self.conditions[own] {
                *condition = renamed(condition, &names)?;
            }
            self.joins.push((place, [left.leaves(), right.leaves()]));
            return Some((Tree::Join(Box::new(left), Box::new(right)), names));
        }
        if let Some(input) = self.within(plan) {
            self.nodes.push(plan);
            let (tree, inner) = self.take_apart(input)?;
            let of_input = names_of_input(plan, input)?;
            let names = of_input
                .into_iter()
                .map(|(column, below)| Some((column, inner.get(&below)?.clone())));
            return Some((tree, names.collect::<Option<_>>()?));
        }
        self.leaves.push(plan.clone());
        let same = plan
            .schema()
            .columns()
            .into_iter()
            .map(|column| (column.clone(), column));
        Some((Tree::Leaf(self.leaves.len() - 1), same.collect()))
    }

    /// The input of a plan that only names columns of joins.
    fn within<'a>(&self, plan: &'a LogicalPlan) -> Option<&'a LogicalPlan> {
        let input = match plan {
            LogicalPlan::Projection(projection) => {
                let is_name = |expr: &Expr| match expr {
                    Expr::Column(_) => true,
                    Expr::Alias(alias) => self.through_names && matches!(*alias.expr, Expr::Column(_)),
                    _ => false,
                };
                projection.expr.iter().all(is_name).then_some(&projection.input)?
            }
            LogicalPlan::SubqueryAlias(alias) if self.through_names => &alias.input,
            _ => return None,
        };
        let joins = Parts::of_join(input).is_some() || self.within(input).is_some();
        joins.then_some(input)
    }

    /// The conditions with their inputs; `None` where one cannot be moved: it needs fewer than two inputs, its columns have
    /// more than one meaning, it gives another value each time, or it fails for some values and might be asked of more rows.
    fn placed_conditions(&self) -> Option<Vec<Condition>> {
        if self.leaves.len() > MOST_LEAVES {
            return None;
        }
        let mut seen: HashMap<String, Vec<Option<TableReference>>> = HashMap::new();
        let mut all = DFSchema::empty();
        for leaf in &self.leaves {
            for column in leaf.schema().columns() {
                let tables = seen.entry(column.name).or_default();
                if tables
                    .iter()
                    .any(|table| may_be_same(table.as_ref(), column.relation.as_ref()))
                {
                    return None;
                }
                tables.push(column.relation);
            }
            all.merge(leaf.schema());
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
            let is_movable = leaves.count_ones() > 1 && !expr.is_volatile() && !can_fail(expr, &all);
            is_movable.then(|| Condition {
                expr: expr.clone(),
                leaves,
            })
        });
        placed.collect()
    }
}

/// Whether columns of one name are found for each other: a table is found without its schema too.
fn may_be_same(one: Option<&TableReference>, other: Option<&TableReference>) -> bool {
    one.zip(other).is_none_or(|(one, other)| one.resolved_eq(other))
}

/// The columns of a plan's input by those of the plan, which only names them.
fn names_of_input(plan: &LogicalPlan, input: &LogicalPlan) -> Option<Vec<(Column, Column)>> {
    let below = match plan {
        LogicalPlan::Projection(projection) => {
            let below = projection.expr.iter().map(|expr| match expr.clone().unalias() {
                Expr::Column(column) => Some(column),
                _ => None,
            });
            below.collect::<Option<Vec<_>>>()?
        }
        _ => input.schema().columns(),
    };
    Some(plan.schema().columns().into_iter().zip(below).collect())
}

/// A condition over the columns of the inputs.
fn renamed(condition: &Expr, names: &Names) -> Option<Expr> {
    let known = condition
        .column_refs()
        .iter()
        .all(|column| names.contains_key(column));
    let renamed = known.then(|| {
        condition.clone().transform(|expr| {
            let inner = match &expr {
                Expr::Column(column) => names.get(column).filter(|inner| *inner != column),
                _ => None,
            };
            Ok(match inner {
                Some(inner) => Transformed::yes(Expr::Column(inner.clone())),
                None => Transformed::no(expr),
            })
        })
    });
    renamed?.ok().map(|renamed| renamed.data)
}

//! From SQL to the operator: the rule that recognises a join, the node that it becomes, the planner that chooses how it runs.

mod call;
mod candidates;
mod equality;
mod estimate;
mod fallible;
mod file_size;
mod filter;
mod gated_pushdown;
mod in_order;
mod late_columns;
mod node;
mod order;
mod planner;
mod predicate;
mod rule;
mod selectivity;
mod sides;

pub(crate) use call::{call, point};
pub(crate) use candidates::is_temporal;
pub(crate) use estimate::estimated_row_bytes;
pub(crate) use fallible::{days_are_equal, never_fails};
pub(crate) use gated_pushdown::GatedPushdown;
pub(crate) use in_order::runs_in_order;
pub(crate) use late_columns::{LateColumns, can_pay};
pub(crate) use planner::{Choice, How, PlannedJoin};
pub use planner::{IndexJoinPlanner, IndexJoinQueryPlanner};
pub use rule::RecogniseIndexJoins;
pub(crate) use sides::{Sides, side_and_other};

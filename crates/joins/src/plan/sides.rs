//! Which side of a join an expression is over.

use datafusion::common::{DFSchema, JoinSide};
use datafusion::logical_expr::Expr;

/// The columns of both sides.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sides<'a> {
    pub(crate) left: &'a DFSchema,
    pub(crate) right: &'a DFSchema,
}

impl<'a> Sides<'a> {
    /// The schema that an expression of one side is over.
    pub(crate) fn schema_of(&self, expr: &Expr) -> Option<&'a DFSchema> {
        self.of(expr).map(|side| match side {
            JoinSide::Left => self.left,
            _ => self.right,
        })
    }

    /// The one side that all columns of an expression are of; none where it has none, has some of both, or gives another
    /// value each time.
    pub(crate) fn of(&self, expr: &Expr) -> Option<JoinSide> {
        let columns = expr.column_refs();
        if columns.is_empty() || expr.is_volatile() {
            return None;
        }
        let all = |schema: &DFSchema| columns.iter().all(|column| schema.has_column(column));
        match (all(self.left), all(self.right)) {
            (true, false) => Some(JoinSide::Left),
            (false, true) => Some(JoinSide::Right),
            _ => None,
        }
    }
}

/// The side of something, left or not, and the other one.
pub(crate) fn side_and_other(is_left: bool) -> (JoinSide, JoinSide) {
    match is_left {
        true => (JoinSide::Left, JoinSide::Right),
        false => (JoinSide::Right, JoinSide::Left),
    }
}

//! The conditions that an index can answer, of whatever kind.

use datafusion::logical_expr::Expr;

use super::Sides;
use crate::bands::{self, BandPredicate};
use crate::ranges::{self, RangePredicate};

/// A part of a join's condition that one kind of index answers.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd)]
pub(crate) enum Predicate {
    /// A point of one side within an interval of the other.
    Range(RangePredicate),
    /// An equal key, and a value of one side close to one of the other.
    Band(BandPredicate),
}

/// The first such part among conditions that all must hold, and the conditions that are left.
pub(crate) fn recognise(conditions: &[Expr], sides: &Sides<'_>) -> Option<(Predicate, Vec<Expr>)> {
    let (predicate, used) =
        ranges::recognise(conditions, sides).map(|(range, used)| (Predicate::Range(range), used))?;
    let left = conditions
        .iter()
        .enumerate()
        .filter(|(position, _)| !used.contains(position));
    Some((predicate, left.map(|(_, condition)| condition.clone()).collect()))
}

/// The first band among the conditions of a join that has equal keys, and the conditions that are left.
pub(crate) fn recognise_band(conditions: &[Expr], sides: &Sides<'_>) -> Option<(Predicate, Vec<Expr>)> {
    let (band, used) = bands::recognise(conditions, sides)?;
    let left = conditions
        .iter()
        .enumerate()
        .filter(|(position, _)| !used.contains(position));
    Some((
        Predicate::Band(band),
        left.map(|(_, condition)| condition.clone()).collect(),
    ))
}

impl Predicate {
    /// The conditions of the join that this is, as they were written.
    pub(crate) fn conditions(&self) -> &[Expr] {
        match self {
            Self::Range(range) => &range.conditions,
            Self::Band(band) => &band.conditions,
        }
    }

    /// What is compared, each over the columns of one side.
    pub(crate) fn keys(&self) -> Vec<&Expr> {
        match self {
            Self::Range(range) => [&range.point].into_iter().chain(&range.interval).collect(),
            Self::Band(band) => band.keys(),
        }
    }

    /// The same predicate over other expressions: as many keys and conditions.
    pub(crate) fn with(&self, keys: Vec<Expr>, conditions: Vec<Expr>) -> Self {
        match self {
            Self::Range(range) => Self::Range(range.with(keys, conditions)),
            Self::Band(band) => Self::Band(band.with(keys, conditions)),
        }
    }
}

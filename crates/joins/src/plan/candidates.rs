//! The parts of a join's condition that an index can answer. One of them is indexed; of the pairs that it finds, the others
//! are tested.

use datafusion::logical_expr::{Expr, ExprSchemable};

use super::Sides;
use super::fallible::can_fail;
use super::predicate::Predicate;
use crate::{bands, fences, near, ranges};

/// All such parts among conditions that all must hold; first the one that is taken where nothing is known of the data.
pub(crate) fn candidates(conditions: &[Expr], has_equal_keys: bool, sides: &Sides<'_>) -> Vec<Predicate> {
    let mut found = Vec::new();
    if has_equal_keys {
        found.extend(each(conditions, |left| {
            let (band, used) = bands::recognise(left, sides)?;
            Some((Predicate::Band(band), used))
        }));
    }
    let bands = found.len();
    found.extend(each(conditions, |left| {
        let (fence, used) = fences::recognise(left, sides)?;
        Some((Predicate::Fence(fence), used))
    }));
    found.extend(each(conditions, |left| {
        let (near, used) = near::recognise(left, sides)?;
        Some((Predicate::Near(near), used))
    }));
    let ranges = each(conditions, |left| {
        let (range, used) = ranges::recognise(left, sides)?;
        Some((Predicate::Range(range), used))
    });
    // What is a band beside its key needs no index without the key.
    let is_band = |range: &Predicate| {
        let mut bands = found[..bands].iter();
        bands.any(|band| {
            range
                .conditions()
                .iter()
                .all(|one| band.conditions().contains(one))
        })
    };
    let ranges: Vec<_> = ranges.into_iter().filter(|range| !is_band(range)).collect();
    found.extend(ranges);
    // An index computes its keys for every row, a hash join a condition for rows with an equal key.
    if has_equal_keys {
        let can_fail = |key: &Expr| can_fail(key, sides.schema_of(key).unwrap_or(sides.left));
        found.retain(|one| matches!(one, Predicate::Band(_)) || !one.keys().into_iter().any(can_fail));
    }
    found.sort_by_key(|predicate| rank(predicate, sides));
    found
}

/// The conditions beside those of a predicate.
pub(crate) fn beside(predicate: &Predicate, conditions: &[Expr]) -> Vec<Expr> {
    let others = conditions
        .iter()
        .filter(|one| !predicate.conditions().contains(one));
    others.cloned().collect()
}

/// One part after the other, each of what the ones before have left.
fn each(
    conditions: &[Expr],
    recognise: impl Fn(&[Expr]) -> Option<(Predicate, Vec<usize>)>,
) -> Vec<Predicate> {
    let mut left = conditions.to_vec();
    let mut found = Vec::new();
    while let Some((predicate, used)) = recognise(&left) {
        let mut position = 0..;
        left.retain(|_| position.next().is_none_or(|position| !used.contains(&position)));
        found.push(predicate);
    }
    found
}

/// What keeps the least comes first. What holds for a time often holds for most rows of a table, so it comes last; a geometry
/// takes longest to be tested pair by pair.
fn rank(predicate: &Predicate, sides: &Sides<'_>) -> u8 {
    match predicate {
        Predicate::Band(band) if band.bounds.len() == 1 => 0,
        Predicate::Fence(_) => 1,
        Predicate::Near(_) => 2,
        Predicate::Band(band) if !is_temporal(&band.point, sides) => 3,
        Predicate::Range(range) if !is_temporal(&range.point, sides) => 4,
        Predicate::Band(_) => 5,
        Predicate::Range(_) => 6,
    }
}

/// Whether an expression of one side is a moment or a day.
pub(crate) fn is_temporal(expr: &Expr, sides: &Sides<'_>) -> bool {
    let data_type = sides
        .schema_of(expr)
        .and_then(|schema| expr.get_type(schema).ok());
    data_type.is_some_and(|data_type| data_type.is_temporal())
}

#[cfg(test)]
#[path = "candidates_tests.rs"]
mod tests;

//! Finds the fence among the conditions of a join.

use datafusion::common::JoinSide;
use datafusion::logical_expr::Expr;
use tieline_index::fences::Rule;

use crate::plan::{Sides, call, point};

/// A point of one side in a geometry of the other.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct FencePredicate {
    /// Over the columns of the one side: longitude and latitude. The point itself is never made.
    pub(crate) point: [Expr; 2],
    /// Over the columns of the other side.
    pub(crate) geometry: Expr,
    /// Whether the geometry is of the left side of the join.
    pub(crate) geometry_left: bool,
    pub(crate) rule: Rule,
    /// The condition of the join that this is, as it was written.
    pub(crate) conditions: Vec<Expr>,
}

// `Rule` has no order, and needs none: predicates of one plan are told apart by their conditions.
impl PartialOrd for FencePredicate {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        self.conditions.partial_cmp(&other.conditions)
    }
}

impl FencePredicate {
    /// The same over other expressions: longitude, latitude and geometry.
    pub(crate) fn with(&self, keys: Vec<Expr>, conditions: Vec<Expr>) -> Self {
        let (point, geometry) = match <[Expr; 3]>::try_from(keys) {
            Ok([lon, lat, geometry]) => ([lon, lat], geometry),
            Err(_) => (self.point.clone(), self.geometry.clone()),
        };
        Self {
            point,
            geometry,
            conditions,
            ..self.clone()
        }
    }
}

/// The first fence among conditions that all must hold, and its position.
pub(crate) fn recognise(conditions: &[Expr], sides: &Sides<'_>) -> Option<(FencePredicate, Vec<usize>)> {
    let mut all = conditions.iter().enumerate();
    all.find_map(|(position, condition)| Some((fence(condition, sides)?, vec![position])))
}

/// `st_contains(geometry, st_point(lon, lat))` and its sisters.
fn fence(condition: &Expr, sides: &Sides<'_>) -> Option<FencePredicate> {
    let (name, [first, second]) = call(condition)?;
    let (geometry, place, rule) = match name {
        "st_contains" => (first, second, Rule::Interior),
        "st_within" => (second, first, Rule::Interior),
        "st_covers" => (first, second, Rule::Covered),
        "st_coveredby" => (second, first, Rule::Covered),
        // A point meets a geometry where the geometry covers it, whichever comes first.
        "st_intersects" if point(first).is_some() => (second, first, Rule::Covered),
        "st_intersects" => (first, second, Rule::Covered),
        _ => return None,
    };
    let [lon, lat] = point(place)?;
    let (geometry_side, point_side) = (sides.of(geometry)?, sides.of(place)?);
    (geometry_side != point_side).then(|| FencePredicate {
        point: [lon.clone(), lat.clone()],
        geometry: geometry.clone(),
        geometry_left: geometry_side == JoinSide::Left,
        rule,
        conditions: vec![condition.clone()],
    })
}

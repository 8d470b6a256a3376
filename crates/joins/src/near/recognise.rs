//! Finds the distance among the conditions of a join.

use datafusion::common::{JoinSide, ScalarValue};
use datafusion::logical_expr::expr::InList;
use datafusion::logical_expr::{BinaryExpr, Expr, Operator};
use tieline_functions::{GEOFENCE_RELATIONS, Nearness};

use crate::plan::{Sides, call, point};

/// A point of one side near a geometry of the other.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd)]
pub(crate) struct NearPredicate {
    /// Over the columns of the one side: longitude and latitude. The point itself is never made.
    pub(crate) point: [Expr; 2],
    /// Over the columns of the other side.
    pub(crate) geometry: Expr,
    /// Over the columns of one side, or without any.
    pub(crate) distance: Expr,
    /// Whether the distance is over columns of the point's side.
    pub(crate) distance_with_point: bool,
    /// Whether the geometry is of the left side of the join.
    pub(crate) geometry_left: bool,
    pub(crate) nearness: Nearness,
    /// The condition of the join that this is, as it was written.
    pub(crate) conditions: Vec<Expr>,
}

impl NearPredicate {
    /// Longitude, latitude, geometry and distance.
    pub(crate) fn keys(&self) -> Vec<&Expr> {
        self.point
            .iter()
            .chain([&self.geometry, &self.distance])
            .collect()
    }

    /// The same over other expressions, in the order of [`NearPredicate::keys`].
    pub(crate) fn with(&self, keys: Vec<Expr>, conditions: Vec<Expr>) -> Self {
        let mut other = Self {
            conditions,
            ..self.clone()
        };
        if let Ok([lon, lat, geometry, distance]) = <[Expr; 4]>::try_from(keys) {
            other.point = [lon, lat];
            other.geometry = geometry;
            other.distance = distance;
        }
        other
    }
}

/// The first distance among conditions that all must hold, and its position.
pub(crate) fn recognise(conditions: &[Expr], sides: &Sides<'_>) -> Option<(NearPredicate, Vec<usize>)> {
    let mut all = conditions.iter().enumerate();
    all.find_map(|(position, condition)| Some((near(condition, sides)?, vec![position])))
}

fn near(condition: &Expr, sides: &Sides<'_>) -> Option<NearPredicate> {
    let (geometry, [lon, lat], distance, nearness) = within(condition).or_else(|| related(condition))?;
    let geometry_side = sides.of(geometry)?;
    // Each coordinate by itself may be the same for all; the two of them are not.
    let point_side = match (sides.of(lon), sides.of(lat)) {
        (Some(lon), Some(lat)) if lon == lat => lon,
        _ => return None,
    };
    let distance_side = match distance.column_refs().is_empty() && !distance.is_volatile() {
        true => geometry_side,
        false => sides.of(distance)?,
    };
    (geometry_side != point_side).then(|| NearPredicate {
        point: [lon.clone(), lat.clone()],
        geometry: geometry.clone(),
        distance: distance.clone(),
        distance_with_point: distance_side == point_side,
        geometry_left: geometry_side == JoinSide::Left,
        nearness,
        conditions: vec![condition.clone()],
    })
}

/// A geometry, a longitude and latitude, a distance, and what is asked of them.
type Parts<'a> = (&'a Expr, [&'a Expr; 2], &'a Expr, Nearness);

/// `st_dwithin(geometry, st_point(lon, lat), distance)` or its sister, either geometry first.
fn within(condition: &Expr) -> Option<Parts<'_>> {
    let (name, [first, second, distance]) = call(condition)?;
    let nearness = match name {
        "st_dwithin" => Nearness::Degrees,
        "st_dwithinspheroid" => Nearness::Metres,
        _ => return None,
    };
    match (point(first), point(second)) {
        (None, Some(point)) => Some((first, point, distance, nearness)),
        (Some(point), None) => Some((second, point, distance, nearness)),
        _ => None,
    }
}

/// `geofence_relation(geometry, lon, lat, accuracy_m)` compared with some of its outcomes, not with `outside`.
fn related(condition: &Expr) -> Option<Parts<'_>> {
    let (of, outcomes) = outcomes(condition)?;
    let (_, [geometry, lon, lat, accuracy]) = call(of)?;
    let [inside, possible, outside] = outcomes;
    let nearness = Nearness::Relation { inside, possible };
    (!outside && (inside || possible)).then_some((geometry, [lon, lat], accuracy, nearness))
}

/// The call of `geofence_relation` that a condition is about, and which of its outcomes satisfy it.
fn outcomes(condition: &Expr) -> Option<(&Expr, [bool; 3])> {
    match condition {
        Expr::BinaryExpr(BinaryExpr { left, op, right }) => match op {
            Operator::Or => {
                let ((of, some), (same, others)) = (outcomes(left)?, outcomes(right)?);
                (of == same).then(|| (of, std::array::from_fn(|place| some[place] || others[place])))
            }
            Operator::Eq | Operator::NotEq => {
                let (of, outcome) = match (relation(left), text(right), relation(right), text(left)) {
                    (Some(of), Some(outcome), ..) | (.., Some(of), Some(outcome)) => (of, outcome),
                    _ => return None,
                };
                Some((
                    of,
                    GEOFENCE_RELATIONS.map(|one| (one == outcome) == (*op == Operator::Eq)),
                ))
            }
            _ => None,
        },
        Expr::InList(InList { expr, list, negated }) => {
            let of = relation(expr)?;
            let listed: Vec<&str> = list.iter().map(text).collect::<Option<_>>()?;
            Some((
                of,
                GEOFENCE_RELATIONS.map(|one| listed.contains(&one) != *negated),
            ))
        }
        _ => None,
    }
}

fn relation(expr: &Expr) -> Option<&Expr> {
    call::<4>(expr)
        .is_some_and(|(name, _)| name == "geofence_relation")
        .then_some(expr)
}

fn text(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Literal(
            ScalarValue::Utf8(Some(text))
            | ScalarValue::Utf8View(Some(text))
            | ScalarValue::LargeUtf8(Some(text)),
            _,
        ) => Some(text),
        _ => None,
    }
}

//! Geometries indexed by their boxes, points probing with a distance.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BooleanArray};
use datafusion::common::{Result, internal_err};
use tieline_functions::{NearFence, Nearness, PointReach, near_column};
use tieline_index::fences::{Boxes, Sieve};

use super::kind::NearKind;
use crate::fences::{MOST_FENCES_FOR_AREAS, areas_of, bounds_of, coordinates, numbers};
use crate::index::{Area, JoinIndex, KeyBounds, KeyedRows, MOST_RANGES, Matches, Pairs};
use crate::same_group::BuildGroups;

/// Which geometries of the build side are near a point.
#[derive(Debug)]
pub(super) struct NearIndex {
    nearness: Nearness,
    fences: Vec<NearFence>,
    /// The distance of every geometry, where it is not the point's.
    distances: Option<Vec<f64>>,
    /// Of the geometries by position, widened by their distance where they have one.
    boxes: Boxes,
    /// Where none of the boxes are: nearly all points of a country are nowhere near its sites.
    sieve: Sieve,
    reach: PointReach,
    groups: BuildGroups,
}

impl NearIndex {
    pub(super) fn build(kind: &NearKind, rows: &KeyedRows) -> Result<Arc<dyn JoinIndex>> {
        let nearness = kind.nearness;
        let (geometries, distances) = match rows.keys.as_slice() {
            [geometries] => (geometries, None),
            [geometries, distances] => (geometries, Some(values(distances)?)),
            _ => return internal_err!("a geometry is one key, with its distance two"),
        };
        let fences = near_column(geometries, &kind.geometry_field, nearness)?;
        let distances: Option<Vec<f64>> =
            distances.map(|all| fences.iter().map(|fence| all[fence.row() as usize]).collect());
        let boxes = match &distances {
            Some(distances) => {
                let widened = (0_u32..).zip(&fences).zip(distances);
                Boxes::build(widened.flat_map(|((position, fence), distance)| {
                    let boxes = nearness.boxes_around(fence.bounds(), *distance);
                    boxes.map(move |rect| (rect, position))
                }))
            }
            None => Boxes::build(fences.iter().zip(0_u32..).flat_map(|(fence, position)| {
                let boxes = nearness.boxes_around(fence.bounds(), 0.0);
                boxes.map(move |rect| (rect, position))
            })),
        };
        Ok(Arc::new(Self {
            nearness,
            fences,
            distances,
            sieve: Sieve::of(&boxes),
            reach: PointReach::new(nearness),
            boxes,
            groups: BuildGroups(rows.groups.clone()),
        }))
    }

    /// Fills `found` with the rows of the geometries that a point is near, ascending.
    fn find(&self, points: &NearPoints, groups: Option<&[u32]>, point: u32, found: &mut Found) {
        let (x, y) = (points.xs[point as usize], points.ys[point as usize]);
        let Found { positions, rows } = found;
        positions.clear();
        rows.clear();
        let within = match &points.distances {
            Some(distances) => self.reach.of(x, y, distances[point as usize]),
            None => Some([0.0, 0.0]),
        };
        if within.is_some_and(|within| !self.sieve.may_reach([x, y], within)) {
            return;
        }
        if !(x.is_finite() && y.is_finite()) {
            return;
        }
        let at = [x, y, x, y];
        match &points.distances {
            Some(distances) => {
                for rect in self.nearness.boxes_around(at, distances[point as usize]) {
                    self.boxes.overlapping(rect, |position| positions.push(position));
                }
            }
            None => self.boxes.overlapping(at, |position| positions.push(position)),
        }
        // One that goes around the earth may be met twice.
        positions.sort_unstable();
        positions.dedup();
        for &mut position in positions {
            let fence = &self.fences[position as usize];
            let distance = match (&self.distances, &points.distances) {
                (Some(distances), _) => distances[position as usize],
                (None, Some(distances)) => distances[point as usize],
                (None, None) => f64::NAN,
            };
            // The groups are compared first: they cost nothing.
            if self.groups.same(fence.row(), groups, point) && fence.meets(self.nearness, x, y, distance) {
                rows.push(fence.row());
            }
        }
    }

    /// Whether boxes say which points can match: not where each point brings its own distance, by which it may be away.
    fn is_bounded(&self) -> bool {
        let is_inside = matches!(self.nearness, Nearness::Relation { possible: false, .. });
        self.distances.is_some() || is_inside
    }
}

/// What is found of one point.
#[derive(Debug, Default)]
struct Found {
    positions: Vec<u32>,
    rows: Vec<u32>,
}

impl JoinIndex for NearIndex {
    fn bytes(&self) -> usize {
        let fences: usize = self.fences.iter().map(NearFence::bytes).sum();
        let distances = self.distances.as_ref().map_or(0, Vec::len) * size_of::<f64>();
        fences + distances + self.boxes.bytes() + self.sieve.bytes() + self.groups.bytes()
    }

    fn probe(self: Arc<Self>, rows: KeyedRows) -> Result<Box<dyn Matches>> {
        Ok(Box::new(NearMatches {
            points: NearPoints::of(&rows)?,
            groups: rows.groups,
            index: self,
            next_point: 0,
            found: Found::default(),
            taken: 0,
        }))
    }

    fn matches_any(&self, rows: &KeyedRows) -> Result<BooleanArray> {
        let points = NearPoints::of(rows)?;
        let mut found = Found::default();
        let any = (0..rows.rows as u32).map(|point| {
            self.find(&points, rows.groups.as_deref(), point, &mut found);
            Some(!found.rows.is_empty())
        });
        Ok(any.collect())
    }

    fn bounds(&self) -> Vec<KeyBounds> {
        match self.is_bounded() {
            true => bounds_of(self.boxes.merged_x(MOST_RANGES), self.boxes.merged_y(MOST_RANGES)),
            false => Vec::new(),
        }
    }

    fn areas(&self) -> Option<Vec<Area>> {
        let few = self.is_bounded() && self.boxes.len() <= MOST_FENCES_FOR_AREAS;
        few.then(|| areas_of(self.boxes.merged_boxes(MOST_RANGES)))
    }
}

/// The points of a probe batch; NaN, which matches nothing, where something is NULL.
struct NearPoints {
    xs: Vec<f64>,
    ys: Vec<f64>,
    distances: Option<Vec<f64>>,
}

impl NearPoints {
    fn of(rows: &KeyedRows) -> Result<Self> {
        let (points, distances) = match rows.keys.as_slice() {
            [xs, ys] => ([xs, ys], None),
            [xs, ys, distances] => ([xs, ys], Some(values(distances)?)),
            _ => return internal_err!("a point is two keys, with its distance three"),
        };
        let [xs, ys] = points;
        Ok(Self {
            xs: values(xs)?,
            ys: values(ys)?,
            distances,
        })
    }
}

fn values(array: &ArrayRef) -> Result<Vec<f64>> {
    Ok(numbers(&coordinates(array)?).into_owned())
}

struct NearMatches {
    index: Arc<NearIndex>,
    points: NearPoints,
    groups: Option<Vec<u32>>,
    /// The point after the one whose matches are in `found`.
    next_point: usize,
    found: Found,
    /// How many of them have been handed out.
    taken: usize,
}

/// After so many points a query can be cancelled.
const POINTS_AT_A_TIME: usize = 256;

impl Matches for NearMatches {
    fn next(&mut self, limit: usize, pairs: &mut Pairs) -> bool {
        let full = pairs.len() + limit;
        let mut searched = 0;
        loop {
            let left = &self.found.rows[self.taken..];
            let taken = left.len().min(full - pairs.len());
            pairs.build.extend_from_slice(&left[..taken]);
            pairs
                .probe
                .resize(pairs.build.len(), (self.next_point as u32).wrapping_sub(1));
            self.taken += taken;
            if taken < left.len() || searched == POINTS_AT_A_TIME {
                return true;
            }
            if self.next_point == self.points.xs.len() {
                return false;
            }
            let point = self.next_point as u32;
            self.index
                .find(&self.points, self.groups.as_deref(), point, &mut self.found);
            self.next_point += 1;
            self.taken = 0;
            searched += 1;
        }
    }
}

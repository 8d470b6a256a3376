//! Geometries indexed, points probing.

use std::borrow::Cow;
use std::sync::Arc;

use datafusion::arrow::array::{BooleanArray, Float64Array};
use datafusion::common::{DataFusionError, Result, internal_err};
use tieline_functions::{OtherFence, fence_column};
use tieline_index::fences::{Boxes, Fences, Rule};
use tieline_index::ranges::{Cursor, Pairs};

use super::areas::{Box4, MOST_FENCES_FOR_AREAS, areas_of, bounds_of, coordinates, numbers};
use super::kind::FenceKind;
use crate::index::{Area, JoinIndex, KeyBounds, KeyedRows, MOST_RANGES, Matches};
use crate::same_group::BuildGroups;

/// Which geometries of the build side hold a point.
#[derive(Debug)]
pub(super) struct FenceIndex {
    fences: Fences,
    rule: Rule,
    /// Geometries that are not made of polygons alone, and their boxes by position.
    others: Vec<OtherFence>,
    other_boxes: Boxes,
    groups: BuildGroups,
    /// What a scan is told, made once: it asks for every file.
    bounds: Vec<KeyBounds>,
    areas: Option<Vec<Area>>,
}

impl FenceIndex {
    pub(super) fn build(kind: &FenceKind, rows: &KeyedRows, threads: usize) -> Result<Arc<dyn JoinIndex>> {
        let [geometries] = rows.keys.as_slice() else {
            return internal_err!("a fence is one key");
        };
        let column = fence_column(geometries, &kind.geometry_field)?;
        let fences = Fences::build_with_threads(column.outlines, kind.rule, kind.strategy, threads)
            .map_err(|error| DataFusionError::ResourcesExhausted(error.to_string()))?;
        let boxes = (0_u32..).zip(&column.others);
        let other_boxes = Boxes::build(boxes.map(|(position, other)| (other.bounds(), position)));
        let others = column.others.iter().map(OtherFence::bounds).reduce(around);
        Ok(Arc::new(Self {
            bounds: bounds(&fences, others),
            areas: (fences.len() <= MOST_FENCES_FOR_AREAS).then(|| areas(&fences, others)),
            fences,
            rule: kind.rule,
            others: column.others,
            other_boxes,
            groups: BuildGroups(rows.groups.clone()),
        }))
    }

    /// Calls `take` with the row of every geometry of another kind that holds a point.
    fn others_at(&self, x: f64, y: f64, mut take: impl FnMut(u32)) {
        if !(x.is_finite() && y.is_finite()) {
            return;
        }
        self.other_boxes.overlapping([x, y, x, y], |position| {
            let other = &self.others[position as usize];
            if other.holds(x, y, self.rule) {
                take(other.row());
            }
        });
    }
}

impl JoinIndex for FenceIndex {
    fn bytes(&self) -> usize {
        let others: usize = self.others.iter().map(OtherFence::bytes).sum();
        self.fences.bytes() + others + self.other_boxes.bytes() + self.groups.bytes()
    }

    fn probe(self: Arc<Self>, rows: KeyedRows) -> Result<Box<dyn Matches>> {
        let points = Points::of(&rows)?;
        Ok(Box::new(FenceMatches {
            index: self,
            points,
            groups: rows.groups,
            cursor: Cursor::default(),
            mixed: Mixed::default(),
        }))
    }

    fn matches_any(&self, rows: &KeyedRows) -> Result<BooleanArray> {
        let points = Points::of(rows)?;
        let (xs, ys) = points.slices();
        let mut any = Vec::with_capacity(rows.rows);
        match (&self.groups.0, &rows.groups) {
            (Some(_), Some(probe_groups)) => {
                any.resize(rows.rows, false);
                let (mut cursor, mut pairs, mut done) = (Cursor::default(), Pairs::default(), false);
                while !done {
                    pairs.clear();
                    done = self
                        .fences
                        .probe(&xs, &ys, 0, &mut cursor, rows.rows.max(1), &mut pairs);
                    for (build, probe) in pairs.build.iter().zip(&pairs.probe) {
                        any[*probe as usize] |= self.groups.same(*build, Some(probe_groups), *probe);
                    }
                }
            }
            _ => self.fences.any(&xs, &ys, &mut any),
        }
        if !self.others.is_empty() {
            for (row, any) in any.iter_mut().enumerate() {
                self.others_at(xs[row], ys[row], |build| {
                    *any |= self.groups.same(build, rows.groups.as_deref(), row as u32);
                });
            }
        }
        Ok(any.into())
    }

    fn bounds(&self) -> Vec<KeyBounds> {
        self.bounds.clone()
    }

    fn areas(&self) -> Option<Vec<Area>> {
        self.areas.clone()
    }
}

/// The box around two.
fn around(one: Box4, other: Box4) -> Box4 {
    let [west, south, east, north] = other;
    [
        one[0].min(west),
        one[1].min(south),
        one[2].max(east),
        one[3].max(north),
    ]
}

/// Where longitudes and latitudes can be: those of the polygons, and of the box around everything else.
fn bounds(fences: &Fences, others: Option<Box4>) -> Vec<KeyBounds> {
    let with = |merged: Vec<(f64, f64)>, others: Option<(f64, f64)>| match others {
        Some(others) => union(merged, others),
        None => merged,
    };
    let other = |low: usize, high: usize| others.map(|others| (others[low], others[high]));
    // One place is kept for everything else.
    let limit = MOST_RANGES - usize::from(others.is_some());
    bounds_of(
        with(fences.merged_x(limit), other(0, 2)),
        with(fences.merged_y(limit), other(1, 3)),
    )
}

fn areas(fences: &Fences, others: Option<Box4>) -> Vec<Area> {
    let limit = MOST_RANGES - usize::from(others.is_some());
    areas_of(fences.merged_boxes(limit).into_iter().chain(others))
}

/// Disjoint ranges, ascending, with one more.
fn union(ranges: Vec<(f64, f64)>, (low, high): (f64, f64)) -> Vec<(f64, f64)> {
    let apart = |range: &(f64, f64)| range.1 < low || range.0 > high;
    let (mut kept, met): (Vec<_>, Vec<_>) = ranges.into_iter().partition(apart);
    let merged = met
        .into_iter()
        .fold((low, high), |all, one| (all.0.min(one.0), all.1.max(one.1)));
    kept.push(merged);
    kept.sort_by(|one, other| one.0.total_cmp(&other.0));
    kept
}

/// The coordinates of a probe batch; NaN, which matches nothing, where one is NULL.
struct Points {
    xs: Float64Array,
    ys: Float64Array,
}

impl Points {
    fn of(rows: &KeyedRows) -> Result<Self> {
        let [xs, ys] = rows.keys.as_slice() else {
            return internal_err!("a point is two keys");
        };
        Ok(Self {
            xs: coordinates(xs)?,
            ys: coordinates(ys)?,
        })
    }

    fn slices(&self) -> (Cow<'_, [f64]>, Cow<'_, [f64]>) {
        (numbers(&self.xs), numbers(&self.ys))
    }
}

/// The matches of a batch: as the index has them, or, where there are geometries of other kinds too, by a few points at a time,
/// so that all matches are in the order of the points.
struct FenceMatches {
    index: Arc<FenceIndex>,
    points: Points,
    groups: Option<Vec<u32>>,
    cursor: Cursor,
    mixed: Mixed,
}

/// The matches of a few points in geometries of all kinds.
#[derive(Default)]
struct Mixed {
    next_point: usize,
    /// In order; the first `taken` of them have been handed out.
    found: Vec<(u32, u32)>,
    taken: usize,
}

/// So few that their matches fit into memory, however many each has.
const POINTS_AT_A_TIME: usize = 16;

impl Matches for FenceMatches {
    fn next(&mut self, limit: usize, pairs: &mut Pairs) -> bool {
        let (xs, ys) = self.points.slices();
        let begun = pairs.len();
        let more = match self.index.others.is_empty() {
            true => {
                let fences = &self.index.fences;
                !fences.probe(&xs, &ys, 0, &mut self.cursor, limit, pairs)
            }
            false => self.mixed.next(&self.index, (&xs, &ys), limit, pairs),
        };
        if self.groups.is_some() {
            self.index.groups.keep(self.groups.as_deref(), begun, pairs);
        }
        more
    }
}

impl Mixed {
    fn next(
        &mut self,
        index: &FenceIndex,
        points: (&[f64], &[f64]),
        limit: usize,
        pairs: &mut Pairs,
    ) -> bool {
        let full = pairs.len() + limit;
        while pairs.len() < full {
            let left = &self.found[self.taken..];
            if left.is_empty() {
                if self.next_point == points.0.len() {
                    return false;
                }
                self.find(index, points);
                // One step finds the matches of a few points, so that a query can be cancelled between two.
                if self.found.is_empty() {
                    return true;
                }
                continue;
            }
            let taken = left.len().min(full - pairs.len());
            pairs.probe.extend(left[..taken].iter().map(|(probe, _)| *probe));
            pairs.build.extend(left[..taken].iter().map(|(_, build)| *build));
            self.taken += taken;
        }
        true
    }

    fn find(&mut self, index: &FenceIndex, (xs, ys): (&[f64], &[f64])) {
        let points = self.next_point..xs.len().min(self.next_point + POINTS_AT_A_TIME);
        self.next_point = points.end;
        (self.taken, self.found) = (0, Vec::new());
        let (mut cursor, mut pairs) = (Cursor::default(), Pairs::default());
        let (some_xs, some_ys) = (&xs[points.clone()], &ys[points.clone()]);
        let first = points.start as u32;
        index
            .fences
            .probe(some_xs, some_ys, first, &mut cursor, usize::MAX, &mut pairs);
        self.found.extend(pairs.probe.iter().copied().zip(pairs.build));
        for point in points {
            index.others_at(xs[point], ys[point], |build| {
                self.found.push((point as u32, build))
            });
        }
        self.found.sort_unstable();
    }
}

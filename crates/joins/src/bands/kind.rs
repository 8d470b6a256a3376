//! A join over time bands before its index is built.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::datatypes::{DataType, Schema, SchemaRef, TimeUnit};
use datafusion::common::{Result, plan_err};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::BinaryExpr;

use super::check;
use super::index::BandIndex;
use super::types::{Counts, is_keyed, is_supported, same_counts, units_of};
use crate::index::{IndexKind, JoinIndex, KeyedRows};

/// A value of one side, the point, close to one of the other, or between two of the other.
#[derive(Debug, Clone)]
pub struct BandKind {
    /// Over the build side: the equal key where the index has it, then the point or its bounds.
    pub build: Vec<Arc<dyn PhysicalExpr>>,
    /// Over the probe side: the same, with the bounds or the point.
    pub probe: Vec<Arc<dyn PhysicalExpr>>,
    /// Whether the join's one equal key comes first among the keys. Else rows are equal by their group.
    pub keyed: bool,
    /// Whether most batches of the probe side have their rows by that key, ascending. Only speed rests on it.
    pub in_order: bool,
    /// Whether the points are indexed, and their bounds probe; otherwise the other way round.
    pub builds_point: bool,
    /// The least that a point may be above its first bound, in the unit of both.
    pub low: i64,
    /// The most that it may be above its last bound.
    pub high: i64,
    /// Of rows with a value further than this from zero, `check` decides.
    pub safe: i64,
    /// The unit of the limits, to which times that have a coarser one are brought; `None` where it is that of all of them.
    pub unit: Option<TimeUnit>,
    /// The types of the probe side's times, in which its scan is told what to skip.
    pub probe_times: Vec<DataType>,
    /// The conditions as they were written, over the times of the build side and then those of the probe side. `None` where
    /// they have no arithmetic that could overflow.
    pub check: Option<Arc<dyn PhysicalExpr>>,
}

impl BandKind {
    /// How many of the keys come before the times.
    pub(super) fn keys(&self) -> usize {
        usize::from(self.keyed)
    }

    /// The types of keys over a schema: those behind the equal key are [`BandKind::probe_times`].
    ///
    /// # Errors
    /// Where they are over columns that are not there.
    pub fn types(keys: &[Arc<dyn PhysicalExpr>], schema: &Schema) -> Result<Vec<DataType>> {
        keys.iter().map(|key| key.data_type(schema)).collect()
    }

    /// The columns that [`BandKind::check`] is over.
    ///
    /// # Errors
    /// Where the keys are not such as the index takes: their numbers, their types, or the limits.
    pub fn check_schema(&self, build: &Schema, probe: &Schema) -> Result<SchemaRef> {
        let (build, probe) = (Self::types(&self.build, build)?, Self::types(&self.probe, probe)?);
        if self.keyed && (build.first() != probe.first() || !build.first().is_some_and(is_keyed)) {
            return plan_err!("the equal key of a band is not of one type that an index takes");
        }
        let (Some(build), Some(probe)) = (build.get(self.keys()..), probe.get(self.keys()..)) else {
            return plan_err!("a band is without its times");
        };
        let (points, bounds) = if self.builds_point {
            (build, probe)
        } else {
            (probe, build)
        };
        if points.len() != 1 || !(1..=2).contains(&bounds.len()) {
            return plan_err!("a band has a point and one or two bounds");
        }
        let alike = match self.unit {
            None => bounds.iter().all(|bound| same_counts(&points[0], bound)),
            Some(unit) => build
                .iter()
                .chain(probe)
                .all(|time| units_of(time, unit).is_some()),
        };
        if !alike || !is_supported(&points[0]) || probe != self.probe_times {
            return plan_err!("the times of a band are not of one type that an index takes");
        }
        if self.unit.is_some() && self.safe == i64::MAX {
            return plan_err!("times that are brought to a unit can be too far out for it");
        }
        if self.low == i64::MIN || self.high == i64::MIN || self.safe < 0 {
            return plan_err!("the limits of a band are out of bounds");
        }
        Ok(check::schema(build.iter().chain(probe).cloned()))
    }

    /// Of the key columns of some rows those that are times.
    pub(super) fn times_of<'a>(&self, rows: &'a KeyedRows) -> &'a [ArrayRef] {
        rows.keys.get(self.keys()..).unwrap_or_default()
    }

    /// Times of either side as counts.
    pub(super) fn counts(&self, times: &[ArrayRef]) -> Result<Vec<Counts>> {
        times.iter().map(|times| Counts::of(times, self.unit)).collect()
    }

    /// For EXPLAIN.
    pub(super) fn condition(&self) -> Condition<'_> {
        Condition(self)
    }

    fn write_unit(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.unit {
            Some(unit) => write!(formatter, " ({unit})"),
            None => Ok(()),
        }
    }

    /// The keys of a side that are times.
    fn times<'a>(&self, keys: &'a [Arc<dyn PhysicalExpr>]) -> &'a [Arc<dyn PhysicalExpr>] {
        keys.get(self.keys()..).unwrap_or_default()
    }
}

impl IndexKind for BandKind {
    fn strategy(&self) -> &'static str {
        "sorted"
    }

    fn build_keys(&self) -> &[Arc<dyn PhysicalExpr>] {
        &self.build
    }

    fn probe_keys(&self) -> &[Arc<dyn PhysicalExpr>] {
        &self.probe
    }

    fn holds_equal_keys(&self) -> bool {
        self.keyed
    }

    fn way_out(&self) -> &'static str {
        "tieline.band_strategy = 'merge'"
    }

    fn with_keys(
        &self,
        build: Vec<Arc<dyn PhysicalExpr>>,
        probe: Vec<Arc<dyn PhysicalExpr>>,
    ) -> Arc<dyn IndexKind> {
        Arc::new(Self {
            build,
            probe,
            ..self.clone()
        })
    }

    fn build_bytes(&self, rows: &KeyedRows) -> usize {
        BandIndex::build_bytes(self, rows)
    }

    fn build(&self, rows: &KeyedRows, threads: usize) -> Result<Arc<dyn JoinIndex>> {
        Ok(Arc::new(BandIndex::build(self, rows, threads)?))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl fmt::Display for BandKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "band strategy={}: ", self.strategy())?;
        if let (true, Some(build), Some(probe)) = (self.keyed, self.build.first(), self.probe.first()) {
            write!(formatter, "{build} = {probe}, ")?;
        }
        write!(formatter, "{}", self.condition())?;
        match self.in_order {
            true => formatter.write_str(", probed in order"),
            false => Ok(()),
        }
    }
}

/// The band itself, without its key: what EXPLAIN says in every strategy.
pub(super) struct Condition<'a>(&'a BandKind);

impl fmt::Display for Condition<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.0;
        let (build, probe) = (kind.times(&kind.build), kind.times(&kind.probe));
        let (points, bounds) = if kind.builds_point {
            (build, probe)
        } else {
            (probe, build)
        };
        let (low, high) = (kind.low, kind.high);
        match (points, bounds) {
            ([point], [bound]) => {
                write!(formatter, "{low} <= {point} - {} <= {high}", Subtracted(bound))?;
                kind.write_unit(formatter)
            }
            ([point], [first, last]) if low == 0 && high == 0 => {
                write!(formatter, "{first} <= {point} <= {last}")
            }
            ([point], [first, last]) => {
                let (first, last) = (Subtracted(first), Subtracted(last));
                write!(
                    formatter,
                    "{low} <= {point} - {first} and {point} - {last} <= {high}"
                )?;
                kind.write_unit(formatter)
            }
            _ => write!(formatter, "of other keys"),
        }
    }
}

/// A bound behind a minus.
struct Subtracted<'a>(&'a Arc<dyn PhysicalExpr>);

impl fmt::Display for Subtracted<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.is::<BinaryExpr>() {
            true => write!(formatter, "({})", self.0),
            false => self.0.fmt(formatter),
        }
    }
}

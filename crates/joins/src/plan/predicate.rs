//! The conditions that an index can answer, of whatever kind.

use datafusion::logical_expr::Expr;

use crate::bands::BandPredicate;
use crate::fences::FencePredicate;
use crate::near::NearPredicate;
use crate::ranges::RangePredicate;
use crate::settings::{BandStrategy, GeofenceStrategy, JoinSettings, RangeStrategy};

/// A part of a join's condition that one kind of index answers.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd)]
pub(crate) enum Predicate {
    /// A point of one side within an interval of the other.
    Range(RangePredicate),
    /// An equal key, and a value of one side close to one of the other.
    Band(BandPredicate),
    /// A point of one side in a geometry of the other.
    Fence(FencePredicate),
    /// A point of one side near a geometry of the other.
    Near(NearPredicate),
}

impl Predicate {
    /// The conditions of the join that this is, as they were written.
    pub(crate) fn conditions(&self) -> &[Expr] {
        match self {
            Self::Range(range) => &range.conditions,
            Self::Fence(fence) => &fence.conditions,
            Self::Near(near) => &near.conditions,
            Self::Band(band) => &band.conditions,
        }
    }

    /// Whether the settings leave this kind of join to DataFusion.
    pub(crate) fn is_left_to_datafusion(&self, settings: &JoinSettings) -> bool {
        match self {
            Self::Range(_) => settings.range_strategy == RangeStrategy::NestedLoop,
            Self::Fence(_) | Self::Near(_) => settings.geofence_strategy == GeofenceStrategy::NestedLoop,
            // Without a word about bands, what is said of ranges holds for them: many a band is one.
            Self::Band(_) => match settings.band_strategy {
                BandStrategy::Auto => settings.range_strategy == RangeStrategy::NestedLoop,
                BandStrategy::Sorted | BandStrategy::Merge | BandStrategy::Bucket => false,
                BandStrategy::Hash => true,
            },
        }
    }

    /// What is compared, each over the columns of one side.
    pub(crate) fn keys(&self) -> Vec<&Expr> {
        match self {
            Self::Range(range) => [&range.point].into_iter().chain(&range.interval).collect(),
            Self::Band(band) => band.keys(),
            Self::Fence(fence) => fence.point.iter().chain([&fence.geometry]).collect(),
            Self::Near(near) => near.keys(),
        }
    }

    /// The same predicate over other expressions: as many keys and conditions.
    pub(crate) fn with(&self, keys: Vec<Expr>, conditions: Vec<Expr>) -> Self {
        match self {
            Self::Range(range) => Self::Range(range.with(keys, conditions)),
            Self::Band(band) => Self::Band(band.with(keys, conditions)),
            Self::Fence(fence) => Self::Fence(fence.with(keys, conditions)),
            Self::Near(near) => Self::Near(near.with(keys, conditions)),
        }
    }
}

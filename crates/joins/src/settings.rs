//! `SET tieline.…`: which strategy runs which kind of join.

use std::fmt;
use std::str::FromStr;

use datafusion::common::config::{ConfigExtension, ConfigField, ConfigOptions, Visit};
use datafusion::common::{DataFusionError, extensions_options};

extensions_options! {
    /// Settings of the joins.
    pub struct JoinSettings {
        /// How joins over ranges run: `auto`, `segments`, `sorted` or `nested_loop`
        pub range_strategy: RangeStrategy, default = RangeStrategy::Auto
    }
}

impl ConfigExtension for JoinSettings {
    const PREFIX: &'static str = "tieline";
}

impl JoinSettings {
    /// Those of a session; the defaults where it has none.
    pub fn of(config: &ConfigOptions) -> Self {
        config.extensions.get::<Self>().cloned().unwrap_or_default()
    }
}

/// How a join over ranges runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum RangeStrategy {
    /// The planner chooses.
    #[default]
    Auto,
    /// The key space cut at every bound.
    Segments,
    /// The intervals sorted by their lower bound.
    Sorted,
    /// DataFusion's own plan.
    NestedLoop,
}

impl RangeStrategy {
    const ALL: [Self; 4] = [Self::Auto, Self::Segments, Self::Sorted, Self::NestedLoop];

    /// The name in `SET`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Segments => "segments",
            Self::Sorted => "sorted",
            Self::NestedLoop => "nested_loop",
        }
    }
}

impl fmt::Display for RangeStrategy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for RangeStrategy {
    type Err = DataFusionError;

    fn from_str(text: &str) -> Result<Self, DataFusionError> {
        let named = Self::ALL
            .into_iter()
            .find(|strategy| strategy.name() == text.trim());
        named.ok_or_else(|| {
            DataFusionError::Configuration(
                "a range strategy is one of auto, segments, sorted, nested_loop".to_owned(),
            )
        })
    }
}

impl ConfigField for RangeStrategy {
    fn visit<V: Visit>(&self, visitor: &mut V, key: &str, description: &'static str) {
        visitor.some(key, self, description);
    }

    fn set(&mut self, _key: &str, value: &str) -> Result<(), DataFusionError> {
        *self = value.parse()?;
        Ok(())
    }
}

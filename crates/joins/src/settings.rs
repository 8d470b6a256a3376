//! `SET tieline.…`: which strategy runs which kind of join.

use std::any::Any;
use std::fmt;
use std::str::FromStr;

use datafusion::common::DataFusionError;
use datafusion::common::config::{ConfigEntry, ConfigExtension, ConfigOptions, ExtensionOptions};

/// Settings of the joins.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct JoinSettings {
    /// How joins over ranges run.
    pub range_strategy: RangeStrategy,
    /// How joins over an equal key and a band of times run.
    pub band_strategy: BandStrategy,
    /// How joins over fences run.
    pub geofence_strategy: GeofenceStrategy,
    /// In which order joins run where one of them is ours.
    pub join_order: JoinOrder,
}

/// By hand, because what DataFusion's macro makes is listed without the prefix, so that `SHOW tieline.…` finds nothing.
impl ExtensionOptions for JoinSettings {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }

    fn cloned(&self) -> Box<dyn ExtensionOptions> {
        Box::new(self.clone())
    }

    fn set(&mut self, key: &str, value: &str) -> Result<(), DataFusionError> {
        match key {
            "range_strategy" => self.range_strategy = value.parse()?,
            "band_strategy" => self.band_strategy = value.parse()?,
            "geofence_strategy" => self.geofence_strategy = value.parse()?,
            "join_order" => self.join_order = value.parse()?,
            _ => {
                let known: Vec<_> = self.entries().into_iter().map(|entry| entry.key).collect();
                return Err(DataFusionError::Configuration(format!(
                    "there is no setting {}.{key}: there are {}",
                    Self::PREFIX,
                    known.join(", ")
                )));
            }
        }
        Ok(())
    }

    fn entries(&self) -> Vec<ConfigEntry> {
        let entry = |name: &str, value: &str, description| ConfigEntry {
            key: format!("{}.{name}", Self::PREFIX),
            value: Some(value.to_owned()),
            description,
        };
        vec![
            entry(
                "range_strategy",
                self.range_strategy.name(),
                "How joins over ranges run: `auto`, `segments`, `sorted` or `nested_loop`",
            ),
            entry(
                "band_strategy",
                self.band_strategy.name(),
                "How joins over an equal key and a band of times run: `auto`, `sorted`, `merge`, `bucket` or `hash`",
            ),
            entry(
                "geofence_strategy",
                self.geofence_strategy.name(),
                "How joins over fences run: `auto`, `grid`, `rtree` or `nested_loop`",
            ),
            entry(
                "join_order",
                self.join_order.name(),
                "In which order joins run where one of them is ours: `auto` or `as_written`",
            ),
        ]
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

    /// Gives one setting, named without the prefix, its default.
    ///
    /// # Errors
    /// Where there is no such setting.
    pub fn reset(&mut self, key: &str) -> Result<(), DataFusionError> {
        let defaults = Self::default().entries();
        let default = defaults
            .iter()
            .find(|entry| entry.key.split_once('.') == Some((Self::PREFIX, key)));
        let value = default.and_then(|entry| entry.value.as_deref());
        self.set(key, value.unwrap_or_default())
    }
}

/// An enumeration as the value of a setting: its names, and how it is read and shown.
macro_rules! named_setting {
    ($(#[$meta:meta])* $type:ident, $what:literal, { $($(#[$default:meta])* $variant:ident = $name:literal: $doc:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
        pub enum $type {
            $(
                #[doc = $doc]
                $(#[$default])*
                $variant,
            )+
        }

        impl $type {
            const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name in `SET`.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(self.name())
            }
        }

        impl FromStr for $type {
            type Err = DataFusionError;

            fn from_str(text: &str) -> Result<Self, DataFusionError> {
                let mut all = Self::ALL.iter().copied();
                let named = all.find(|value| value.name() == text.trim());
                named.ok_or_else(|| {
                    let names: Vec<_> = Self::ALL.iter().map(|value| value.name()).collect();
                    DataFusionError::Configuration(format!(concat!($what, " is one of {}"), names.join(", ")))
                })
            }
        }
    };
}

named_setting!(
    /// How a join over ranges runs.
    RangeStrategy, "a range strategy", {
        #[default]
        Auto = "auto": "The planner chooses.",
        Segments = "segments": "The key space cut at every bound.",
        Sorted = "sorted": "The intervals sorted by their lower bound.",
        NestedLoop = "nested_loop": "DataFusion's own plan.",
    }
);

named_setting!(
    /// How a join over an equal key and a band of times runs.
    BandStrategy, "a band strategy", {
        #[default]
        Auto = "auto": "The planner chooses.",
        Sorted = "sorted": "One side by key and time.",
        Merge = "merge": "Both sides in the order of key and time, with what is open in a window.",
        Bucket = "bucket": "A hash join over the key and a bucket of time.",
        Hash = "hash": "DataFusion's own plan: a hash join over the key.",
    }
);

named_setting!(
    /// How a join over fences runs.
    GeofenceStrategy, "a geofence strategy", {
        #[default]
        Auto = "auto": "The planner chooses.",
        Grid = "grid": "A grid that all geometries share.",
        Rtree = "rtree": "An R-tree over the geometries' boxes.",
        NestedLoop = "nested_loop": "DataFusion's own plan.",
    }
);

named_setting!(
    /// In which order joins run where one of them is ours.
    JoinOrder, "an order of joins", {
        #[default]
        Auto = "auto": "The order that is estimated to cost least.",
        AsWritten = "as_written": "As DataFusion has them: as written, joins with an equality first.",
    }
);

#[cfg(test)]
#[path = "settings_tests.rs"]
mod tests;

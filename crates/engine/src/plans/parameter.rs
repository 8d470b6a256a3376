//! Parameters of an investigation: declared with type and default in a header, bound as `$name`.

use std::collections::BTreeMap;
use std::fmt;

use datafusion::arrow::compute::kernels::cast_utils::IntervalParseConfig;
use datafusion::arrow::compute::kernels::cast_utils::{IntervalUnit, parse_interval_month_day_nano_config};
use serde::Serialize;

use crate::error::{Error, Result};

const MICROS_PER_SECOND: i64 = 1_000_000;
const MICROS_PER_DAY: i64 = 86_400 * MICROS_PER_SECOND;
/// Added to and taken from a time of this era, it stays within what a timestamp can hold.
const LONGEST_INTERVAL_US: i64 = 36_525 * MICROS_PER_DAY;

/// A parameter as a header declares it.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its name, without the `$`.
    pub name: String,
    /// Its value unless another is given.
    pub default: Value,
    /// The words that its texts can be; none where they can be anything.
    pub words: Vec<String>,
    /// What it means.
    pub description: String,
}

/// The types a parameter can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueType {
    /// A length of time: `1 hour`, `90 minutes`, `2 days` of 24 hours each. Bound as an interval, and as its seconds under
    /// the name with `_s`.
    Interval,
    /// A text.
    Text,
    /// Texts separated by commas. Bound as an array.
    Texts,
    /// A whole number, not negative.
    Integer,
}

/// A value of a parameter.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// Microseconds.
    Interval {
        /// The length of time.
        interval_us: i64,
    },
    /// A text.
    Text(String),
    /// Texts.
    Texts(Vec<String>),
    /// A whole number.
    Integer(i64),
}

/// Values that replace defaults, by name, written as on the command line.
///
/// # Example
/// ```
/// let params = tieline::Params::default().with("window", "30 minutes").with("roles", "reported, associated");
/// # assert_eq!(params.iter().count(), 2);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Params {
    texts: BTreeMap<String, String>,
}

impl Params {
    /// Adds a value.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.texts.insert(name.into(), value.into());
        self
    }

    /// The values by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Every declared parameter with its value: the one given, or the default.
    ///
    /// # Errors
    /// [`Error::Parameter`] where a name is not declared, or a value is not of the declared type or none of its words.
    pub fn resolve<'a>(
        &self,
        declared: impl IntoIterator<Item = &'a Parameter>,
    ) -> Result<BTreeMap<String, Value>> {
        let declared: BTreeMap<&str, &Parameter> = declared
            .into_iter()
            .map(|parameter| (parameter.name.as_str(), parameter))
            .collect();
        if let Some(name) = self
            .texts
            .keys()
            .find(|name| !declared.contains_key(name.as_str()))
        {
            let known: Vec<_> = declared.into_keys().collect();
            return Err(Error::Parameter {
                name: name.clone(),
                reason: format!("not declared; there are: {}", known.join(", ")),
            });
        }
        let value = |(name, parameter): (&str, &Parameter)| match self.texts.get(name) {
            None => Ok((name.to_owned(), parameter.default.clone())),
            Some(text) => match parameter.value(text) {
                Ok(value) => Ok((name.to_owned(), value)),
                Err(reason) => Err(Error::Parameter {
                    name: name.to_owned(),
                    reason,
                }),
            },
        };
        declared.into_iter().map(value).collect()
    }
}

impl Parameter {
    /// Reads a value of this parameter.
    fn value(&self, text: &str) -> std::result::Result<Value, String> {
        let value = Value::parse(self.default.value_type(), text)?;
        value.check_words(&self.words)?;
        Ok(value)
    }
}

impl ValueType {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "interval" => Some(Self::Interval),
            "text" => Some(Self::Text),
            "texts" => Some(Self::Texts),
            "integer" => Some(Self::Integer),
            _ => None,
        }
    }
}

impl Value {
    /// Reads a value of a type.
    pub(crate) fn parse(value_type: ValueType, text: &str) -> std::result::Result<Self, String> {
        let text = text.trim();
        match value_type {
            ValueType::Interval => parse_interval(text).map(|interval_us| Self::Interval { interval_us }),
            ValueType::Text => Ok(Self::Text(text.into())),
            ValueType::Texts => {
                let texts = text.split(',').map(str::trim).filter(|text| !text.is_empty());
                Ok(Self::Texts(texts.map(Into::into).collect()))
            }
            ValueType::Integer => {
                let number: i64 = text.parse().map_err(|_| "not a whole number")?;
                if number < 0 {
                    Err("negative".into())
                } else {
                    Ok(Self::Integer(number))
                }
            }
        }
    }

    /// Refuses a text that is none of the words, where there are any.
    pub(crate) fn check_words(&self, words: &[String]) -> std::result::Result<(), String> {
        let texts = match self {
            Self::Text(text) => std::slice::from_ref(text),
            Self::Texts(texts) => texts,
            Self::Interval { .. } | Self::Integer(_) => return Ok(()),
        };
        match texts.iter().find(|text| !words.contains(text)) {
            Some(text) if !words.is_empty() => Err(format!("'{text}' is none of {}", words.join(", "))),
            _ => Ok(()),
        }
    }

    fn value_type(&self) -> ValueType {
        match self {
            Self::Interval { .. } => ValueType::Interval,
            Self::Text(_) => ValueType::Text,
            Self::Texts(_) => ValueType::Texts,
            Self::Integer(_) => ValueType::Integer,
        }
    }

    /// The value as an SQL literal.
    pub(crate) fn to_sql(&self) -> String {
        match self {
            // Never in days: DataFusion compares intervals by months, then days, then the rest.
            Self::Interval { interval_us } => format!(
                "INTERVAL '{} seconds {} microseconds'",
                interval_us / MICROS_PER_SECOND,
                interval_us % MICROS_PER_SECOND
            ),
            Self::Text(text) => quote(text),
            Self::Texts(texts) if texts.is_empty() => "arrow_cast(make_array(), 'List(Utf8)')".into(),
            Self::Texts(texts) => {
                let items: Vec<_> = texts.iter().map(|text| quote(text)).collect();
                format!("make_array({})", items.join(", "))
            }
            Self::Integer(number) => format!("({number})"),
        }
    }

    /// The seconds of an interval as an SQL literal.
    pub(crate) fn to_sql_seconds(&self) -> Option<String> {
        match self {
            // Exact: the quotient of two integers below 2^53.
            Self::Interval { interval_us } => Some(format!("({interval_us} / 1000000.0)")),
            _ => None,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Interval { interval_us } => f.write_str(&duration_text(*interval_us)),
            Self::Text(text) => f.write_str(text),
            Self::Texts(texts) => f.write_str(&texts.join(", ")),
            Self::Integer(number) => number.fmt(f),
        }
    }
}

/// The largest unit that divides a length of time: `90 minutes`, `1 hour`.
fn duration_text(micros: i64) -> String {
    let units = [
        (MICROS_PER_DAY, "day"),
        (3_600 * MICROS_PER_SECOND, "hour"),
        (60 * MICROS_PER_SECOND, "minute"),
        (MICROS_PER_SECOND, "second"),
        (1, "microsecond"),
    ];
    let (size, unit) = units
        .into_iter()
        .find(|(size, _)| micros % size == 0 && micros >= *size)
        .unwrap_or((1, "microsecond"));
    let count = micros / size;
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn parse_interval(text: &str) -> std::result::Result<i64, String> {
    let refused = || "not a length of time such as '1 hour' or '90 minutes'".to_owned();
    // A number alone would be so many seconds.
    if text.parse::<f64>().is_ok_and(|number| number != 0.0) {
        return Err("a length of time has a unit, such as '1 hour' or '90 minutes'".into());
    }
    let interval = parse_interval_month_day_nano_config(text, IntervalParseConfig::new(IntervalUnit::Second))
        .map_err(|_| refused())?;
    if interval.months != 0 {
        return Err("months differ in length; give days".into());
    }
    let days_us = i64::from(interval.days).checked_mul(MICROS_PER_DAY);
    let micros = days_us.and_then(|days_us| days_us.checked_add(interval.nanoseconds / 1_000));
    match micros {
        Some(micros) if micros > LONGEST_INTERVAL_US => Err("longer than 100 years".into()),
        Some(micros) if micros >= 0 => Ok(micros),
        Some(_) => Err("negative".into()),
        None => Err(refused()),
    }
}

#[cfg(test)]
#[path = "parameter_tests.rs"]
mod tests;

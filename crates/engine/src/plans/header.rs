//! The header of a plan: what it is called, reads, returns and takes.
//!
//! ```text
//! -- name: links
//! -- description: one sentence
//! -- reads: candidates, networks?        tables; with ? where an empty one is no error
//! -- grain: one row per …
//! -- returns: report_id text, ip address   may be repeated; columns in order
//! -- param: window interval = 1 hour | what it means
//! -- param: roles texts of reported, file = file | …   a text or texts that can be these words only
//! -- expect-plan: HashJoinExec            an operator its physical plan must contain
//! -- output: report_id, ip                a result for people: the columns a terminal shows, or * for all
//! ```

use std::fmt;

use datafusion::arrow::datatypes::{DataType, Field, TimeUnit};
use tieline_functions::is_address;

use super::parameter::{Parameter, Value, ValueType};

/// The header of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Header {
    /// The plan's name, and that of the table it makes.
    pub name: String,
    /// One sentence.
    pub description: String,
    /// The tables it reads.
    pub reads: Vec<ReadsTable>,
    /// What one row stands for.
    pub grain: String,
    /// Its columns in order.
    pub returns: Vec<ReturnsColumn>,
    /// The parameters it declares; files after it may use them too.
    pub params: Vec<Parameter>,
    /// Operators that its physical plan must contain.
    pub expect_plan: Vec<String>,
    /// Whether the result is for people, and which of its columns a terminal shows; `None` for an intermediate result.
    pub output: Option<OutputColumns>,
}

/// The columns of a result that a terminal shows; other formats have all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutputColumns {
    /// Every column.
    All,
    /// These, in this order.
    Some(Vec<String>),
}

/// A table that a plan reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadsTable {
    /// The table.
    pub name: String,
    /// Whether the plan has an answer without a row in it.
    pub may_be_empty: bool,
}

/// A column that a plan returns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnsColumn {
    /// Its name.
    pub name: String,
    /// Its type.
    pub column_type: ColumnType,
}

/// The types of columns, as `docs/data-model.md` writes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    /// `text`
    Text,
    /// `bool`
    Bool,
    /// `int32`
    Int32,
    /// `int64`
    Int64,
    /// `float64`
    Float64,
    /// `timestamp`
    Timestamp,
    /// `address`
    Address,
}

impl ColumnType {
    const ALL: [Self; 7] = [
        Self::Text,
        Self::Bool,
        Self::Int32,
        Self::Int64,
        Self::Float64,
        Self::Timestamp,
        Self::Address,
    ];

    /// The type as headers and documents write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Bool => "bool",
            Self::Int32 => "int32",
            Self::Int64 => "int64",
            Self::Float64 => "float64",
            Self::Timestamp => "timestamp",
            Self::Address => "address",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|column_type| column_type.name() == text)
    }

    /// Whether a field is of this type.
    pub(crate) fn matches(self, field: &Field) -> bool {
        match self {
            Self::Text => {
                matches!(
                    field.data_type(),
                    DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View
                )
            }
            Self::Bool => field.data_type() == &DataType::Boolean,
            Self::Int32 => field.data_type() == &DataType::Int32,
            Self::Int64 => field.data_type() == &DataType::Int64,
            Self::Float64 => field.data_type() == &DataType::Float64,
            Self::Timestamp => {
                matches!(
                    field.data_type(),
                    DataType::Timestamp(TimeUnit::Microsecond, Some(_))
                )
            }
            Self::Address => is_address(field),
        }
    }
}

impl fmt::Display for ColumnType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Header {
    /// Reads the comment lines that a plan begins with.
    ///
    /// # Errors
    /// What is missing or not understood.
    pub fn parse(sql: &str) -> Result<Self, String> {
        let mut header = Self {
            name: String::new(),
            description: String::new(),
            reads: Vec::new(),
            grain: String::new(),
            returns: Vec::new(),
            params: Vec::new(),
            expect_plan: Vec::new(),
            output: None,
        };
        for line in sql.lines().map_while(|line| line.strip_prefix("--")) {
            let (key, value) = line
                .split_once(':')
                .ok_or_else(|| format!("the header line '{}' is not 'key: value'", line.trim()))?;
            header.set(key.trim(), value.trim())?;
        }
        let required = [
            ("name", &header.name),
            ("description", &header.description),
            ("grain", &header.grain),
        ];
        for (key, value) in required {
            if value.is_empty() {
                return Err(format!("the header has no '{key}:'"));
            }
        }
        if header.returns.is_empty() {
            return Err("the header has no 'returns:'".into());
        }
        header.check_output()?;
        Ok(header)
    }

    fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
        match key {
            "name" => self.name = value.into(),
            "description" => self.description = value.into(),
            "grain" => self.grain = value.into(),
            "reads" => self.reads.extend(items(value).map(reads_table)),
            "returns" => {
                for item in items(value) {
                    self.returns.push(returns_column(item)?);
                }
            }
            "param" => self.params.push(parameter(value)?),
            "expect-plan" => self.expect_plan.extend(items(value).map(Into::into)),
            "output" if value == "*" => self.output = Some(OutputColumns::All),
            "output" => self.output = Some(OutputColumns::Some(items(value).map(Into::into).collect())),
            key => return Err(format!("the header key '{key}' is not known")),
        }
        Ok(())
    }

    /// A shown column is one that is returned.
    fn check_output(&self) -> Result<(), String> {
        let Some(OutputColumns::Some(columns)) = &self.output else {
            return Ok(());
        };
        match columns
            .iter()
            .find(|name| self.returns.iter().all(|column| column.name != **name))
        {
            Some(name) => Err(format!("output: '{name}' is not returned")),
            None => Ok(()),
        }
    }
}

fn items(value: &str) -> impl Iterator<Item = &str> {
    value.split(',').map(str::trim).filter(|item| !item.is_empty())
}

fn reads_table(item: &str) -> ReadsTable {
    ReadsTable {
        name: item.trim_end_matches('?').into(),
        may_be_empty: item.ends_with('?'),
    }
}

fn returns_column(item: &str) -> Result<ReturnsColumn, String> {
    let (name, column_type) = item
        .split_once(' ')
        .ok_or_else(|| format!("returns: '{item}' has no type"))?;
    let column_type = ColumnType::parse(column_type.trim())
        .ok_or_else(|| format!("returns: '{}' is not a type", column_type.trim()))?;
    Ok(ReturnsColumn {
        name: name.into(),
        column_type,
    })
}

/// `window interval = 1 hour | what it means`, or `roles texts of reported, file = file | what it means`
fn parameter(value: &str) -> Result<Parameter, String> {
    let refused = || "param: not 'name type = default | meaning'".to_owned();
    let (declaration, description) = value.split_once('|').ok_or_else(refused)?;
    let (name_and_type, default) = declaration.split_once('=').ok_or_else(refused)?;
    let (name, type_name) = name_and_type.trim().split_once(' ').ok_or_else(refused)?;
    let (type_name, words) = match type_name.trim().split_once(" of ") {
        Some((type_name, words)) => (type_name.trim(), items(words).map(str::to_owned).collect()),
        None => (type_name.trim(), Vec::new()),
    };
    let wrong = |reason: String| format!("param {name}: {reason}");
    let value_type =
        ValueType::parse(type_name).ok_or_else(|| wrong(format!("'{type_name}' is not a type")))?;
    if !words.is_empty() && !matches!(value_type, ValueType::Text | ValueType::Texts) {
        return Err(wrong(format!("'{type_name}' is not of words")));
    }
    let default = Value::parse(value_type, default).map_err(wrong)?;
    default.check_words(&words).map_err(wrong)?;
    Ok(Parameter {
        name: name.into(),
        default,
        words,
        description: description.trim().into(),
    })
}

#[cfg(test)]
#[path = "header_tests.rs"]
mod tests;

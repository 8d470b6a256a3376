//! Replaces `$name` in a statement by a literal of its value.
//!
//! The values become part of the text before it is planned, so that every expression has its final type and the log and
//! the run's manifest show the statement that ran. Only placeholder tokens are replaced: text in strings and comments is not.

use std::collections::BTreeMap;

use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};

use super::parameter::Value;

/// The statement with its values.
///
/// # Errors
/// The name of a placeholder that has no value, or that the text is not SQL.
pub(crate) fn bind(sql: &str, values: &BTreeMap<String, Value>) -> Result<String, String> {
    // Without unescaping, every token prints as it was written.
    let tokens = Tokenizer::new(&GenericDialect {}, sql)
        .with_unescape(false)
        .tokenize()
        .map_err(|error| format!("not SQL: {error}"))?;
    let mut bound = String::with_capacity(sql.len());
    for token in tokens {
        match &token {
            Token::Placeholder(placeholder) => {
                let name = placeholder.trim_start_matches('$');
                bound.push_str(&literal(name, values).ok_or_else(|| format!("${name} is not declared"))?);
            }
            token => bound.push_str(&token.to_string()),
        }
    }
    Ok(bound)
}

fn literal(name: &str, values: &BTreeMap<String, Value>) -> Option<String> {
    if let Some(value) = values.get(name) {
        return Some(value.to_sql());
    }
    values.get(name.strip_suffix("_s")?)?.to_sql_seconds()
}

#[cfg(test)]
#[path = "bind_tests.rs"]
mod tests;

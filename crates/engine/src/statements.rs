//! Cuts a script into its statements.

use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};

use crate::error::{Error, Result};

/// The statements of a script, separated by semicolons; semicolons in strings and comments separate nothing, and what
/// holds only white space and comments is no statement.
///
/// # Errors
/// [`Error::Plan`] where a string or comment is not closed.
///
/// # Example
/// ```
/// let statements = tieline::split_statements("SELECT ';'; -- done;\n SELECT 2")?;
/// assert_eq!(statements, ["SELECT ';'", "-- done;\n SELECT 2"]);
/// # Ok::<(), tieline::Error>(())
/// ```
pub fn split_statements(script: &str) -> Result<Vec<String>> {
    // Without unescaping, every token prints as it was written.
    let tokens = Tokenizer::new(&GenericDialect {}, script)
        .with_unescape(false)
        .tokenize()
        .map_err(|error| Error::Plan {
            file: "SQL".into(),
            reason: error.to_string(),
        })?;
    let mut statements = Vec::new();
    for part in tokens.split(|token| *token == Token::SemiColon) {
        if part.iter().any(|token| !matches!(token, Token::Whitespace(_))) {
            let text: String = part.iter().map(ToString::to_string).collect();
            statements.push(text.trim().to_owned());
        }
    }
    Ok(statements)
}

//! Cuts a script into its statements.

use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::tokenizer::{Location, Token, Tokenizer};

use crate::error::{Error, Result};

/// What editors of some systems put before a text.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// The statements of a script, as they are written and separated by semicolons; semicolons in strings and comments separate nothing, and
/// what holds only white space and comments is no statement. A byte order mark before the script is left out.
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
    let script = script.strip_prefix(BYTE_ORDER_MARK).unwrap_or(script);
    let tokens = Tokenizer::new(&GenericDialect {}, script)
        .with_unescape(false)
        .tokenize_with_location()
        .map_err(|error| Error::Plan {
            file: "SQL".into(),
            reason: error.to_string(),
        })?;
    let ends = tokens.iter().filter(|token| token.token == Token::SemiColon);
    // The text itself and not its tokens: those of some strings print as something else.
    let texts = cut(script, ends.map(|end| end.span.start)).ok_or_else(|| Error::Plan {
        file: "SQL".into(),
        reason: "a comment of the form /*! … */ is no comment everywhere: leave it out".into(),
    })?;
    let parts = tokens.split(|token| token.token == Token::SemiColon);
    let statements = parts.zip(texts).filter(|(part, _)| {
        part.iter()
            .any(|token| !matches!(token.token, Token::Whitespace(_)))
    });
    Ok(statements.map(|(_, text)| text.trim().to_owned()).collect())
}

/// The text around the semicolons at these places, which come in order and are counted as the tokenizer counts: lines, and in them
/// characters, from 1. `None` where there is none at one of them: of what is in a MySQL hint, the tokenizer says another place.
fn cut(text: &str, mut places: impl Iterator<Item = Location>) -> Option<Vec<&str>> {
    let (mut line, mut column) = (1, 1);
    let (mut parts, mut start) = (Vec::new(), 0);
    let mut next = places.next();
    for (position, letter) in text.char_indices() {
        if next.is_some_and(|place| (place.line, place.column) == (line, column)) {
            if letter != ';' {
                return None;
            }
            parts.push(&text[start..position]);
            start = position + letter.len_utf8();
            next = places.next();
        }
        (line, column) = match letter {
            '\n' => (line + 1, 1),
            _ => (line, column + 1),
        };
    }
    parts.push(&text[start..]);
    next.is_none().then_some(parts)
}

#[cfg(test)]
#[path = "statements_tests.rs"]
mod tests;

//! Messages of the engine that quote values, and those that never do.

use datafusion::arrow::datatypes::DataType;

/// `{}` is a value and becomes `…`. `{type}`, `{number}` and `{words}` stay where they are what they are called: a type of Arrow,
/// digits, or names. Everything else of a message has to be
/// as it is here, and the first that fits is taken.
const KNOWN: &[&str] = &[
    // Casts and what they parse.
    "Cannot cast string '{}' to value of {type} type",
    "Cannot cast value '{}' to value of {type} type",
    "Cannot cast string to value of {type} type",
    "Can't cast value {} to type {type}",
    "Cannot cast to {words}({number}, {number}). Overflowing on {}",
    "Casting from {type} to {type} not supported",
    "{} is too large to store in a {words} of precision {number}. Max is {number}",
    "{} is too small to store in a {words} of precision {number}. Min is {number}",
    "Invalid decimal format: {}",
    "Invalid input syntax for type interval: {}",
    "Error parsing timestamp from '{}' using format '{}': {}",
    "Error parsing timestamp from '{}': {}",
    // Arithmetic.
    "Overflow happened on: {} + {}",
    "Overflow happened on: {} - {}",
    "Overflow happened on: {} * {}",
    "Overflow happened on: {} / {}",
    "Overflow happened on: {} % {}",
    "Overflow happened on: {} ^ {}",
    "Overflow happened on: - {}",
    "Overflow happened on FACTORIAL({})",
    "factorial of a negative number is undefined",
    "cannot take square root of a negative number",
    "Timestamp out of range",
    // Functions.
    "map key must be unique, duplicate key found: {}",
    "map key cannot be null",
    "map requires key and value lists to have the same length",
    "field position must not be zero",
    "There is no built-in encoding named '{}', currently supported encodings are: {words}",
    "Encoding must be a scalar; array specified encoding is not yet supported",
    // Statements.
    "Scalar subquery returned more than one row",
    "Table '{words}' already exists",
    "External table '{words}' already exists",
    // Files.
    "Error while parsing value '{}' as type '{type}' for column {number} at line {number}. Row data: '{}'",
    "incorrect number of fields for line {number}, expected {number} got more than {number}",
    "incorrect number of fields for line {number}, expected {number} got {number}",
    "Encountered invalid UTF-8 data for line {number} and field {number}",
    "Error parsing column {number} at line {number}: {}",
    "failed to parse {} as {type}",
    "whilst decoding field '{words}': failed to parse {} as {type}",
    "whilst decoding field '{words}': expected {words} got {}",
    "expected {words} got {}",
    "Encountered unexpected '{}' whilst parsing {words}",
    "Encountered unequal lengths between records on CSV file. Expected {number} records, found {number} records at line {number}",
    "Expected JSON record to be an object, found {}",
    // Each line is read on its own, and is its first one.
    "Not valid JSON: {words} at line {} column {number}",
];

/// A known message without its values.
pub(super) fn without_values(message: &str) -> Option<String> {
    KNOWN.iter().find_map(|template| filled(template, message))
}

/// The template with those of the message's words that may be shown; `None` where the message is another one.
fn filled(template: &str, message: &str) -> Option<String> {
    let (first, holes) = parsed(template);
    let mut left = message.strip_prefix(first)?;
    let Some((_, last)) = holes.last() else {
        return left.is_empty().then(|| message.to_owned());
    };
    left = left.strip_suffix(last)?;
    // From the end: where a value repeats the words that follow it, those of the message are the last ones.
    let mut found = Vec::with_capacity(holes.len());
    for (_, words) in holes.iter().rev().skip(1) {
        let (before, text) = left.rsplit_once(words)?;
        found.push(text);
        left = before;
    }
    found.push(left);
    let mut text = first.to_owned();
    for ((hole, words), value) in holes.iter().zip(found.iter().rev()) {
        text.push_str(if may_be_shown(hole, value) { value } else { "…" });
        text.push_str(words);
    }
    Some(text)
}

/// The words before the first hole, and every hole with the words behind it.
fn parsed(template: &str) -> (&str, Vec<(&str, &str)>) {
    let mut parts = template.split('{');
    let first = parts.next().unwrap_or_default();
    (first, parts.filter_map(|part| part.split_once('}')).collect())
}

fn may_be_shown(hole: &str, text: &str) -> bool {
    let made_of = |is: fn(char) -> bool| !text.is_empty() && text.chars().all(is);
    match hole {
        "type" => text.parse::<DataType>().is_ok(),
        "number" => made_of(|c| c.is_ascii_digit() || matches!(c, '-' | '.')),
        "words" => made_of(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | ',' | ' ')),
        _ => false,
    }
}

#[cfg(test)]
#[path = "known_tests.rs"]
mod tests;

//! Words and numbers as people read them.

/// A text whose control characters do not reach the terminal.
pub(crate) fn defused(text: &str) -> String {
    text.replace(|c: char| c.is_control(), "\u{fffd}")
}

/// A text of several lines, defused line by line.
pub(crate) fn defused_lines(text: &str) -> String {
    let lines: Vec<_> = text.trim_end().lines().map(defused).collect();
    lines.join("\n")
}

/// `1 file`, `2 files`, `3 prefixes`.
pub(crate) fn count(number: u64, noun: &str) -> String {
    let ending = match (number, noun.ends_with('x')) {
        (1, _) => "",
        (_, true) => "es",
        (_, false) => "s",
    };
    format!("{} {noun}{ending}", thousands(number))
}

/// `20,104`
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
#[path = "words_tests.rs"]
mod tests;

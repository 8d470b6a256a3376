use super::*;

#[test]
fn numbers_are_grouped_by_thousands() {
    for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
        assert_eq!(thousands(number), text);
    }
}

#[test]
fn lines_stay_lines_and_other_control_characters_do_not() {
    assert_eq!(defused("a\n\u{1b}[31m"), "a\u{fffd}\u{fffd}[31m");
    assert_eq!(
        defused_lines("a\r\n  b\u{1b}[31m\rc\n"),
        "a\n  b\u{fffd}[31m\u{fffd}c"
    );
}

#[test]
fn nouns_agree_with_their_number() {
    assert_eq!(count(1, "file"), "1 file");
    assert_eq!(count(2_000, "file"), "2,000 files");
}

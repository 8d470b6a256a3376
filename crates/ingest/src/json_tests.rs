use proptest::prelude::*;
use serde_json::json;

use super::*;

#[test]
fn a_document_is_read_as_it_is() {
    for text in [
        r#"{"a": [1, -2, 2.5, 18446744073709551615, true, null, "\u00e9\n", {}], "b": {"a": 1, "A": 2}}"#,
        r#" "text" "#,
        "1e300",
        "[]",
    ] {
        let json: Json = serde_json::from_str(text).unwrap();
        assert_eq!(parse(text.as_bytes()), Ok(json), "{text}");
    }
    assert_eq!(
        parse(br#"{"a": {"a": [{"a": 1}, {"a": 2}]}}"#),
        Ok(json!({"a": {"a": [{"a": 1}, {"a": 2}]}}))
    );
}

#[test]
fn half_a_character_is_one_that_cannot_be_shown() {
    for (text, read) in [
        (r#"{"a": "x\ud83d"}"#, json!({"a": "x\u{fffd}"})),
        (
            r#"["\ude00\ud83d\ude00", "\ud83d\ud83d\ude00", "\ud83dx"]"#,
            json!(["\u{fffd}😀", "\u{fffd}😀", "\u{fffd}x"]),
        ),
        (
            r#"["\\ud83d", "\\\ud83d", "\ud83d\n"]"#,
            json!(["\\ud83d", "\\\u{fffd}", "\u{fffd}\n"]),
        ),
    ] {
        assert_eq!(parse(text.as_bytes()), Ok(read), "{text}");
    }
    assert!(
        parse(br#"["\ud83d", "\ud83"]"#)
            .unwrap_err()
            .starts_with("broken JSON at line 1")
    );
}

#[test]
fn what_is_wrong_is_said_with_its_place_and_without_a_value() {
    for (text, reason) in [
        (
            "{\"a\": 1,\n \"secret\": 2, \"secret\": 3}",
            "a key occurs twice in one object at line 2, column 26",
        ),
        (
            "{\"a\": [{\"b\": 1, \"\\u0062\": 1}]}",
            "a key occurs twice in one object at line 1, column 28",
        ),
        ("{\"a\": secret}", "broken JSON at line 1, column 7"),
        ("{\"a\": 1} 2", "broken JSON at line 1, column 10"),
        ("{\"a\": 1", "JSON ends too early at line 1, column 7"),
        ("", "JSON ends too early at line 1, column 0"),
    ] {
        assert_eq!(parse(text.as_bytes()), Err(reason.to_owned()), "{text}");
    }
    let deep = "[".repeat(100_000);
    assert!(parse(deep.as_bytes()).unwrap_err().starts_with("broken JSON at"));
}

#[test]
fn an_array_that_is_too_long_is_refused_or_read_as_far_as_to_show_it() {
    let array = |elements: usize| format!("{{\"a\": [{}1], \"b\": [2, 3]}}", "1,".repeat(elements - 1));
    let most = array(MOST_ELEMENTS);
    let whole = parse(most.as_bytes()).unwrap();
    assert_eq!(whole["a"].as_array().map(Vec::len), Some(MOST_ELEMENTS));
    assert_eq!(parse_parts(most.as_bytes()), Ok(whole));
    for elements in [MOST_ELEMENTS + 1, MOST_ELEMENTS + 2, 2 * MOST_ELEMENTS] {
        let long = array(elements);
        let reason = parse(long.as_bytes()).unwrap_err();
        assert_eq!(
            reason,
            format!("{TOO_MANY_ELEMENTS} at line 1, column {}", 2 * MOST_ELEMENTS + 9)
        );
        let parts = parse_parts(long.as_bytes()).unwrap();
        assert_eq!(parts["a"].as_array().map(Vec::len), Some(MOST_ELEMENTS + 1));
        assert_eq!(parts["b"], json!([2, 3]));
    }
    // What is passed over must be JSON all the same.
    let broken = array(MOST_ELEMENTS + 9).replace("1]", "x]");
    assert!(
        parse_parts(broken.as_bytes())
            .unwrap_err()
            .starts_with("broken JSON at")
    );
}

/// So many arrays of five numbers in an array, an object beside it that has some of its own, and so many numbers more.
fn nested(arrays: usize, more: usize) -> String {
    let array = "[1,1,1,1,1]";
    let arrays = vec![array; arrays].join(",");
    let more = ",1".repeat(more);
    format!("{{\"a\": [{{\"b\": [{array}, {array}]}}, [{arrays}]{more}], \"c\": [2, 3]}}")
}

#[test]
fn arrays_in_one_another_have_their_elements_together() {
    let arrays = MOST_ELEMENTS - 1;
    let most = nested(arrays, 4);
    let whole = parse(most.as_bytes()).unwrap();
    assert_eq!(nested_elements(&whole["a"]), MOST_NESTED);
    assert_eq!(nested_elements(&whole["a"][0]), 0);
    assert_eq!(reason_cut_off(&whole["a"]), None);
    assert_eq!(parse_parts(most.as_bytes()).as_ref(), Ok(&whole));

    for more in [nested(arrays, 5), nested(arrays + 1, 9)] {
        let reason = parse(more.as_bytes()).unwrap_err();
        assert!(
            reason.starts_with(&format!("{TOO_MANY_NESTED} at line 1, column ")),
            "{reason}"
        );
        let parts = parse_parts(more.as_bytes()).unwrap();
        let read = nested_elements(&parts["a"]);
        // Those that were begun have one more each, at most.
        assert!((MOST_NESTED + 1..MOST_NESTED + 4).contains(&read), "{read}");
        assert_eq!(reason_cut_off(&parts["a"]), Some(TOO_MANY_NESTED));
        assert_eq!(parts["c"], json!([2, 3]));
    }
}

proptest! {
    #[test]
    fn every_text_without_repeated_keys_is_read_as_serde_json_reads_it(text in r#"[\[\]{}",:0-9a-c\\ .e-]{0,24}"#) {
        let theirs: Result<Json, _> = serde_json::from_str(&text);
        match (parse(text.as_bytes()), theirs) {
            (Ok(ours), Ok(theirs)) => prop_assert_eq!(ours, theirs),
            (Err(reason), Ok(_)) => prop_assert!(reason.contains("twice"), "{}", reason),
            (Err(_), Err(_)) => {}
            (Ok(_), Err(error)) => prop_assert!(false, "{}", error),
        }
    }
}

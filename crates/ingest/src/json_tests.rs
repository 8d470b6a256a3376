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

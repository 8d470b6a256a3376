use serde_json::json;

use super::Node;
use crate::outcome::Account;

fn notes(account: Account) -> Vec<(String, &'static str)> {
    let outcome = account.into_outcome(String::new(), String::new(), 0);
    outcome
        .notes
        .into_iter()
        .map(|note| (note.field, note.text))
        .collect()
}

#[test]
fn every_level_may_be_null_or_missing() {
    let json = json!({"a": {"b": null}});
    let mut account = Account::default();
    let root = Node::root(&json);
    assert_eq!(
        root.descend(&["a", "b", "c", "d"], &mut account).path(),
        "a.b.c.d"
    );
    assert_eq!(root.descend(&["a", "x"], &mut account).text(&mut account), None);
    assert!(
        root.descend(&["a", "b"], &mut account)
            .elements(&mut account)
            .is_empty()
    );
    assert!(notes(account).is_empty());
}

#[test]
fn a_wrong_type_counts_as_missing_and_is_noted() {
    let json = json!({"a": [{"b": 1}, {"b": []}], "c": "x", "d": 2.5});
    let mut account = Account::default();
    let root = Node::root(&json);
    for element in root.get("a", &mut account).elements(&mut account) {
        assert_eq!(element.get("b", &mut account).text(&mut account), None);
    }
    assert!(root.get("c", &mut account).elements(&mut account).is_empty());
    assert_eq!(root.get("c", &mut account).boolean(&mut account), None);
    assert_eq!(
        root.descend(&["c", "e"], &mut account).identifier(&mut account),
        None
    );
    assert_eq!(root.get("d", &mut account).identifier(&mut account), None);
    let expected = [
        ("a[].b", "not text"),
        ("c", "neither true nor false"),
        ("c", "not an array"),
        ("c", "not an object"),
        ("d", "not text"),
    ];
    assert_eq!(
        notes(account),
        expected.map(|(field, text)| (field.to_owned(), text))
    );
}

#[test]
fn numbers_and_booleans_may_come_as_text() {
    let json = json!({"port": "443", "zero": 0, "high": 70000, "flag": "TRUE", "id": 4006001, "empty": " "});
    let mut account = Account::default();
    let root = Node::root(&json);
    assert_eq!(root.get("port", &mut account).port(&mut account), Some(443));
    assert_eq!(root.get("zero", &mut account).port(&mut account), None);
    assert_eq!(root.get("high", &mut account).port(&mut account), None);
    assert_eq!(root.get("empty", &mut account).port(&mut account), None);
    assert_eq!(root.get("flag", &mut account).boolean(&mut account), Some(true));
    assert_eq!(
        root.get("id", &mut account).identifier(&mut account).as_deref(),
        Some("4006001")
    );
    assert_eq!(notes(account).len(), 2);
}

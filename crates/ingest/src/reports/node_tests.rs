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
            .elements()
            .unwrap()
            .is_empty()
    );
    assert!(notes(account).is_empty());
}

#[test]
fn a_wrong_type_counts_as_missing_and_is_noted() {
    let json = json!({"a": [{"b": 1}, {"b": []}], "c": "x", "d": 2.5});
    let mut account = Account::default();
    let root = Node::root(&json);
    for element in root.get("a", &mut account).elements().unwrap() {
        assert_eq!(element.get("b", &mut account).text(&mut account), None);
    }
    assert!(root.get("c", &mut account).elements().is_none());
    assert_eq!(root.get("c", &mut account).boolean(&mut account), None);
    assert_eq!(
        root.descend(&["c", "e"], &mut account).identifier(&mut account),
        None
    );
    assert_eq!(root.get("d", &mut account).identifier(&mut account), None);
    let expected = [
        ("a[].b", "not text"),
        ("c", "neither true nor false"),
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

#[test]
fn a_lone_object_is_a_list_of_one_and_stands_at_the_list_itself() {
    let json = json!({"one": {"x": 1}, "none": null, "empty": "", "text": "x", "number": 1});
    let mut account = Account::default();
    let root = Node::root(&json);
    let paths = |key: &str, account: &mut Account| {
        let elements = root.get(key, account).elements()?;
        Some(
            elements
                .iter()
                .map(|node| node.path().to_owned())
                .collect::<Vec<_>>(),
        )
    };
    assert_eq!(paths("one", &mut account), Some(vec!["one".to_owned()]));
    for key in ["none", "empty", "missing"] {
        assert_eq!(paths(key, &mut account), Some(Vec::new()), "{key}");
    }
    for key in ["text", "number"] {
        assert_eq!(paths(key, &mut account), None, "{key}");
    }
}

#[test]
fn a_place_is_noted_once_however_often_it_is_looked_at() {
    let json = json!({"a": ["x", "y"]});
    let mut account = Account::default();
    for element in Node::root(&json).get("a", &mut account).elements().unwrap() {
        element.get("b", &mut account);
        element.get("c", &mut account);
    }
    let outcome = account.into_outcome(String::new(), String::new(), 0);
    assert_eq!((outcome.notes.len(), outcome.notes[0].count), (1, 2));
}

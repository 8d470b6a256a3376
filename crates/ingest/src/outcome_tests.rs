use super::{Account, LISTED_REJECTS, Reject, without_positions};
use crate::{Layout, Unit};

fn reject(row: Option<u64>, unit: Unit, field: Option<&str>) -> Reject {
    Reject {
        source_row: row,
        unit,
        field: field.map(str::to_owned),
        reason: "no time".to_owned(),
    }
}

#[test]
fn counts_add_up_and_the_list_of_rejects_is_bounded() {
    let mut account = Account {
        layout: Some(Layout::Quadrant),
        ..Account::default()
    };
    for row in 0..LISTED_REJECTS as u64 + 5 {
        account.rejected(reject(Some(row), Unit::Row, None));
    }
    account.loaded(Unit::Row, 1 | 256);
    let outcome = account.into_outcome("a/b.csv".to_owned(), String::new(), 0);
    let counts = outcome.counts[0];
    assert_eq!(
        (counts.rows_in, counts.rows_loaded, counts.rows_rejected),
        (1_006, 1, 1_005)
    );
    assert_eq!(outcome.rejects.len(), LISTED_REJECTS);
    assert_eq!(outcome.rejected(), 1_005);
    assert_eq!(outcome.flagged, [("id_opted_out", 1), ("special_ip", 1)]);
    assert!(!outcome.nothing_loaded());
}

#[test]
fn a_reject_is_one_line_that_says_where() {
    assert_eq!(
        reject(Some(3), Unit::Row, Some("timestamp")).to_string(),
        "line 3: timestamp: no time"
    );
    assert_eq!(
        reject(Some(2), Unit::Site, None).to_string(),
        "feature 2: no time"
    );
    assert_eq!(
        reject(Some(1), Unit::IpEvent, Some("a[0].b")).to_string(),
        "a[0].b: no time"
    );
    assert_eq!(reject(None, Unit::File, None).to_string(), "no time");
}

#[test]
fn notes_count_places_of_a_kind_together() {
    assert_eq!(without_positions("a[12].b[0].c"), "a[].b[].c");
    let mut account = Account::default();
    account.note("a[0].b", "not text");
    account.note("a[1].b", "not text");
    let outcome = account.into_outcome(String::new(), String::new(), 0);
    assert_eq!(outcome.notes.len(), 1);
    assert_eq!(
        (outcome.notes[0].field.as_str(), outcome.notes[0].count),
        ("a[].b", 2)
    );
}

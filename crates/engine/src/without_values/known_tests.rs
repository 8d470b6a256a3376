use super::*;

#[test]
fn values_are_replaced_and_the_words_around_them_stay() {
    for (message, shown) in [
        (
            "Cannot cast string 'North Shoal' to value of Int32 type",
            "Cannot cast string '…' to value of Int32 type",
        ),
        (
            "Cannot cast string 'N'Sh'' to value of Int32 type' to value of Utf8 type",
            "Cannot cast string '…' to value of Utf8 type",
        ),
        (
            "Can't cast value 40122 to type Int8",
            "Can't cast value … to type Int8",
        ),
        (
            "-24511966.00 is too small to store in a Decimal128 of precision 5. Min is -999.99",
            "… is too small to store in a Decimal128 of precision 5. Min is -999.99",
        ),
        (
            "Cannot cast to Decimal128(5, 2). Overflowing on 24511966",
            "Cannot cast to Decimal128(5, 2). Overflowing on …",
        ),
        ("Overflow happened on: 64498 * 3", "Overflow happened on: … * …"),
        (
            "map key must be unique, duplicate key found: North Shoal",
            "map key must be unique, duplicate key found: …",
        ),
        (
            "Error while parsing value 'a' as type 'Int64' for column 3 at line 5. Row data: '[a,b]'",
            "Error while parsing value '…' as type 'Int64' for column 3 at line 5. Row data: '…'",
        ),
        (
            "incorrect number of fields for line 3, expected 2 got 1",
            "incorrect number of fields for line 3, expected 2 got 1",
        ),
    ] {
        assert_eq!(without_values(message).as_deref(), Some(shown));
    }
}

#[test]
fn what_is_not_a_type_or_a_number_is_not_shown_as_one() {
    let message = "Cannot cast string 'a' to value of North Shoal type";
    assert_eq!(
        without_values(message).as_deref(),
        Some("Cannot cast string '…' to value of … type")
    );
    let message = "incorrect number of fields for line Shoal, expected 2 got 1";
    assert_eq!(
        without_values(message).as_deref(),
        Some("incorrect number of fields for line …, expected 2 got 1")
    );
}

#[test]
fn a_message_that_is_only_like_a_known_one_is_unknown() {
    for message in [
        "",
        "North Shoal",
        "field position must not be zero: North Shoal",
        "Cannot cast string 'North Shoal'",
        "Shoal: map key cannot be null",
    ] {
        assert_eq!(without_values(message), None);
    }
}

#[test]
fn every_known_message_is_found_by_its_own_template() {
    for template in KNOWN {
        let message = template
            .replace("{type}", "Int32")
            .replace("{number}", "12")
            .replace("{words}", "a, b")
            .replace("{}", "SECRET");
        let shown = without_values(&message).unwrap();
        assert!(!shown.contains("SECRET"), "{shown}");
        assert_eq!(shown, message.replace("SECRET", "…"));
    }
}

use std::collections::HashMap;

use super::*;

#[test]
fn a_field_counts_as_address_by_its_name_or_without_one() {
    let unnamed = Field::new("ip", ADDRESS_TYPE, true);
    let named = |name: &str| {
        let metadata = HashMap::from([(EXTENSION_NAME_KEY.to_owned(), name.to_owned())]);
        unnamed.clone().with_metadata(metadata)
    };
    assert!(is_address(&address_field("ip", false)));
    assert!(is_address(&unnamed));
    assert!(!is_address(&named("arrow.uuid")));
    assert!(!is_address(&Field::new("ip", DataType::FixedSizeBinary(4), true)));
    assert!(!is_address(&Field::new("ip", DataType::Utf8, true)));
}

#[test]
fn addresses_become_text_and_null_stays_null() {
    let addresses = [
        Address::parse("::ffff:203.0.113.7"),
        None,
        Address::parse("2001:DB8:0::1"),
    ];
    let array = address_array(addresses.into_iter()).unwrap();
    let texts = to_text_array(&array).unwrap();
    assert_eq!(
        texts,
        StringArray::from(vec![Some("203.0.113.7"), None, Some("2001:db8::1")])
    );
}

#[test]
fn only_addresses_become_text() {
    let error = to_text_array(&StringArray::from(vec!["203.0.113.7"])).unwrap_err();
    assert!(!error.to_string().contains("203"));
}

use super::{DeviceId, id_type};

#[test]
fn case_and_white_space_do_not_make_another_id() {
    let id = DeviceId::WellFormed("0f8fad5b-d9cb-469f-a165-70867728950e".to_owned());
    assert_eq!(DeviceId::parse(" 0F8FAD5B-D9CB-469F-A165-70867728950E "), id);
    assert_eq!(DeviceId::parse("0f8fad5b-d9cb-469f-a165-70867728950e"), id);
}

#[test]
fn missing_opted_out_and_malformed_ids_are_told_apart() {
    for text in [
        "",
        "  ",
        "NULL",
        "0",
        "-",
        "--",
        "--------",
        "(null)",
        "None",
        "NaN",
        "N/A",
        "undefined",
    ] {
        assert_eq!(DeviceId::parse(text), DeviceId::Missing, "{text}");
    }
    for text in [
        "00000000-0000-0000-0000-000000000000",
        "00000000000000000000000000000000",
        "0-0",
        "00",
    ] {
        assert_eq!(DeviceId::parse(text), DeviceId::OptedOut, "{text}");
    }
    for text in [
        "abc",
        "0f8fad5bd9cb469fa16570867728950e",
        "0f8fad5b-d9cb-469f-a165-70867728950g",
        "0f8fad5b-d9cb-469f-a165-70867728950e0",
    ] {
        assert!(matches!(DeviceId::parse(text), DeviceId::Malformed(_)), "{text}");
    }
}

#[test]
fn synonyms_of_id_types_become_one() {
    for text in ["AAID", "adid", "GAID"] {
        assert_eq!(id_type(text).as_deref(), Some("gaid"));
    }
    assert_eq!(id_type(" IDFA").as_deref(), Some("idfa"));
    assert_eq!(id_type("Other").as_deref(), Some("other"));
    for text in ["", "null", "-", "(null)", "N/A"] {
        assert_eq!(id_type(text), None, "{text}");
    }
}

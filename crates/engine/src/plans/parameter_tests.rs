use super::*;

fn parsed(value_type: ValueType, text: &str) -> std::result::Result<Value, String> {
    Value::parse(value_type, text)
}

#[test]
fn an_interval_counts_days_of_24_hours() {
    for (text, seconds) in [
        ("1 hour", 3_600),
        ("90 minutes", 5_400),
        ("1 day", 86_400),
        ("36 hours", 129_600),
    ] {
        let value = parsed(ValueType::Interval, text).unwrap();
        assert_eq!(
            value,
            Value::Interval {
                interval_us: seconds * MICROS_PER_SECOND
            },
            "{text}"
        );
    }
}

#[test]
fn an_interval_is_bound_without_days() {
    let value = parsed(ValueType::Interval, "2 days").unwrap();
    assert_eq!(value.to_sql(), "INTERVAL '172800 seconds 0 microseconds'");
    assert_eq!(value.to_string(), "2 days");
}

#[test]
fn what_is_no_length_of_time_is_refused() {
    for text in ["", "soon", "1 month", "-1 hour", "1000000 days"] {
        assert!(parsed(ValueType::Interval, text).is_err(), "{text}");
    }
}

#[test]
fn a_text_cannot_end_its_literal() {
    let value = parsed(ValueType::Texts, "it's, b').drop").unwrap();
    assert_eq!(value.to_sql(), "make_array('it''s', 'b'').drop')");
}

#[test]
fn an_unknown_name_and_a_wrong_type_are_refused() {
    let declared = [Parameter {
        name: "limit".into(),
        default: Value::Integer(100),
        words: Vec::new(),
        description: String::new(),
    }];
    assert!(Params::default().with("limits", "3").resolve(&declared).is_err());
    assert!(
        Params::default()
            .with("limit", "many")
            .resolve(&declared)
            .is_err()
    );
    let values = Params::default().with("limit", "3").resolve(&declared).unwrap();
    assert_eq!(values["limit"], Value::Integer(3));
}

#[test]
fn a_word_that_is_not_in_the_list_is_refused_with_the_list() {
    let declared = [
        Parameter {
            name: "kinds".into(),
            default: Value::Texts(vec!["vpn".into()]),
            words: vec!["vpn".into(), "proxy".into()],
            description: String::new(),
        },
        Parameter {
            name: "note".into(),
            default: Value::Text(String::new()),
            words: Vec::new(),
            description: String::new(),
        },
    ];
    for text in ["vpns", "vpn, prox", "VPN"] {
        let error = Params::default().with("kinds", text).resolve(&declared);
        let message = error.unwrap_err().to_string();
        assert!(message.starts_with("parameter 'kinds': '"), "{message}");
        assert!(message.ends_with("' is none of vpn, proxy"), "{message}");
    }
    for (text, count) in [("proxy, vpn", 2), ("", 0)] {
        let params = Params::default().with("kinds", text).with("note", "anything");
        let values = params.resolve(&declared).unwrap();
        assert!(matches!(&values["kinds"], Value::Texts(texts) if texts.len() == count));
    }
}

#[test]
fn a_length_of_time_has_a_unit() {
    for text in ["1", "60", " 0.5 ", "1e3", "-1"] {
        let error = parsed(ValueType::Interval, text).unwrap_err();
        assert!(error.contains("has a unit"), "{text}: {error}");
    }
    for (text, micros) in [
        ("0", 0),
        ("0 seconds", 0),
        ("1 s", 1_000_000),
        ("90 minutes", 5_400_000_000),
    ] {
        assert_eq!(
            parsed(ValueType::Interval, text),
            Ok(Value::Interval { interval_us: micros }),
            "{text}"
        );
    }
}

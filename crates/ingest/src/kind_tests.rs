use super::Kind;

#[test]
fn kinds_parse_back_from_their_names() {
    for kind in Kind::ALL {
        assert_eq!(kind.to_string().parse(), Ok(kind));
    }
    assert!("Reports".parse::<Kind>().is_err());
}

#[test]
fn a_kind_pads_like_text() {
    assert_eq!(format!("[{:<10}]", Kind::Sites), "[sites     ]");
}

use super::incident_type_code;

#[test]
fn the_types_of_the_submission_schema_have_their_codes() {
    for (raw, code) in [
        (
            "Child Pornography (possession, manufacture, and distribution)",
            "child_pornography",
        ),
        ("Child Sex Trafficking", "child_sex_trafficking"),
        ("Child Sex Tourism", "child_sex_tourism"),
        ("Child Sexual Molestation", "child_sexual_molestation"),
        ("Misleading Domain Name", "misleading_domain_name"),
        (
            "Misleading Words or Digital Images on the Internet",
            "misleading_words_or_images",
        ),
        (
            "Online Enticement of Children for Sexual Acts",
            "online_enticement",
        ),
        (
            "Unsolicited Obscene Material Sent to a Child",
            "unsolicited_obscene_material",
        ),
    ] {
        assert_eq!(incident_type_code(raw), code);
    }
}

#[test]
fn drift_in_case_spacing_and_ending_does_not_matter() {
    for raw in [
        "Online Enticement of Children for Sexual Act",
        "ONLINE ENTICEMENT",
        "online_enticement",
        "OnlineEnticement",
    ] {
        assert_eq!(incident_type_code(raw), "online_enticement");
    }
    assert_eq!(incident_type_code("Something else"), "other");
    assert_eq!(incident_type_code("Not Online Enticement"), "other");
}

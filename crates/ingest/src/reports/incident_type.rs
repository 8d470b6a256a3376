//! Incident types under codes that do not change.

/// What the reporting schema calls the types, as far as needed to tell them apart, and their codes.
///
/// # Source
/// `incidentType` of the CyberTipline submission schema.
const CODES: [(&str, &str); 8] = [
    ("childpornography", "child_pornography"),
    ("childsextrafficking", "child_sex_trafficking"),
    ("childsextourism", "child_sex_tourism"),
    ("childsexualmolestation", "child_sexual_molestation"),
    ("misleadingdomainname", "misleading_domain_name"),
    ("misleadingwords", "misleading_words_or_images"),
    ("onlineenticement", "online_enticement"),
    ("unsolicitedobscenematerial", "unsolicited_obscene_material"),
];

/// The code of an incident type; `other` for one that is not known.
///
/// Compares the beginnings of the letters only, because the endings drift (`…for Sexual Acts`, `…for Sexual Act`).
pub(crate) fn incident_type_code(raw: &str) -> &'static str {
    let letters: String = raw
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    let known = CODES.iter().find(|(beginning, _)| letters.starts_with(beginning));
    known.map_or("other", |(_, code)| code)
}

#[cfg(test)]
#[path = "incident_type_tests.rs"]
mod tests;

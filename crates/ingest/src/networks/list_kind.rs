//! What kind of networks a plain list of prefixes holds.

/// Why a list is rejected whose kind is not known.
pub(super) const UNKNOWN_KIND: &str = "kind of network not known: give it as an option, or name the file or its \
                                       folder vpn, proxy, tor, hosting, datacenter, satellite or starlink";

/// Words of names and the kind they stand for.
const BY_WORD: [(&str, &str); 12] = [
    ("vpn", "vpn"),
    ("vpns", "vpn"),
    ("proxy", "proxy"),
    ("proxies", "proxy"),
    ("tor", "proxy"),
    ("hosting", "hosting"),
    ("datacenter", "hosting"),
    ("datacenters", "hosting"),
    ("datacentre", "hosting"),
    ("datacentres", "hosting"),
    ("satellite", "satellite"),
    ("starlink", "satellite"),
];

/// Words after which a name says what its list does not hold.
const NEGATIONS: [&str; 6] = ["non", "not", "no", "without", "except", "excluding"];

/// The kind given, or the one that the file's name says, or else the nearest folder's that says one.
///
/// Only whole words count. A name that says more than one kind says none, and beyond one with a negation no kind is
/// sought: `vpn/non-vpn.txt` is of no known kind.
pub(super) fn list_kind(source_name: &str, given: Option<&str>) -> Option<String> {
    let given = given
        .map(|kind| kind.trim().to_lowercase())
        .filter(|kind| !kind.is_empty());
    given.or_else(|| kind_by_path(source_name).map(str::to_owned))
}

fn kind_by_path(source_name: &str) -> Option<&'static str> {
    for name in source_name.rsplit('/') {
        let name = name.to_lowercase();
        let words: Vec<_> = name.split(|letter: char| !letter.is_alphanumeric()).collect();
        if words.iter().any(|word| NEGATIONS.contains(word)) {
            return None;
        }
        let kind = kind_by_words(&words);
        if kind.is_some() {
            return kind;
        }
    }
    None
}

fn kind_by_words(words: &[&str]) -> Option<&'static str> {
    let mut kinds = BY_WORD
        .iter()
        .filter(|(word, _)| words.contains(word))
        .map(|(_, kind)| *kind);
    let kind = kinds.next()?;
    kinds.all(|other| other == kind).then_some(kind)
}

#[cfg(test)]
#[path = "list_kind_tests.rs"]
mod tests;

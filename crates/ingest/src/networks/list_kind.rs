//! What kind of networks a plain list of prefixes holds.

/// Why a list is rejected whose kind is not known.
pub(super) const UNKNOWN_KIND: &str = "kind of network not known: give it as an option, or name the file or its \
                                       folder vpn, proxy, tor, hosting, datacenter, satellite or starlink";

/// Parts of names and the kind they stand for.
const BY_PART: [(&str, &str); 9] = [
    ("vpn", "vpn"),
    ("proxy", "proxy"),
    ("proxies", "proxy"),
    ("hosting", "hosting"),
    ("datacenter", "hosting"),
    ("datacentre", "hosting"),
    ("satellite", "satellite"),
    ("starlink", "satellite"),
    // Too short to be sought within words.
    (TOR, "proxy"),
];

const TOR: &str = "tor";

/// The kind given, or the one that the file's name says, or else the nearest folder's that says one.
///
/// A name that says more than one kind says none.
pub(super) fn list_kind(source_name: &str, given: Option<&str>) -> Option<String> {
    let given = given
        .map(|kind| kind.trim().to_lowercase())
        .filter(|kind| !kind.is_empty());
    given.or_else(|| source_name.rsplit('/').find_map(kind_by_name).map(str::to_owned))
}

fn kind_by_name(name: &str) -> Option<&'static str> {
    let name = name.to_lowercase();
    let says = |part: &str| {
        if part == TOR {
            name.split(|c: char| !c.is_alphanumeric())
                .any(|word| word == part)
        } else {
            name.contains(part)
        }
    };
    let mut kinds = BY_PART
        .iter()
        .filter(|(part, _)| says(part))
        .map(|(_, kind)| *kind);
    let kind = kinds.next()?;
    kinds.all(|other| other == kind).then_some(kind)
}

#[cfg(test)]
#[path = "list_kind_tests.rs"]
mod tests;

//! Networks: GeoLite2-ASN blocks, plain lists of ranges, and a registry's delegations.

use std::path::Path;

use super::write_file;
use crate::error::Error;
use crate::network::{ANNOUNCEMENTS, DELEGATIONS, RANGE_LISTS, RangeList};

/// Prefixes and ranges in all files.
pub(crate) fn prefixes() -> usize {
    let ranges: usize = RANGE_LISTS.iter().map(|list| list.ranges.len()).sum();
    ANNOUNCEMENTS.len() + ranges + DELEGATIONS.len()
}

pub(super) fn write(folder: &Path) -> Result<(), Error> {
    write_file(
        &folder.join("GeoLite2-ASN-Blocks-IPv4.csv"),
        blocks(true).as_bytes(),
    )?;
    write_file(
        &folder.join("GeoLite2-ASN-Blocks-IPv6.csv"),
        blocks(false).as_bytes(),
    )?;
    for list in &RANGE_LISTS {
        write_file(&folder.join(list.file_name), ranges(list).as_bytes())?;
    }
    write_file(
        &folder.join("delegated-example-extended-20260101.txt"),
        delegations().as_bytes(),
    )
}

/// The announcements of one family, quoted where the organisation has a blank or a comma.
fn blocks(v4: bool) -> String {
    let mut text = "network,autonomous_system_number,autonomous_system_organization\n".to_owned();
    for block in ANNOUNCEMENTS.iter().filter(|block| block.prefix.is_v4() == v4) {
        text.push_str(&format!(
            "{},{},\"{}\"\n",
            block.prefix, block.asn, block.organisation
        ));
    }
    text
}

fn ranges(list: &RangeList) -> String {
    let mut text = format!("# {}\n# One prefix a line; some lie inside others.\n", list.title);
    for range in list.ranges {
        text.push_str(&format!("{range}\n"));
    }
    text
}

/// RIR statistics exchange format, extended: a version line, a summary for each type, the records.
fn delegations() -> String {
    let count = |v4: bool| {
        DELEGATIONS
            .iter()
            .filter(|record| record.first.is_v4() == v4)
            .count()
    };
    let records = DELEGATIONS.len();
    let mut text = format!("2|example|20260101|{records}|20090401|20260101|+0000\n");
    for (kind, count) in [("asn", 0), ("ipv4", count(true)), ("ipv6", count(false))] {
        text.push_str(&format!("example|*|{kind}|*|{count}|summary\n"));
    }
    for record in &DELEGATIONS {
        let kind = if record.first.is_v4() { "ipv4" } else { "ipv6" };
        text.push_str(&format!(
            "example|{}|{kind}|{}|{}|{}|allocated|{}\n",
            record.country,
            record.first.first(),
            record.value,
            record.date,
            record.holder
        ));
    }
    text
}

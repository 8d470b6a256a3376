use crate::scratch::{Scratch, Tables, counts, options, rejects};
use crate::{FileOutcome, Kind, Layout, Options, Table, Unit};

fn ingest(name: &str, content: impl AsRef<[u8]>) -> (FileOutcome, Tables) {
    let mut scratch = Scratch::new(Kind::Networks);
    let outcome = scratch.add(name, content);
    (outcome, scratch.finish())
}

/// The ranges of `networks` as `first-last source_prefix`.
fn ranges(tables: &Tables) -> Vec<String> {
    let column = |name| tables.column(Table::Networks, name);
    let (first, last, prefix) = (column("first_ip"), column("last_ip"), column("source_prefix"));
    (0..first.len())
        .map(|row| format!("{}-{} {}", first[row], last[row], prefix[row]))
        .collect()
}

#[test]
fn asn_blocks_are_kept_as_delivered_and_made_disjoint() {
    let content = "network,autonomous_system_number,autonomous_system_organization\n\
                   203.0.113.0/24,64496,\"Example Fibre, XT\"\n\
                   203.0.113.64/26,64497,\n\
                   2001:db8::/32,,Example Six\n";
    let (outcome, tables) = ingest("networks/GeoLite2-ASN-Blocks-IPv4.csv", content);
    assert_eq!(outcome.layout, Some(Layout::Geolite2Asn));
    assert_eq!(counts(&outcome, Unit::Prefix), (3, 3, 0));
    assert_eq!(
        ranges(&tables),
        [
            "203.0.113.0-203.0.113.63 203.0.113.0/24",
            "203.0.113.64-203.0.113.127 203.0.113.64/26",
            "203.0.113.128-203.0.113.255 203.0.113.0/24",
            "2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff 2001:db8::/32",
        ]
    );
    let column = |name| tables.column(Table::Networks, name);
    assert_eq!(column("asn"), ["64496", "64497", "64496", "-"]);
    assert_eq!(
        column("organisation"),
        ["Example Fibre, XT", "-", "Example Fibre, XT", "Example Six"]
    );
    assert_eq!(column("source"), ["geolite2-asn:GeoLite2-ASN-Blocks-IPv4"; 4]);
    assert_eq!(column("valid_from"), ["0001-01-01T00:00:00Z"; 4]);
    assert_eq!(column("source_row"), ["2", "3", "2", "4"]);
    assert_eq!(tables.column(Table::NetworkPrefixes, "source_prefix").len(), 3);
}

#[test]
fn a_bad_asn_row_is_rejected_alone() {
    let content = "network,autonomous_system_number,autonomous_system_organization\n\
                   203.0.113.7/24,64496,A\n\
                   203.0.113.0/24,x,A\n\
                   203.0.113.0/24\n\
                   203.0.113/24,1,A\n\
                   203.0.113.0/24,\"1,A\n\
                   203.0.113.0/24,AS4294967295,A\n";
    let (outcome, tables) = ingest("networks/a.csv", content);
    assert_eq!(counts(&outcome, Unit::Prefix), (6, 1, 5));
    assert_eq!(
        rejects(&outcome),
        [
            "line 2: network: host bits set beyond the prefix length",
            "line 3: autonomous_system_number: not an AS number",
            "line 4: 1 fields, header has 3",
            "line 5: network: not an IP address",
            "line 6: unclosed quote",
        ]
    );
    assert_eq!(tables.column(Table::Networks, "asn"), ["4294967295"]);
}

#[test]
fn a_list_takes_its_kind_from_its_name_or_the_options() {
    let content = "# exits\n203.0.113.0/25 # one\n\n198.51.100.7\nexample.com\n";
    let (outcome, tables) = ingest("networks/vpn-ranges.txt", content);
    assert_eq!(outcome.layout, Some(Layout::CidrList));
    assert_eq!(counts(&outcome, Unit::Prefix), (3, 2, 1));
    assert_eq!(rejects(&outcome), ["line 5: not an IP address"]);
    assert_eq!(tables.column(Table::Networks, "kind"), ["vpn", "vpn"]);
    assert_eq!(ranges(&tables)[0], "198.51.100.7-198.51.100.7 198.51.100.7");

    let options = Options {
        network_kind: Some("satellite".to_owned()),
        valid_from: Some(0),
        valid_to: Some(1_000_000),
        ..options()
    };
    let mut scratch = Scratch::with_options(Kind::Networks, options);
    scratch.add("networks/vpn-ranges.txt", content);
    let tables = scratch.finish();
    assert_eq!(tables.column(Table::Networks, "kind"), ["satellite"; 2]);
    assert_eq!(
        tables.column(Table::Networks, "valid_to"),
        ["1970-01-01T00:00:01Z"; 2]
    );
}

#[test]
fn a_list_of_unknown_kind_is_rejected_with_a_hint() {
    let (outcome, tables) = ingest("networks/ranges.txt", "203.0.113.0/25\n");
    assert_eq!(outcome.layout, Some(Layout::CidrList));
    assert_eq!(counts(&outcome, Unit::File), (1, 0, 1));
    assert!(outcome.rejects[0].reason.starts_with("kind of network not known"));
    assert_eq!(tables.rows(Table::Networks).num_rows(), 0);
}

#[test]
fn delegations_become_prefixes_whatever_their_count() {
    let content = "2.3|example|20260101|7|19830101|20260101|+0000\n\
                   # comment\n\
                   example|*|ipv4|*|3|summary\n\
                   example|XA|asn|64496|1|20200101|allocated|a\n\
                   example|XA|ipv4|240.0.0.0|768|20200101|allocated|a\n\
                   example||ipv4|240.1.0.0|256|20200101|available|\n\
                   example|ZZ|ipv4|240.2.0.0|256|20200101|assigned|b\n\
                   example|xt|ipv6|2001:db8::|32|20200101|assigned|c\n";
    let (outcome, tables) = ingest("networks/delegated-example.txt", content);
    assert_eq!(outcome.layout, Some(Layout::RirDelegated));
    assert_eq!(counts(&outcome, Unit::Prefix), (3, 3, 0));
    assert_eq!(
        ranges(&tables)[..3],
        [
            "240.0.0.0-240.0.1.255 240.0.0.0/23",
            "240.0.2.0-240.0.2.255 240.0.2.0/24",
            "240.2.0.0-240.2.0.255 240.2.0.0/24",
        ]
    );
    assert_eq!(tables.column(Table::Networks, "country"), ["XA", "XA", "-", "XT"]);
    assert_eq!(tables.column(Table::Networks, "source_row"), ["5", "5", "7", "8"]);
}

#[test]
fn a_bad_delegation_is_rejected_alone_with_its_field() {
    let record = |kind: &str, start: &str, value: &str| {
        format!("example|XA|{kind}|{start}|{value}|20200101|allocated|a\n")
    };
    let content = [
        record("ipv4", "240.0.0", "256"),
        record("ipv4", "2001:db8::", "256"),
        record("ipv4", "240.0.0.0", "x"),
        record("ipv4", "240.0.0.0", "0"),
        record("ipv4", "255.255.255.0", "257"),
        record("ipv6", "2001:db8::1", "32"),
        record("ipv6", "2001:db8::", "129"),
        record("ipx", "240.0.0.0", "256"),
        "example|XA|ipv4|240.0.0.0\n".to_owned(),
        record("ipv4", "255.255.255.0", "256"),
    ];
    let (outcome, _) = ingest("networks/d.txt", content.concat());
    assert_eq!(counts(&outcome, Unit::Prefix), (10, 1, 9));
    assert_eq!(
        rejects(&outcome),
        [
            "line 1: start: not an IP address",
            "line 2: start: address of another family than the type says",
            "line 3: value: not an address count",
            "line 4: value: address count out of range",
            "line 5: value: address count out of range",
            "line 6: value: not the length of a prefix that starts here",
            "line 7: value: not the length of a prefix that starts here",
            "line 8: type: type is none of asn, ipv4 and ipv6",
            "line 9: record with fewer than 7 fields",
        ]
    );
}

#[test]
fn a_prefix_that_spans_ipv4_gives_two_ranges() {
    let (outcome, tables) = ingest("vpn.txt", "::/0\n203.0.113.0/24\n");
    assert_eq!(counts(&outcome, Unit::Prefix), (2, 2, 0));
    assert_eq!(
        tables.column(Table::NetworkPrefixes, "source_prefix"),
        ["::/0", "203.0.113.0/24", "::/0"]
    );
}

#[test]
fn files_of_other_layouts_are_rejected_whole() {
    let mut scratch = Scratch::new(Kind::Networks);
    for content in [
        "{}",
        "network,country\n",
        "a|b|c|d|e|f|g\n",
        "word\n",
        "\u{0}\u{1}\n",
    ] {
        let outcome = scratch.add("vpn.txt", content);
        assert_eq!(counts(&outcome, Unit::File), (1, 0, 1), "{content}");
        assert!(outcome.rejects[0].reason.contains("cidr-list"));
    }
    for content in ["", "\n", "# nothing\n"] {
        assert_eq!(rejects(&scratch.add("vpn.txt", content)), ["empty file"]);
    }
}

#[test]
fn a_listed_address_with_host_bits_stands_for_its_network() {
    let (outcome, tables) = ingest(
        "networks/vpn.txt",
        "203.0.113.9/25\n2001:db8::1/32 # x\n203.0.113.9\n",
    );
    assert_eq!(counts(&outcome, Unit::Prefix), (3, 3, 0));
    let note = &outcome.notes[0];
    assert_eq!(
        (note.field.as_str(), note.text, note.count),
        ("prefix", "host bits set, taken as its network", 2)
    );
    assert_eq!(ranges(&tables)[0], "203.0.113.0-203.0.113.8 203.0.113.9/25");
    assert_eq!(tables.column(Table::NetworkPrefixes, "source_prefix").len(), 3);
}

#[test]
fn the_status_of_a_delegation_is_known_in_any_case_or_rejected() {
    let statuses = ["Allocated", "ASSIGNED", "Available", "reserved", "legacy", ""];
    let records = statuses
        .iter()
        .enumerate()
        .map(|(part, status)| format!("example|XA|ipv4|240.{part}.0.0|256|20200101|{status}|a\n"));
    let (outcome, _) = ingest("networks/d.txt", records.collect::<String>());
    assert_eq!(counts(&outcome, Unit::Prefix), (4, 2, 2));
    let reason = "status: status is none of allocated, assigned, available and reserved";
    assert_eq!(
        rejects(&outcome),
        [format!("line 5: {reason}"), format!("line 6: {reason}")]
    );
}

#[test]
fn as_numbers_are_digits_and_comments_may_be_indented() {
    let content = "  # made by hand\n\
                   network,autonomous_system_number\n\
                   203.0.113.0/24,+64496\n\
                   198.51.100.0/24,AS+1\n\
                   198.51.100.0/24,AS\n\
                   192.0.2.0/24,64496\n";
    let (outcome, tables) = ingest("networks/a.csv", content);
    let reason = "autonomous_system_number: not an AS number";
    assert_eq!(
        rejects(&outcome),
        [3, 4, 5].map(|line| format!("line {line}: {reason}"))
    );
    assert_eq!(tables.column(Table::Networks, "asn"), ["64496"]);
}

#[test]
fn a_line_over_the_limit_is_called_that_in_every_layout() {
    let long = "x".repeat(crate::lines::LONGEST_LINE_BYTES + 1);
    let reason = "line longer than 1 MiB";
    for (name, before, after) in [
        ("vpn.txt", "203.0.113.0/24\n", "\n203.0.113.0/24\n"),
        (
            "a.csv",
            "",
            "\nnetwork,autonomous_system_number\n203.0.113.0/24,1\n",
        ),
        (
            "a.csv",
            "network,autonomous_system_number\n",
            "\n203.0.113.0/24,1\n",
        ),
        (
            "d.txt",
            "2.3|example|20260101|1|19830101|20260101|+0000\n",
            "\nexample|XA|ipv4|240.0.0.0|256|20200101|allocated|a\n",
        ),
    ] {
        let (outcome, _) = ingest(name, format!("{before}{long}{after}"));
        let line = before.lines().count() + 1;
        assert_eq!(rejects(&outcome), [format!("line {line}: {reason}")], "{name}");
        assert!(!outcome.nothing_loaded());
    }
    let (outcome, _) = ingest("vpn.txt", &long);
    assert_eq!(counts(&outcome, Unit::File), (1, 0, 1));
    assert_eq!(rejects(&outcome), [reason]);
}

#[test]
fn lines_that_end_in_carriage_returns_alone_are_rejects() {
    for content in [
        "network,autonomous_system_number,autonomous_system_organization\r203.0.113.0/24,64500,Example\r",
        "2|example|20260101|14|20090401|20260101|+0000\rexample|XA|ipv4|192.0.2.0|256|20050214|allocated|X\r",
        "# all\r203.0.113.0/24\r",
    ] {
        let (outcome, _) = ingest("networks/vpn.txt", content);
        assert_eq!(counts(&outcome, Unit::File), (1, 0, 1), "{content:?}");
        assert_eq!(
            rejects(&outcome),
            ["line ends are carriage returns"],
            "{content:?}"
        );
    }
    let (outcome, _) = ingest(
        "networks/vpn.txt",
        "# all\r203.0.113.0/24\n198.51.100.0/24 # a\r203.0.113.0/24\n192.0.2.0/24\r\n\r\r\n240.0.0.0/24\r\r\n",
    );
    assert_eq!(counts(&outcome, Unit::Prefix), (4, 2, 2));
    let reason = "carriage return within the line";
    assert_eq!(
        rejects(&outcome),
        [format!("line 1: {reason}"), format!("line 2: {reason}")]
    );
}

#[test]
fn a_line_that_is_no_text_does_not_hide_the_layout_of_the_others() {
    let (outcome, _) = ingest("networks/vpn.txt", b"203.0.113.0/24 # Caf\xe9\n198.51.100.0/24\n");
    assert_eq!(counts(&outcome, Unit::Prefix), (2, 1, 1));
    assert_eq!(rejects(&outcome), ["line 1: not UTF-8 text"]);
}

#[test]
fn only_a_header_of_delegations_is_passed_over() {
    let header = "2|example|20260101|14|20090401|20260101|+0000\n";
    let content = [
        header,
        "203.0.113.0|256|20050214|allocated\n",
        "198.51.100.0\n",
        "7|XA|ipv4|203.0.113.0|256|20050214|allocated\n",
        // Of the next file that was put into this one.
        header,
        "example|XA|ipv4|192.0.2.0|256|20050214|allocated\n",
    ];
    let (outcome, _) = ingest("networks/d.txt", content.concat());
    assert_eq!(counts(&outcome, Unit::Prefix), (4, 2, 2));
    let reason = "record with fewer than 7 fields";
    assert_eq!(
        rejects(&outcome),
        [format!("line 2: {reason}"), format!("line 3: {reason}")]
    );
}

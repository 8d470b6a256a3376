use super::*;

fn file(rows: u64, distinct: &[(&str, u64)]) -> FileEntry {
    FileEntry {
        path: String::new(),
        rows,
        size_bytes: 0,
        sha256: String::new(),
        distinct: distinct
            .iter()
            .map(|(column, count)| ((*column).to_owned(), *count))
            .collect(),
    }
}

#[test]
fn files_share_some_of_their_values() {
    let files = [
        file(900, &[("ip", 100), ("asn", 3)]),
        file(900, &[("ip", 300)]),
        file(0, &[]),
    ];
    let all = distinct_of_all(&files);
    assert_eq!(all, [("ip".to_owned(), 346)].into());
    assert!(distinct_of_all(&[]).is_empty());
    // One of an earlier version, which may hold any number.
    let files = [file(10, &[("ip", 10)]), file(1_000_000, &[])];
    assert!(distinct_of_all(&files).is_empty());
}

use super::*;

fn file(distinct: &[(&str, u64)]) -> FileEntry {
    FileEntry {
        path: String::new(),
        rows: 0,
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
    let files = [file(&[("ip", 100), ("asn", 3)]), file(&[("ip", 300)]), file(&[])];
    let all = distinct_of_all(&files);
    assert_eq!((all["ip"], all["asn"]), (346, 3));
    assert!(distinct_of_all(&[]).is_empty());
}

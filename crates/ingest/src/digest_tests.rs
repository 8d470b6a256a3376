use super::{FileDigest, sha256_of};

#[test]
fn it_is_the_published_sha_256_of_the_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("abc");
    std::fs::write(&path, b"abc").unwrap();
    let digest = FileDigest::of(&path).unwrap();
    assert_eq!(
        digest.sha256,
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
    assert_eq!(digest.size_bytes, 3);
    assert_eq!(sha256_of(&path).unwrap(), digest.sha256);
}

#[test]
fn a_missing_file_and_a_folder_are_errors() {
    let folder = tempfile::tempdir().unwrap();
    assert!(sha256_of(&folder.path().join("none")).is_err());
    assert!(sha256_of(folder.path()).is_err());
}

use super::*;

#[test]
fn a_folder_is_removed_with_all_that_is_in_it() {
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("tieline-a");
    fs::create_dir_all(folder.join("spilled")).unwrap();
    fs::write(folder.join("spilled/1"), "rows").unwrap();
    drop(Scratch::of(Some(folder)));
    assert_eq!(fs::read_dir(outer.path()).unwrap().count(), 0);
}

#[test]
fn who_removes_it_first_is_told_so() {
    let scratch = Scratch::of(None);
    let (one, other) = (scratch.removal(), scratch.removal());
    assert!(one.remove());
    assert!(!other.remove());
    // Dropping it would wait for the end of the process.
    std::mem::forget(scratch);
}

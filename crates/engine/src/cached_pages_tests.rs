use std::fs::{self, File};

use super::read;

#[test]
fn what_was_just_written_is_read_and_what_is_beyond_the_end_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let content: Vec<u8> = (0..300_000_u32).flat_map(u32::to_le_bytes).collect();
    fs::write(&path, &content).unwrap();
    let file = File::open(&path).unwrap();
    assert!(read(&file, &mut [], 0));
    assert!(read(&file, &mut [], 5_000_000));
    assert!(!read(&file, &mut [0; 2], content.len() as u64 - 1));
    for range in [0..content.len(), 7..8, 5_000..900_001] {
        let mut room = vec![0; range.len()];
        // A file system may not be able to tell: then the other way is taken, and the rest of the tests are of that.
        if read(&file, &mut room, range.start as u64) {
            assert!(room == content[range.clone()], "{range:?}");
        }
    }
}

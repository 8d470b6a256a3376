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
        assert_eq!(
            read(&file, &mut room, range.start as u64),
            tells(&file),
            "{range:?}"
        );
        if tells(&file) {
            assert!(room == content[range.clone()], "{range:?}");
        }
    }
}

/// Whether the file system can tell what is in the cache.
#[cfg(target_os = "linux")]
fn tells(file: &File) -> bool {
    use std::io::IoSliceMut;

    use rustix::io::{ReadWriteFlags, preadv2};

    let mut byte = [0];
    preadv2(file, &mut [IoSliceMut::new(&mut byte)], 0, ReadWriteFlags::NOWAIT) == Ok(1)
}

#[cfg(not(target_os = "linux"))]
fn tells(_file: &File) -> bool {
    false
}

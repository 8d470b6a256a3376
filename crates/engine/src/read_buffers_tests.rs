use std::fs::{self, File};
use std::io;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;

use super::{LEAST_BYTES, LEAST_OF_A_COLUMN, MOST_BYTES_OF_COLUMNS, MOST_BYTES_OF_PAGES, ReadBuffers};

const MEGABYTE: usize = 1 << 20;

/// Ten megabytes, of which no two places that are near have the same four bytes.
fn content() -> Vec<u8> {
    (0..10 * (MEGABYTE / 4) as u32)
        .flat_map(|number| number.wrapping_mul(0x9e37_79b1).to_le_bytes())
        .collect()
}

fn file(content: &[u8]) -> (tempfile::TempDir, File) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    fs::write(&path, content).unwrap();
    let file = File::options().read(true).write(true).open(path).unwrap();
    (folder, file)
}

impl ReadBuffers {
    fn read(self: &Arc<Self>, file: &mut File, range: &Range<u64>) -> io::Result<Bytes> {
        let mut room = self.room(range)?;
        room.fill(file)?;
        Ok(room.filled())
    }

    /// For pages, and then for columns.
    fn free(&self) -> Vec<usize> {
        let of = |length, most| {
            self.locked(length, |free| {
                let lengths: Vec<usize> = free.buffers.iter().map(Vec::len).collect();
                assert_eq!(lengths.iter().sum::<usize>(), free.bytes);
                assert!(free.bytes <= most);
                lengths
            })
        };
        let (pages, columns) = (
            of(LEAST_BYTES, MOST_BYTES_OF_PAGES),
            of(LEAST_OF_A_COLUMN, MOST_BYTES_OF_COLUMNS),
        );
        [pages, columns].concat()
    }
}

#[test]
fn what_is_read_into_used_memory_is_what_the_file_has() {
    let content = content();
    let (_folder, mut file) = file(&content);
    let buffers = Arc::new(ReadBuffers::default());
    let length = content.len() as u64;
    let least = LEAST_BYTES as u64;
    let step = least + least / 7;
    let ranges = [
        0..length,
        0..0,
        7..8,
        length..length,
        3..3 + least - 1,
        3..3 + least,
        5..5 + step,
        1..2 + step,
        length - step - 1..length,
        length - 4 * step..length - 9,
    ];
    for range in ranges.iter().chain(ranges.iter().rev()) {
        let got = buffers.read(&mut file, range).unwrap();
        assert!(
            got == content[range.start as usize..range.end as usize],
            "{range:?}"
        );
    }
    assert!(!buffers.free().is_empty());
}

#[test]
fn memory_in_use_is_nobody_elses_and_comes_back_when_it_is_dropped() {
    let content = content();
    let (_folder, mut file) = file(&content);
    let buffers = Arc::new(ReadBuffers::default());
    let mut read = |from: usize, length: usize| {
        let range = from as u64..(from + length) as u64;
        buffers.read(&mut file, &range).unwrap()
    };
    let three = 3 * MEGABYTE;
    let first = read(0, three);
    let place = first.as_ptr();
    let part = first.slice(100..200);
    drop(first);
    // A part of it is in use still.
    let second = read(three, three);
    assert_ne!(second.as_ptr(), place);
    assert!(part == content[100..200]);
    drop(part);
    assert_eq!(buffers.free(), [three]);
    // As long but for some bytes.
    let third = read(2 * three, three - 1);
    assert_eq!(third.as_ptr(), place);
    assert!(buffers.free().is_empty());
    drop((second, third));
    drop(read(0, 10 * MEGABYTE));
    // Of that, more than a fifth would not be used: it stays where it is.
    let small = read(0, 4 * MEGABYTE);
    assert_eq!(buffers.free(), [three, three, 10 * MEGABYTE]);
    drop(small);
    let large = read(0, 8 * MEGABYTE);
    assert_eq!(buffers.free(), [three, three, 4 * MEGABYTE]);
    drop(large);
}

#[test]
fn small_reads_are_not_kept_and_what_is_kept_has_an_end() {
    let content = content();
    let (_folder, mut file) = file(&content);
    let buffers = Arc::new(ReadBuffers::default());
    let small = buffers.read(&mut file, &(0..LEAST_BYTES as u64 - 1)).unwrap();
    drop(small);
    assert!(buffers.free().is_empty());
    let ten = 0..content.len() as u64;
    let all: Vec<_> = (0..10).map(|_| buffers.read(&mut file, &ten).unwrap()).collect();
    drop(all);
    assert_eq!(buffers.free(), [10 * MEGABYTE; 6]);
    // One that is more than all that is kept pushes nothing out.
    file.set_len(MOST_BYTES_OF_COLUMNS as u64 + 1).unwrap();
    drop(
        buffers
            .read(&mut file, &(0..MOST_BYTES_OF_COLUMNS as u64 + 1))
            .unwrap(),
    );
    assert_eq!(buffers.free(), [10 * MEGABYTE; 6]);
}

/// What columns are read into stays where pages are read, and the other way around.
#[test]
fn pages_and_columns_do_not_push_each_other_out() {
    let (_folder, mut file) = file(&content());
    let buffers = Arc::new(ReadBuffers::default());
    let mut read = |count: usize, length: usize| {
        let all = (0..count).map(|_| buffers.read(&mut file, &(0..length as u64)).unwrap());
        all.collect::<Vec<_>>()
    };
    let (page, column) = (LEAST_OF_A_COLUMN / 2, 8 * MEGABYTE);
    drop(read(20, page));
    drop(read(9, column));
    drop(read(20, page));
    assert_eq!(buffers.free(), [[page; 16].as_slice(), &[column; 8]].concat());
}

#[test]
fn a_file_that_ends_before_the_range_is_an_error_and_loses_no_memory() {
    let (_folder, mut file) = file(&content());
    let buffers = Arc::new(ReadBuffers::default());
    let beyond = 9 * MEGABYTE as u64..11 * MEGABYTE as u64;
    buffers.read(&mut file, &beyond).unwrap_err();
    assert_eq!(buffers.free(), [2 * MEGABYTE]);
}

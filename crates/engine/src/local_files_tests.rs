use std::fs;
use std::ops::Range;
use std::path;
use std::slice;

use bytes::Bytes;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::object_store::local::LocalFileSystem;
use datafusion::object_store::path::Path;
use datafusion::object_store::{Error, ObjectStore, ObjectStoreExt};

use super::{BYTES_OF_A_TURN, LocalFiles};
use crate::without_values::without_values;
use crate::{Limits, session};

/// A file of numbers from 0 on, and its bytes.
fn numbers(folder: &path::Path, count: u32) -> (path::PathBuf, Vec<u8>) {
    let path = folder.join("numbers");
    let content: Vec<u8> = (0..count).flat_map(u32::to_le_bytes).collect();
    fs::write(&path, &content).unwrap();
    (path, content)
}

fn assert_read(got: &[Bytes], content: &[u8], ranges: &[Range<u64>]) {
    let expected = ranges
        .iter()
        .map(|range| &content[range.start as usize..range.end as usize]);
    assert!(got.iter().map(|bytes| &bytes[..]).eq(expected), "{ranges:?}");
}

#[tokio::test]
async fn ranges_are_those_of_object_store() {
    let folder = tempfile::tempdir().unwrap();
    let (file, content) = numbers(folder.path(), 100_000);
    let (ours, theirs) = (LocalFiles::default(), LocalFileSystem::new());
    let path = Path::from_absolute_path(&file).unwrap();
    let (all, none) = (0..400_000, 400_000..400_000);
    let cases = [
        vec![],
        vec![all],
        vec![0..1, 399_999..400_000, 7..7, 123_456..300_001],
        vec![none],
    ];
    for case in cases {
        let got = ours.get_ranges(&path, &case).await.unwrap();
        assert_eq!(got, theirs.get_ranges(&path, &case).await.unwrap());
        assert_read(&got, &content, &case);
    }
}

/// None of it, not the end, and not the middle of one range.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn what_is_not_in_the_cache_of_pages_is_read_all_the_same() {
    use std::num::NonZero;

    use rustix::fs::{Advice, fadvise};

    let folder = tempfile::tempdir().unwrap();
    let (path, content) = numbers(folder.path(), 2_000_000);
    let file = fs::File::open(&path).unwrap();
    file.sync_all().unwrap();
    let ours = LocalFiles::default();
    let location = Path::from_absolute_path(&path).unwrap();
    // Small ones, and one whose memory is kept.
    let ranges = [
        0..9,
        1_000_000..1_500_000,
        2_000_000..6_000_000,
        7_999_999..8_000_000,
    ];
    for (from, length) in [(0, None), (6_000_000, None), (2_500_000, NonZero::new(1_000_000))] {
        fadvise(&file, from, length, Advice::DontNeed).unwrap();
        let got = ours.get_ranges(&location, &ranges).await.unwrap();
        assert_read(&got, &content, &ranges);
    }
}

/// Else a scan of what is in the cache could not be ended, nor who it has woken begin.
#[tokio::test]
async fn a_read_waits_for_its_turn() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, vec![4; BYTES_OF_A_TURN as usize + 1]).unwrap();
    let (ours, path) = (LocalFiles::default(), Path::from_absolute_path(&file).unwrap());
    let waits = async |length: u64| {
        let range = 0..length;
        let mut read = ours.get_ranges(&path, slice::from_ref(&range));
        let waits = futures::poll!(&mut read).is_pending();
        if waits {
            assert_eq!(read.await.unwrap()[0].len() as u64, length);
        }
        waits
    };
    assert!(waits(4).await);
    // Every so many bytes, however few are read at a time.
    let turns = [
        4,
        BYTES_OF_A_TURN / 2,
        4,
        BYTES_OF_A_TURN / 2,
        BYTES_OF_A_TURN / 2,
        4,
    ];
    let mut waited = Vec::new();
    for length in turns {
        waited.push(waits(length).await);
    }
    assert_eq!(waited, [false, false, false, true, false, false]);
    for length in [BYTES_OF_A_TURN, BYTES_OF_A_TURN + 1] {
        assert!(waits(length).await && waits(length).await);
    }
}

#[tokio::test]
async fn what_is_not_there_is_an_error_and_takes_no_memory() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("short");
    fs::write(&file, [7; 400]).unwrap();
    let ours = LocalFiles::default();
    let error = async |path: &path::Path, range| {
        let path = Path::from_absolute_path(path).unwrap();
        ours.get_ranges(&path, &[0..4, range]).await.unwrap_err()
    };
    let backwards = Range { start: 9, end: 5 };
    for range in [390..401, 400..401, 500..501, 0..u64::MAX >> 1, backwards] {
        let error = error(&file, range).await.to_string();
        assert!(error.contains("short: the file is shorter"), "{error}");
    }
    assert!(error(folder.path(), 0..4).await.to_string().contains("irectory"));
    let none = error(&folder.path().join("none"), 0..4).await;
    assert!(matches!(none, Error::NotFound { .. }), "{none}");
}

#[tokio::test]
async fn a_session_reads_and_writes_by_it() {
    let folder = tempfile::tempdir().unwrap();
    let session = session(&Limits::default()).unwrap();
    let store = session
        .runtime_env()
        .object_store(ObjectStoreUrl::local_filesystem())
        .unwrap();
    assert!(format!("{store:?}").contains("LocalFiles"), "{store:?}");
    let [one, other] =
        ["one", "other"].map(|name| Path::from_absolute_path(folder.path().join(name)).unwrap());
    store.put(&one, "four".into()).await.unwrap();
    store.rename(&one, &other).await.unwrap();
    assert_eq!(store.get(&other).await.unwrap().bytes().await.unwrap(), "four");
    let listed = store
        .list_with_delimiter(Some(&Path::from_absolute_path(folder.path()).unwrap()))
        .await
        .unwrap();
    assert_eq!(listed.objects.len(), 1);
    store.delete(&other).await.unwrap();
    assert!(store.get(&other).await.is_err());
}

/// As Thrift writes it in the footer of a Parquet file.
fn thrift(number: u64) -> Vec<u8> {
    let mut rest = number << 1;
    let mut bytes = vec![];
    while rest >= 128 {
        bytes.push(rest as u8 | 128);
        rest >>= 7;
    }
    bytes.push(rest as u8);
    bytes
}

/// A Parquet file whose one column is said to have so many bytes.
fn lying(file: &[u8], bytes: u64) -> Vec<u8> {
    let (start, footer) = file[..file.len() - 8].split_at(file.len() - 8 - footer_bytes(file));
    // `total_compressed_size`, the seventh field, before `data_page_offset`, the ninth: both are of type `i64`.
    // More than the rows, whose number stands before such a field too.
    let (place, was) = (20..file.len() as u64)
        .find_map(|size| {
            let field = [&[0x16], &thrift(size)[..], &[0x26]].concat();
            let place = footer.windows(field.len()).position(|window| window == field)?;
            Some((place, field.len()))
        })
        .unwrap();
    let field = [&[0x16], &thrift(bytes)[..], &[0x26]].concat();
    let footer = [&footer[..place], &field, &footer[place + was..]].concat();
    let length = u32::try_from(footer.len()).unwrap().to_le_bytes();
    [start, &footer, &length, b"PAR1"].concat()
}

fn footer_bytes(file: &[u8]) -> usize {
    let length = file[file.len() - 8..file.len() - 4].try_into().unwrap();
    u32::from_le_bytes(length) as usize
}

#[tokio::test]
async fn a_footer_that_lies_about_a_column_is_an_error_that_names_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("numbers.parquet");
    let run = async |sql: String| {
        // A session remembers the footers that it has read.
        let session = session(&Limits::default())?;
        let table = format!(
            "CREATE EXTERNAL TABLE t STORED AS PARQUET LOCATION '{}'",
            file.display()
        );
        if file.exists() {
            session.sql(&table).await?.collect().await?;
        }
        session.sql(&sql).await?.collect().await
    };
    let copy = format!("COPY (VALUES (1), (2)) TO '{}' STORED AS PARQUET", file.display());
    run(copy).await.unwrap();
    run("SELECT sum(column1) FROM t".into()).await.unwrap();
    let written = fs::read(&file).unwrap();
    for bytes in [1 << 20, 1 << 60] {
        fs::write(&file, lying(&written, bytes)).unwrap();
        let error = run("SELECT sum(column1) FROM t".into()).await.unwrap_err();
        let error = without_values(&error);
        assert!(
            error.contains("numbers.parquet: the file is shorter"),
            "{bytes}: {error}"
        );
    }
}

use std::path::Path;

use super::*;
use crate::scratch::read;
use crate::table_rows::{TableRows, Value};

fn rejects(reasons: std::ops::Range<usize>) -> RecordBatch {
    let mut rows = TableRows::new(Table::Rejects);
    for number in reasons {
        let (text, reason) = (Value::Text("x"), number.to_string());
        let values = [
            Value::Time(0),
            text,
            text,
            Value::Null,
            text,
            Value::Null,
            Value::Text(&reason),
        ];
        rows.push(&values).unwrap();
    }
    rows.take_batch().unwrap()
}

fn path(folder: &Path, number: usize) -> PathBuf {
    folder.join(format!("rejects-{number}.parquet"))
}

#[test]
fn files_hold_their_own_rows_and_come_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = FileWriter::default();
    for number in [2, 0, 1] {
        let batches = vec![
            rejects(number * 10..number * 10 + 4),
            rejects(number * 10 + 4..number * 10 + 10),
        ];
        writer
            .begin(Table::Rejects, batches, path(folder.path(), number))
            .unwrap();
    }
    let files = writer.finish().unwrap();
    assert_eq!(files.len(), 3);
    for (number, file) in files.iter().enumerate() {
        assert_eq!(file.path, path(folder.path(), number));
        assert_eq!(read(file), [rejects(number * 10..number * 10 + 10)]);
    }
}

#[test]
fn a_file_that_cannot_be_written_is_told_by_the_next_or_at_the_end() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(path(folder.path(), 0), "there").unwrap();
    let begun = |writer: &mut FileWriter, number| {
        writer.begin(Table::Rejects, vec![rejects(0..1)], path(folder.path(), number))
    };
    let named = |error| matches!(error, Error::Io { path: named, .. } if named == path(folder.path(), 0));

    let mut writer = FileWriter::default();
    begun(&mut writer, 0).unwrap();
    assert!(named(begun(&mut writer, 1).unwrap_err()));

    let mut writer = FileWriter::default();
    begun(&mut writer, 0).unwrap();
    assert!(named(writer.finish().unwrap_err()));
}

/// The folder is removed next: a file that appeared in it later would stay behind.
#[test]
fn nothing_is_written_any_more_once_it_is_dropped() {
    for _ in 0..20 {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = FileWriter::default();
        let file = path(folder.path(), 0);
        writer
            .begin(Table::Rejects, vec![rejects(0..50_000)], file.clone())
            .unwrap();
        drop(writer);
        assert_eq!(std::fs::read(&file).unwrap()[..4], *b"PAR1");
        assert!(std::fs::read(&file).unwrap().ends_with(b"PAR1"));
    }
}

use super::*;

#[test]
fn long_texts_end_a_batch_and_a_file_before_there_are_many_rows() {
    let folder = tempfile::tempdir().unwrap();
    let mut staging = Staging::new(folder.path());
    let reason = "x".repeat(16 << 20);
    let row = [
        Value::Time(0),
        Value::Text("telemetry"),
        Value::Text("1.csv"),
        Value::Null,
        Value::Text("row"),
        Value::Null,
        Value::Text(&reason),
    ];
    for rows in 1..=33 {
        staging.push(Table::Rejects, &row).unwrap();
        // 16 MiB each: four a batch, and eight batches a file.
        assert_eq!(
            staging.tables[&Table::Rejects].files,
            usize::from(rows >= 32),
            "{rows} rows"
        );
        assert_eq!(
            staging.tables[&Table::Rejects].batches.len(),
            rows % 32 / 4,
            "{rows} rows"
        );
    }
    let files = staging.finish().unwrap();
    assert_eq!(files.iter().map(|file| file.rows).collect::<Vec<_>>(), [32, 1]);
}

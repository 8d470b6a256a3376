use std::sync::Arc;

use tieline::datafusion::arrow::array::{Float64Array, StringArray, UInt64Array};
use tieline::datafusion::arrow::datatypes::Field;

use super::*;

/// A whole table of values or plans.
fn render(schema: &Schema, batches: &[RecordBatch], texts: Texts) -> String {
    let mut rows = TableRows::new(schema, texts);
    let mut text = Vec::new();
    for batch in batches {
        rows.add(batch, &mut text).unwrap();
    }
    rows.end(&mut text).unwrap();
    String::from_utf8(text).unwrap()
}

#[test]
fn small_numbers_keep_three_significant_digits() {
    let cases = [
        (0.0, "0"),
        (3_600.0, "3600"),
        (12.345, "12.35"),
        (0.012_345, "0.0123"),
        (0.000_456_7, "0.000457"),
        (1_234.5, "1234.5"),
    ];
    for (number, text) in cases {
        assert_eq!(float_text(number), text);
    }
}

#[test]
fn a_table_aligns_numbers_right_hides_null_and_defuses_control_characters() {
    let schema = Arc::new(Schema::new(vec![
        Field::new("name", DataType::Utf8, true),
        Field::new("share", DataType::Float64, true),
    ]));
    let names = StringArray::from(vec![Some("a\u{1b}[31m"), None]);
    let batch = RecordBatch::try_new(
        Arc::clone(&schema),
        vec![
            Arc::new(names),
            Arc::new(Float64Array::from(vec![Some(150.001_234_5), None])),
        ],
    )
    .unwrap();
    let batch = [batch];
    insta::assert_snapshot!(render(&schema, &batch, Texts::Values), @"
    name          share
    ────────────────────
    a�[31m  150.0012345

    2 rows
    ");
    insta::assert_snapshot!(render_columns(&schema, &batch, &[1, 0], 9).unwrap(), @"
     share  name
    ───────────────
    150.00  a�[31m
    ");
}

#[test]
fn a_plan_has_its_lines_and_a_value_has_one() {
    let schema = Arc::new(Schema::new(vec![
        Field::new("plan_type", DataType::Utf8, false),
        Field::new("plan", DataType::Utf8, false),
    ]));
    let columns: Vec<Arc<dyn Array>> = vec![
        Arc::new(StringArray::from(vec!["logical_plan", "physical_plan"])),
        Arc::new(StringArray::from(vec![
            "Filter: \u{1b}\n  TableScan: a",
            "FilterExec\n",
        ])),
    ];
    let batch = [RecordBatch::try_new(Arc::clone(&schema), columns).unwrap()];
    insta::assert_snapshot!(render(&schema, &batch, Texts::Plans), @"
    plan_type      plan
    ──────────────────────────────
    logical_plan   Filter: �
                     TableScan: a
    physical_plan  FilterExec
    2 rows
    ");
    insta::assert_snapshot!(render(&schema, &batch, Texts::Values), @"
    plan_type      plan
    ────────────────────────────────────────
    logical_plan   Filter: ��  TableScan: a
    physical_plan  FilterExec�
    2 rows
    ");
}

/// Batches of one column of numbers as text, and its double.
fn numbers(texts: &[&[&str]]) -> (Schema, Vec<RecordBatch>) {
    let schema = Schema::new(vec![
        Field::new("text", DataType::Utf8, false),
        Field::new("bytes", DataType::UInt64, false),
    ]);
    let batch = |texts: &&[&str]| {
        let sizes = texts.iter().map(|text| text.len() as u64);
        let columns: Vec<Arc<dyn Array>> = vec![
            Arc::new(StringArray::from(texts.to_vec())),
            Arc::new(sizes.collect::<UInt64Array>()),
        ];
        RecordBatch::try_new(Arc::new(schema.clone()), columns).unwrap()
    };
    let batches = texts.iter().map(batch).collect();
    (schema, batches)
}

#[test]
fn a_large_table_is_written_in_parts_that_are_as_wide_as_the_first() {
    let (schema, batches) = numbers(&[&["a", "four"], &["b"], &["longer"], &["c"]]);
    let mut parts = Parts::new(&schema, vec![0, 1], Texts::Values);
    let mut text = Vec::new();
    for batch in &batches {
        parts.add(batch, &mut text).unwrap();
        parts.write(&mut text).unwrap();
    }
    // Nothing is left, and nothing is written.
    parts.write(&mut text).unwrap();
    insta::assert_snapshot!(String::from_utf8(text).unwrap(), @"
    text  bytes
    ────────────
    a         1
    four      4
    b         1
    longer      6
    c         1
    ");
}

#[test]
fn a_table_of_more_rows_than_are_held_has_one_header_and_all_rows() {
    let many = vec!["x"; HELD_ROWS / 2 + 1];
    let (schema, batches) = numbers(&[&many, &many, &many]);
    let text = render(&schema, &batches, Texts::Values);
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 2 + many.len() * 3 + 1);
    assert_eq!((lines[0], lines[2]), ("text  bytes", "x         1"));
    assert_eq!(
        lines.iter().filter(|line| **line == lines[2]).count(),
        many.len() * 3
    );
    assert_eq!(lines.last(), Some(&"15,003 rows"));
}

#[test]
fn a_long_value_does_not_make_the_rows_before_it_as_long() {
    let long = "y".repeat(50_000);
    let mut texts = vec!["x"; 999];
    texts.push(&long);
    texts.extend(vec!["x"; 999]);
    let (schema, batches) = numbers(&[&texts]);
    let text = render(&schema, &batches, Texts::Values);
    // As one part, it would be a hundred megabytes.
    assert!(text.len() < 2 * HELD_BYTES, "{}", text.len());
    assert!(text.starts_with("text  bytes\n"));
    assert!(text.contains(&long));
    assert_eq!(text.lines().count(), 2 + texts.len() + 1);
}

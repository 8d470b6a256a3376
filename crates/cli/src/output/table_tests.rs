use std::sync::Arc;

use tieline::datafusion::arrow::array::{Float64Array, StringArray};
use tieline::datafusion::arrow::datatypes::Field;

use super::*;

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
    insta::assert_snapshot!(render(&schema, &batch, Texts::Values).unwrap(), @"
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
    insta::assert_snapshot!(render(&schema, &batch, Texts::Plans).unwrap(), @"
    plan_type      plan
    ──────────────────────────────
    logical_plan   Filter: �
                     TableScan: a
    physical_plan  FilterExec
    2 rows
    ");
    insta::assert_snapshot!(render(&schema, &batch, Texts::Values).unwrap(), @"
    plan_type      plan
    ────────────────────────────────────────
    logical_plan   Filter: ��  TableScan: a
    physical_plan  FilterExec�
    2 rows
    ");
}

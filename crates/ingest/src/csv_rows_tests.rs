use proptest::prelude::*;

use super::{CsvProblem, CsvRows};

/// Rows as their line number and their fields, or what is wrong with them.
fn rows(text: &[u8], expected: usize) -> Vec<(u64, Result<Vec<String>, CsvProblem>)> {
    let mut rows = CsvRows::new(text);
    let mut found = Vec::new();
    while let Some(row) = rows.next_row(Some(expected)).unwrap() {
        let fields = (0..rows.field_count()).map(|i| String::from_utf8_lossy(rows.field(i)).into_owned());
        let fields = fields.collect();
        found.push((row.number, row.problem.map_or(Ok(fields), Err)));
    }
    found
}

fn ok(number: u64, fields: &[&str]) -> (u64, Result<Vec<String>, CsvProblem>) {
    (
        number,
        Ok(fields.iter().map(|field| (*field).to_owned()).collect()),
    )
}

#[test]
fn quotes_commas_and_line_ends_within_quotes_are_read() {
    assert_eq!(
        rows(b"a,\"b,\"\"c\"\"\",d\r\n,,\n", 3),
        [ok(1, &["a", "b,\"c\"", "d"]), ok(2, &["", "", ""])]
    );
    assert_eq!(
        rows(b"a,\"b\r\n\nc\",d\ne,f,g", 3),
        [ok(1, &["a", "b\n\nc", "d"]), ok(4, &["e", "f", "g"])]
    );
}

#[test]
fn blank_lines_are_no_rows_but_count_as_lines() {
    assert_eq!(rows(b"\n  \na,b\n\n", 2), [ok(3, &["a", "b"])]);
}

#[test]
fn a_ragged_line_is_named_alone() {
    let problem = |found| Err(CsvProblem::FieldCount { found, expected: 2 });
    assert_eq!(
        rows(b"a,b\nc\nd,e,f\ng,h", 2),
        [
            ok(1, &["a", "b"]),
            (2, problem(1)),
            (3, problem(3)),
            ok(4, &["g", "h"])
        ]
    );
}

#[test]
fn an_unclosed_quote_costs_its_own_line_only() {
    let unclosed = || Err(CsvProblem::UnclosedQuote);
    assert_eq!(
        rows(b"a,\"b,c\nd,e,f\ng,h,i", 3),
        [(1, unclosed()), ok(2, &["d", "e", "f"]), ok(3, &["g", "h", "i"])]
    );
    // The next row has a quoted field of its own, whose quotes must not be taken for the missing one.
    assert_eq!(
        rows(b"a,\"b,c\nd,\"e\",f\ng,\"h\",i", 3),
        [(1, unclosed()), ok(2, &["d", "e", "f"]), ok(3, &["g", "h", "i"])]
    );
    assert_eq!(
        rows(b"a,b,\"c\nd,e,\"f\"\n", 3),
        [(1, unclosed()), ok(2, &["d", "e", "f"])]
    );
    assert_eq!(rows(b"a,\"b", 2), [(1, unclosed())]);
}

#[test]
fn a_quote_is_not_sought_without_end() {
    let text = format!("a,\"b\n{}", "c,d\n".repeat(1_000));
    let found = rows(text.as_bytes(), 2);
    assert_eq!(found.len(), 1_001);
    assert_eq!(found[0], (1, Err(CsvProblem::UnclosedQuote)));
    assert_eq!(found[1_000], ok(1_001, &["c", "d"]));
}

#[test]
fn wide_and_long_rows_fit() {
    let wide = vec!["x".repeat(100); 200].join(",");
    assert_eq!(rows(wide.as_bytes(), 200)[0].1.as_ref().unwrap().len(), 200);
    let too_long = "y".repeat(crate::lines::LONGEST_LINE_BYTES + 1);
    assert_eq!(rows(too_long.as_bytes(), 1), [(1, Err(CsvProblem::LineTooLong))]);
}

proptest! {
    #[test]
    fn every_line_that_is_not_blank_is_accounted_for(text in "[ab,\"\n\r]{0,200}") {
        let found = rows(text.as_bytes(), 2);
        prop_assert!(found.is_sorted_by(|one, other| one.0 < other.0));
        let lines: Vec<_> = text.split('\n').collect();
        let mut covered = 0;
        for (number, row) in &found {
            let number = usize::try_from(*number).unwrap();
            prop_assert!(lines[covered..number - 1].iter().all(|line| line.trim().is_empty()));
            // A row covers its own line, and one more for every line end within a field.
            covered = number + row.iter().flatten().map(|field| field.matches('\n').count()).sum::<usize>();
        }
        prop_assert!(lines[covered.min(lines.len())..].iter().all(|line| line.trim().is_empty()));
    }
}

use std::io::BufReader;

use super::{LONGEST_LINE_BYTES, Line, Lines};

fn lines(input: &[u8], buffer_bytes: usize) -> Vec<Line> {
    let mut lines = Lines::new(BufReader::with_capacity(buffer_bytes, input));
    std::iter::from_fn(|| lines.next_line().unwrap()).collect()
}

fn line(number: u64, text: &str) -> Line {
    Line {
        number,
        bytes: Some(text.as_bytes().to_vec()),
    }
}

#[test]
fn line_ends_and_byte_order_mark_are_no_part_of_the_lines() {
    for buffer_bytes in [1, 3, 100] {
        assert_eq!(
            lines(b"\xef\xbb\xbfa\r\n\n  b\rc\nlast", buffer_bytes),
            [line(1, "a"), line(2, ""), line(3, "  b\rc"), line(4, "last")]
        );
    }
    assert_eq!(lines(b"", 8), []);
    assert_eq!(lines(b"a\n", 8), [line(1, "a")]);
}

#[test]
fn a_line_that_is_too_long_does_not_eat_its_neighbours() {
    let long = "x".repeat(LONGEST_LINE_BYTES + 1);
    let fitting = "y".repeat(LONGEST_LINE_BYTES);
    let text = format!("a\n{long}{long}\nb\n{fitting}");
    let found = lines(text.as_bytes(), 1000);
    assert_eq!(
        found[1],
        Line {
            number: 2,
            bytes: None
        }
    );
    assert_eq!(found[2], line(3, "b"));
    assert_eq!(found[3].bytes.as_ref().unwrap().len(), LONGEST_LINE_BYTES);
}

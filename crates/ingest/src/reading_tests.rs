use std::io::{self, Read};

use super::document;

const LARGEST: u64 = 1_000;

/// Counts what is asked of it; it never ends.
struct Endless(u64);

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        buffer.fill(b' ');
        self.0 += buffer.len() as u64;
        Ok(buffer.len())
    }
}

#[test]
fn a_document_whose_size_is_too_large_is_not_read() {
    let mut endless = Endless(0);
    assert_eq!(document(&mut endless, LARGEST + 1, LARGEST).unwrap(), None);
    assert_eq!(endless.0, 0);
}

#[test]
fn a_document_that_grows_beyond_the_limit_is_refused_too() {
    let mut endless = Endless(0);
    assert_eq!(document(&mut endless, 10, LARGEST).unwrap(), None);
    assert_eq!(endless.0, LARGEST + 1);
}

#[test]
fn a_byte_order_mark_is_no_part_of_a_document() {
    let bytes = document(b"\xef\xbb\xbf{}".as_slice(), 5, 5).unwrap();
    assert_eq!(bytes.as_deref(), Some(b"{}".as_slice()));
}

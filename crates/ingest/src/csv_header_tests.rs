use super::{CsvHeader, HeaderProblem};
use crate::csv_rows::CsvRows;

#[test]
fn columns_have_their_places_or_say_why_not() {
    let mut rows = CsvRows::new(&b"b, A ,c,\"a b\",C,,\n"[..]);
    rows.next_row(None).unwrap().unwrap();
    let header = CsvHeader::of(&rows);
    assert_eq!(header.count(), 7);
    assert_eq!(header.required("a"), Ok(1));
    assert_eq!(header.optional("b"), Ok(Some(0)));
    assert_eq!(header.required("a b"), Ok(3));
    assert_eq!(header.optional("d"), Ok(None));
    assert_eq!(header.required("d"), Err(HeaderProblem::Missing));
    assert_eq!(header.required("c"), Err(HeaderProblem::Twice("c")));
    assert_eq!(header.optional("c"), Err(HeaderProblem::Twice("c")));
}

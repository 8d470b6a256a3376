use super::*;

#[test]
fn a_statement_is_what_was_written() {
    for statement in [
        "SELECT 1",
        r"SELECT E'x\' OR true --'",
        r"SELECT E'a\\nb', length(E'a\\nb')",
        r"SELECT U&'\00e9\\'",
        "SELECT 'it''s; so', \"a\"\";\", $$a;b$$, X'00'",
        "SELECT 1 -- one; two\n, 2 /* three; /* four; */ five; */, 3",
        "SELECT 'é;ß\r\n;\t', N'ü;'",
        "SELECT 1e5, 0x1F, a.*, b[1], c::int, d->>'e', 'f' ~ 'g'",
    ] {
        let script = format!("\u{feff} {statement};\r\n;; --\n;{statement}\n;\n\n {statement}");
        assert_eq!(split_statements(&script).unwrap(), [statement; 3], "{statement}");
    }
}

#[test]
fn a_text_that_is_not_closed_is_an_error() {
    for script in ["SELECT 'a; SELECT 2", "SELECT 1; /* a"] {
        assert!(split_statements(script).is_err(), "{script}");
    }
    assert!(split_statements(" ;; -- nothing\n").unwrap().is_empty());
    for script in ["SELECT 1 /*! ; */ ; SELECT 7", "SELECT 1 /*! + 2; SELECT 9 */"] {
        assert!(split_statements(script).is_err(), "{script}");
    }
}

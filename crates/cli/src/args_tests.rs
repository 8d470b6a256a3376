use clap::CommandFactory;

use super::*;

#[test]
fn the_command_line_is_well_formed() {
    Cli::command().debug_assert();
}

#[test]
fn commands_and_files_keep_their_order() {
    let words = ["tieline", "sql", "-c", "a", "-f", "b.sql", "--command", "c"];
    let matches = Cli::command().get_matches_from(words);
    let Ok(Cli {
        command: Command::Sql(args),
    }) = clap::FromArgMatches::from_arg_matches(&matches)
    else {
        panic!("not sql");
    };
    let order = args.in_order(matches.subcommand_matches("sql").unwrap());
    let texts: Vec<_> = order.iter().map(|script| format!("{script:?}")).collect();
    assert_eq!(texts, [r#"Command("a")"#, r#"File("b.sql")"#, r#"Command("c")"#]);
}

#[test]
fn sizes_are_read_with_their_units() {
    assert_eq!(parse_size_bytes("512MB"), Ok(512 << 20));
    assert_eq!(parse_size_bytes("4 gb"), Ok(4 << 30));
    assert_eq!(parse_size_bytes("100"), Ok(100));
    for text in ["", "MB", "4TB", "-1", "0", "99999999999999GB"] {
        assert!(parse_size_bytes(text).is_err(), "{text}");
    }
}

#[test]
fn threads_are_as_many_as_a_machine_may_have() {
    assert_eq!(parse_threads("1"), Ok(NonZeroUsize::MIN));
    assert_eq!(parse_threads("512").map(NonZeroUsize::get), Ok(512));
    for text in ["0", "-1", "two", "513", "100000", "99999999999999999999"] {
        assert!(parse_threads(text).is_err(), "{text}");
    }
}

#[test]
fn a_time_without_offset_is_refused() {
    assert_eq!(parse_time_us("1970-01-02"), Ok(86_400_000_000));
    assert_eq!(parse_time_us("1970-01-01T07:00:00+07:00"), Ok(0));
    assert!(parse_time_us("1970-01-01T07:00:00").is_err());
}

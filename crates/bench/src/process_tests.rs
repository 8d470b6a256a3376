use super::*;

/// A contestant that does what a shell script says.
fn scripted(script: &str) -> (Answered<Process>, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap_or_else(|_| unreachable_folder());
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    let process = Process::start(command, &folder.path().join("stderr"));
    (process, folder)
}

#[expect(clippy::panic, reason = "a test without a temporary folder cannot run")]
fn unreachable_folder() -> tempfile::TempDir {
    panic!("no temporary folder")
}

fn run(script: &str, limit: Duration) -> Answered<Ran> {
    let (process, _folder) = scripted(script);
    process?.run(QueryName::Join, limit)
}

const LONG: Duration = Duration::from_secs(30);

#[test]
fn an_answer_is_read() {
    let ran = run(
        r#"read line; echo '{"seconds": 0.5, "answer": [[1, 2.5]]}'"#,
        LONG,
    );
    assert_eq!(
        ran.as_ref().map(|ran| (ran.seconds, ran.answer.len())),
        Ok((0.5, 1))
    );
    assert_eq!(ran.map(|ran| ran.peak_bytes), Ok(None));
}

#[test]
fn an_error_is_passed_on() {
    let ran = run(r#"read line; echo '{"error": "no such table"}'"#, LONG);
    assert_eq!(ran, Err(Trouble::Failed("no such table".to_owned())));
}

#[test]
fn one_that_dies_is_quoted() {
    let ran = run(
        "read line; echo first >&2; echo 'out of memory' >&2; exit 7",
        LONG,
    );
    assert!(
        matches!(&ran, Err(Trouble::Failed(text)) if text.contains('7') && text.ends_with(": out of memory")),
        "{ran:?}"
    );
}

#[test]
fn one_that_takes_too_long_is_not_waited_for() {
    let ran = run("read line; exec sleep 60", Duration::from_millis(50));
    assert_eq!(ran, Err(Trouble::TimedOut));
}

#[test]
fn nonsense_is_a_failure() {
    for answer in ["hello", r#"{"opened": {"version": "1"}}"#] {
        let ran = run(&format!("read line; echo '{answer}'"), LONG);
        assert!(matches!(ran, Err(Trouble::Failed(_))), "{ran:?}");
    }
}

#[test]
fn a_missing_program_is_a_failure() {
    let started = Process::start(
        Command::new("/no/such/program"),
        &std::env::temp_dir().join("tieline-bench-stderr"),
    );
    assert!(matches!(started, Err(Trouble::Failed(_))));
}

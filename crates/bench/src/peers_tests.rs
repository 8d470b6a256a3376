use super::*;

#[test]
fn versions_are_compared_by_number() {
    assert_eq!(parsed("3.11.7"), Some((3, 11)));
    assert!(parsed("3.9.18") < Some(OLDEST_PYTHON));
    assert!(parsed("3.13.0") > Some(OLDEST_PYTHON));
    assert_eq!(parsed("pypy"), None);
}

#[test]
fn an_environment_without_its_marker_is_not_installed() -> std::io::Result<()> {
    let folder = tempfile::tempdir()?;
    let peers = Peers::below(folder.path());
    let peer = &Peer::ALL[0];
    let python = python_of(&peers.environment(peer));
    fs::create_dir_all(python.parent().unwrap_or(folder.path()))?;
    fs::write(&python, "")?;
    assert_eq!(peers.python(peer), Err("not installed".to_owned()));
    fs::write(peers.marker(peer), "")?;
    assert_eq!(peers.python(peer), Ok(python));
    Ok(())
}

#[test]
fn a_failing_command_gives_its_last_line() -> Result<()> {
    let folder = tempfile::tempdir().map_err(Error::io("temporary folder"))?;
    let log = folder.path().join("log");
    let mut command = Command::new("sh");
    command.args(["-c", "echo 'first'; echo 'no route to host' >&2; exit 1"]);
    assert_eq!(
        run_logged(&mut command, &log)?,
        Err("no route to host".to_owned())
    );
    assert!(run_logged(&mut Command::new("/no/such/program"), &log)?.is_err());
    Ok(())
}

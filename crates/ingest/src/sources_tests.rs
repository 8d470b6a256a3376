use std::fs;
use std::path::Path;

use super::find_files;
use crate::Kind;

fn write(folder: &Path, name: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, "x").unwrap();
}

fn names(paths: &[&Path]) -> Vec<String> {
    let paths: Vec<_> = paths.iter().map(|path| path.to_path_buf()).collect();
    find_files(&paths, Kind::Reports)
        .0
        .into_iter()
        .map(|file| file.name)
        .collect()
}

#[test]
fn a_folder_and_a_file_in_it_give_the_same_name() {
    let world = tempfile::tempdir().unwrap();
    write(world.path(), "reports/2.json");
    write(world.path(), "reports/1.json");
    write(world.path(), "reports/later/3.json");
    let folder = world.path().join("reports");
    assert_eq!(
        names(&[&folder]),
        ["reports/1.json", "reports/2.json", "reports/later/3.json"]
    );
    assert_eq!(names(&[&folder.join("1.json")]), ["reports/1.json"]);
    assert_eq!(names(&[&folder.join("1.json"), &folder]).len(), 3);
}

#[test]
fn hidden_files_and_the_files_beside_sources_are_left_out_unless_named() {
    let world = tempfile::tempdir().unwrap();
    for name in [
        "a/.hidden",
        "a/.git/x",
        "a/case.toml",
        "a/truth.json",
        "a/README.md",
        "a/README_feed.csv",
        "a/1.json",
    ] {
        write(world.path(), name);
    }
    assert_eq!(
        names(&[&world.path().join("a")]),
        ["a/1.json", "a/README_feed.csv"]
    );
    assert_eq!(names(&[&world.path().join("a/README.md")]), ["a/README.md"]);
}

#[test]
fn missing_paths_and_empty_folders_are_problems() {
    let world = tempfile::tempdir().unwrap();
    let missing = world.path().join("none");
    let (files, problems) = find_files(&[missing.clone(), world.path().to_owned()], Kind::Sites);
    assert!(files.is_empty());
    assert_eq!(problems[0].path, missing);
    assert_eq!(problems[0].reason, "no such file or folder");
    assert_eq!(problems[1].reason, "no sites files in this folder");
}

#[cfg(unix)]
#[test]
fn a_link_to_a_folder_is_a_problem_and_one_to_a_file_is_followed() {
    let world = tempfile::tempdir().unwrap();
    write(world.path(), "a/1.json");
    std::os::unix::fs::symlink(world.path().join("a"), world.path().join("a/loop")).unwrap();
    std::os::unix::fs::symlink(world.path().join("a/1.json"), world.path().join("a/2.json")).unwrap();
    let (files, problems) = find_files(&[world.path().join("a")], Kind::Reports);
    assert_eq!(files.len(), 2);
    assert_eq!(problems.len(), 1);
}

#[cfg(unix)]
#[test]
fn pipes_sockets_and_devices_are_problems() {
    let world = tempfile::tempdir().unwrap();
    write(world.path(), "a/1.json");
    let folder = world.path().join("a");
    let _socket = std::os::unix::net::UnixListener::bind(folder.join("2.json")).unwrap();
    std::os::unix::fs::symlink("/dev/null", folder.join("3.json")).unwrap();
    let named = Path::new("/dev/null").to_owned();
    let (files, problems) = find_files(
        &[folder.clone(), folder.join("2.json"), named.clone()],
        Kind::Reports,
    );
    assert_eq!(files.len(), 1);
    let paths: Vec<_> = problems.iter().map(|problem| problem.path.clone()).collect();
    let expected = [
        folder.join("2.json"),
        folder.join("3.json"),
        folder.join("2.json"),
        named,
    ];
    assert_eq!(paths, expected);
    assert!(
        problems
            .iter()
            .all(|problem| problem.reason == "not a regular file")
    );
}

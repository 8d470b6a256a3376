//! The committed sample world is what its README says.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::tieline::{Desk, samples};

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
                found.insert(name, fs::read(path).unwrap());
            }
        }
    }
    found
}

#[test]
fn the_same_seed_gives_the_committed_bytes() {
    let desk = Desk::new();
    desk.ok(["synth", "--seed", "42", "--size", "tiny", "--out", "world"]);
    let mut committed = files(&samples());
    assert!(committed.remove("README.md").is_some());
    let made = files(&desk.path("world"));
    assert_eq!(
        made.keys().collect::<Vec<_>>(),
        committed.keys().collect::<Vec<_>>()
    );
    for (name, bytes) in &made {
        assert!(committed[name] == *bytes, "{name} differs");
    }
}

#[test]
fn the_samples_are_small() {
    let size_bytes: usize = files(&samples()).values().map(Vec::len).sum();
    assert!(size_bytes <= 5 << 20, "{size_bytes}");
}

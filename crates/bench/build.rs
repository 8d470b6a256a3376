//! Compiles again when a file of `sql/bench` comes or goes: the binary carries them.

#![expect(clippy::print_stdout, reason = "how a build script speaks")]

fn main() {
    println!("cargo::rerun-if-changed=../../sql/bench");
}

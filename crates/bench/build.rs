//! Compiles again when a file of `sql/bench` comes or goes: the binary carries them.

fn main() {
    println!("cargo::rerun-if-changed=../../sql/bench");
}

//! The command as people use it: every test starts the binary and looks at what it prints, leaves behind and returns.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod bad_input;
mod bench;
mod crash;
mod demo;
mod format;
mod help;
mod locking;
mod repeat;
mod samples;
mod signals;
mod sites;
mod sql;
mod stream;
mod tieline;
mod worlds;

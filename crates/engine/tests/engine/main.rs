//! The library as people embed it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod case;
mod chance;
mod investigation;
mod limits;
mod one_link;
mod page;
mod sample;

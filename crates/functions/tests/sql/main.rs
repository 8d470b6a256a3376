//! The functions as SQL sees them.
//!
//! `slt`: one file of `sql/tests/functions` per SQL name. `documentation`: every example gives what it says, and
//! `docs/functions.md` is what the code says. `properties`: all functions at once, over malformed and random input.
//! `large`: a ring of very many vertices. `rewrites`: calls with literals against calls over columns.
//! `times`: moments in conditions. `geodatafusion`: the defects for which the geometry functions are our own.

#![expect(clippy::unwrap_used, clippy::panic, reason = "test code")]

mod documentation;
mod geodatafusion;
mod large;
mod properties;
mod rewrites;
mod session;
mod slt;
mod times;

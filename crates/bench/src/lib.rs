//! The race track: every strategy of ours and every installed peer on the same files, in turn, with the same threads.
//!
//! A [`Case`] is a question over the tables of a synthetic world whose right answer the generator computed. A
//! [`Contestant`] answers it in a process of its own, by the SQL of `sql/bench/<contestant>/<case>.sql`. [`race`] runs them
//! all: once cold, then in rounds, the contestants taking turns, so that a machine that slows down slows everybody. Every
//! answer of every run is compared; a wrong one is reported as wrong and has no time. What came out is a [`Record`].
//!
//! This crate starts processes and compares what they say. It links no query engine: our own side answers through the same
//! lines of JSON as the peers ([`protocol`]).

mod answer;
mod compare;
mod contestant;
mod error;
mod figures;
mod machine;
mod page_cache;
mod peers;
mod process;
pub mod protocol;
mod race;
mod record;
mod sql_file;
mod suite;
mod world;

pub use answer::{Answers, Rows, Verdict};
pub use compare::{Shift, shifts};
pub use contestant::{Contestant, Peer, Strategy};
pub use error::{Error, Result};
pub use figures::Figures;
pub use machine::{Machine, peak_bytes};
pub use peers::{Peers, Setup};
pub use race::{FEWEST_ROUNDS, MOST_ROUNDS, RaceOptions, race};
pub use record::{CaseRecord, Entry, Outcome, Record};
pub use sql_file::{Placeholders, SqlFiles, Way};
pub use suite::{CASES, Case, Suite, WorldKind};
pub use world::{World, Worlds};

//! The library as people embed it.

mod case;
mod investigation;
mod limits;
mod sample;

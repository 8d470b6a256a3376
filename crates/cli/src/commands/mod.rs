//! One file per command.

pub(crate) mod bench;
pub(crate) mod demo;
pub(crate) mod ingest;
pub(crate) mod plans;
pub(crate) mod run;
pub(crate) mod sites;
pub(crate) mod sql;
pub(crate) mod synth;

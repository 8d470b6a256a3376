//! The joins against the nested loop over the same predicate, which is always right.

#![expect(clippy::unwrap_used, reason = "a test that cannot run its query has failed")]

mod bands;
mod fences;
mod late_columns;
mod limits;
mod near;
mod oracle;
mod order;
mod pages;
mod parquet;
mod plain_pages;
mod pruning;
mod session;
mod slt;
mod spellings;
mod tables;
mod text_files;

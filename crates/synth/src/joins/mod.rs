//! Worlds for racing joins: Parquet tables of any size whose right answers are known.
//!
//! A row's values are a function of the seed and of the row's number alone, so that row groups are made by several threads at
//! once, nothing is held but some row groups, and the same options give the same bytes whatever the threads. The right
//! answers are computed in the same pass, by sorting, prefix sums, a grid and exact arithmetic; no engine is asked.
//!
//! | file | rows at scale 1 | columns |
//! |---|---:|---|
//! | `observations.parquet` | 20,000,000 | `observation_id`, `device_id`, `observed_at`, `lat`, `lon`, `ip`, `ipv4` |
//! | `report_addresses.parquet` | 3,170,000 | `event_id`, `report_id`, `observed_at`, `ip`, `ipv4` |
//! | `prefixes.parquet` | 400,000 | `prefix_id`, `first_ip`, `last_ip`, `first_ipv4`, `last_ipv4`, `prefix_length`, `asn` |
//! | `fences_few.parquet` | 44, at any scale | `fence_id`, `geometry` |
//! | `fences_many.parquet` | 10,000 of 60 vertices | the same |
//! | `fences_most.parquet` | 100,000 of 50 vertices | the same |
//! | `answers.json` | | the answer to each question, by name |
//! | `world.json` | | the options, rows and bytes; written last |
//!
//! Addresses are 16 bytes in network byte order, IPv4 mapped, and again as `UInt32` where they are IPv4, which some engines
//! compare faster. Times are whole milliseconds of 2025. All addresses are of 240.0.0.0/4 and 2001:db8::/32, all places at
//! sea.

mod addresses;
mod answers;
mod draw;
mod fence;
mod fence_grid;
mod observation;
mod options;
mod order;
mod prefixes;
mod report_address;
mod tables;
mod world;
mod write;

pub use options::{Codec, InvalidOption, JoinsOptions, JoinsSummary, Order, UnknownCodec, UnknownOrder};
pub use world::write_joins_world;

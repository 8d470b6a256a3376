//! Which rows have an equal key and a time within a band: the same address, close in time, whatever the skew.
//!
//! An index is built from rows with a key and a time ([`BandRows`]) and probed with batches of keys, each with a closed
//! band of times ([`TimeBands`]): two columns, or a time and what is allowed before and after it. Matches come as two
//! columns of row numbers, at most as many at a time as the caller has room for ([`Bands::probe`]). What needs no pairs
//! does not make any: [`Bands::any`], and [`Bands::nearest`], the one match that is closest to a moment.
//!
//! The rows are kept in the order of (slot, key, time), where a slot is what the high bits of a key's hash say, about one
//! for each row. A key's rows are thus one run, ascending in time: a band is a part of it, found by binary search however
//! many rows a key has, and written out as it lies. Most rows of a large table match nothing, so before any of that two
//! filters are asked: a small one whether the key was there, and of the keys that pass a larger one whether it was at about that
//! time. Blocks of 512 keys go through these steps together, so that one key's wait for memory is another's work.
//!
//! Building is two passes over the rows: they are dealt out by hash into parts that fit a core's own cache, and each part
//! is put in order alone, by as many threads as the caller allows. The index is the same for any number of them.
//!
//! Where probe rows are known to come by key ([`Probes::InOrder`]), as from files that are ordered by it, none of that is needed:
//! the index has its rows in the same order, and the two are gone through side by side.
//!
//! Rows that last from one time to another ([`Intervals`]) are found by when they begin; of those the ones that have ended are passed over
//! in groups, by the latest end of each.
//!
//! Keys are `u32`, `u64` and `u128`, and 16 bytes in network byte order; they are kept as the difference from the least of
//! them, in as few bits as that takes: IPv4 in 32 also where it is stored in 16 bytes. Times are `i64` of any unit.

mod build;
mod ends;
mod extent;
mod filter;
mod hash;
mod in_order;
mod index;
mod intervals;
mod key;
mod nearest;
mod part;
mod probe;
mod rows;
mod table;
mod time;

pub use index::{Bands, Probes};
pub use intervals::Intervals;
pub use key::EqualKey;
pub use rows::{BandRows, BandsError};
pub use time::{Around, NO_BAND, TimeBands, closed_band};

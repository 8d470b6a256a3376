//! Look-up structures over plain slices: IP addresses, special-use blocks, prefixes, ranges, fences and time bands.
//!
//! Everything here takes values or slices and returns values, positions or ranges. The crate reads no files, knows no
//! table and does not depend on Arrow or DataFusion, so that every structure can be tested against a naive scan.
//!
//! One form of address is used throughout: [`Address`], 128 bits in numeric order, IPv4 as `::ffff:a.b.c.d`.
//!
//! | to find out | use |
//! |---|---|
//! | whether a text is an address | [`Address::parse`] |
//! | whether an address can occur on the public Internet | [`is_special`] |
//! | which addresses a CIDR prefix holds | [`Prefix`] |
//! | which of many overlapping ranges owns an address | [`most_specific`] |
//! | what several sources say about an address at a moment | [`overlay`] |
//! | which of many ranges hold each of many keys | [`ranges`] |
//! | which of many fences hold each of many points | [`fences`] |
//! | which rows have an equal key and a time within a band | [`bands`] |
//! | whether a polygon follows the rules | [`validity`] |
//! | how to share out work that an index is made by | [`on_threads`], [`worth_while`] |
//!
//! ```
//! use tieline_index::{Address, Prefix, is_special};
//!
//! let plain = Address::parse("203.0.113.7").unwrap();
//! let mapped = Address::parse("::ffff:203.0.113.7").unwrap();
//! assert_eq!(plain, mapped);
//! assert_eq!(mapped.to_string(), "203.0.113.7");
//!
//! let block = Prefix::parse("203.0.113.0/24").unwrap();
//! assert!(block.contains(plain));
//! assert!(is_special(plain)); // a documentation range
//! ```

mod address;
pub mod bands;
mod disjoint;
pub mod fences;
mod overlay;
mod prefix;
#[cfg(test)]
#[path = "probed_tests.rs"]
mod probed;
pub mod ranges;
mod special_use;
mod threads;
pub mod validity;

pub use address::Address;
pub use disjoint::{Segment, most_specific};
pub use overlay::{Cell, Row, overlay};
pub use prefix::{Prefix, PrefixError, range_to_prefixes};
pub use special_use::{SPECIAL_USE, SpecialUse, is_special};
pub use threads::{on_threads, worth_while};

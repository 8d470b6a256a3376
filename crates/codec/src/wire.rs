//! The messages, written by hand: no compiler of protocol buffers is needed to build this.
//!
//! Every piece stands in an [`Envelope`] with the number of the format, so that each can be told from one of another build
//! wherever DataFusion puts it.

use std::collections::BTreeMap;

use datafusion::common::{Result, not_impl_err};
use datafusion_proto::protobuf::{JoinFilter, JoinType, PhysicalExprNode, PhysicalPlanNode};
use prost::{Enumeration, Message, Oneof};

use crate::error::{foreign, malformed};

/// The number of the format. It changes when a message changes other than by another operator or kind of index, and with DataFusion,
/// whose messages ours hold and which promises nothing about them from one version to the next.
pub const FORMAT: u32 = 2;

/// What stands around every piece, in this and every later format.
#[derive(Clone, PartialEq, Message)]
struct Envelope {
    #[prost(uint32, tag = "1")]
    format: u32,
    /// Last, so that no cut leaves a whole message.
    #[prost(oneof = "Piece", tags = "2, 3, 4, 5, 6, 7, 8, 9, 10")]
    piece: Option<Piece>,
}

/// The part of an [`Envelope`] that can be read of any format.
#[derive(Clone, PartialEq, Message)]
struct Header {
    #[prost(uint32, tag = "1")]
    format: u32,
}

/// What an envelope holds.
#[derive(Clone, PartialEq, Oneof)]
pub(crate) enum Piece {
    #[prost(message, tag = "2")]
    Plan(Box<PhysicalPlanNode>),
    #[prost(message, tag = "3")]
    IndexJoin(Box<IndexJoin>),
    #[prost(message, tag = "4")]
    IndexFilter(IndexFilter),
    #[prost(message, tag = "5")]
    Function(Function),
    #[prost(message, tag = "6")]
    Marks(Marks),
    #[prost(message, tag = "7")]
    BandMerge(Box<BandMerge>),
    #[prost(message, tag = "8")]
    BandBuckets(Box<BandBuckets>),
    /// A scan that skips pages, as the scan within.
    #[prost(message, tag = "9")]
    PageSkipping(Box<PhysicalPlanNode>),
    /// One that is right below an index join, and may have plain pages.
    #[prost(message, tag = "10")]
    PlainPages(Box<PhysicalPlanNode>),
}

/// An `IndexJoinExec` without its inputs, which DataFusion writes.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct IndexJoin {
    #[prost(enumeration = "JoinType", tag = "1")]
    pub(crate) join_type: i32,
    #[prost(bool, tag = "2")]
    pub(crate) builds_left: bool,
    #[prost(bool, tag = "3")]
    pub(crate) null_equals_null: bool,
    #[prost(message, repeated, tag = "4")]
    pub(crate) on: Vec<EqualKeys>,
    #[prost(message, optional, tag = "5")]
    pub(crate) filter: Option<JoinFilter>,
    #[prost(message, optional, tag = "6")]
    pub(crate) projection: Option<Projection>,
    #[prost(string, tag = "7")]
    pub(crate) why: String,
    /// The number of the place of the index.
    #[prost(fixed64, tag = "8")]
    pub(crate) shared: u64,
    #[prost(oneof = "Kind", tags = "9, 10, 11, 12")]
    pub(crate) kind: Option<Kind>,
    #[prost(double, optional, tag = "13")]
    pub(crate) share: Option<f64>,
}

/// A `BandMergeExec` without its inputs, which DataFusion writes.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct BandMerge {
    #[prost(enumeration = "JoinType", tag = "1")]
    pub(crate) join_type: i32,
    /// Whether the left input's rows are held while they are open.
    #[prost(bool, tag = "2")]
    pub(crate) holds_left: bool,
    #[prost(bool, tag = "3")]
    pub(crate) null_equals_null: bool,
    #[prost(message, repeated, tag = "4")]
    pub(crate) on: Vec<EqualKeys>,
    #[prost(message, optional, tag = "5")]
    pub(crate) filter: Option<JoinFilter>,
    #[prost(message, optional, tag = "6")]
    pub(crate) projection: Option<Projection>,
    #[prost(string, tag = "7")]
    pub(crate) why: String,
    #[prost(message, optional, tag = "8")]
    pub(crate) band: Option<Band>,
    /// Whether rows beyond the safe times come first within their key.
    #[prost(bool, tag = "9")]
    pub(crate) far_first: bool,
    /// Whether each input is one partition.
    #[prost(bool, tag = "10")]
    pub(crate) single: bool,
}

/// A `BandBucketsExec` without its input.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct BandBuckets {
    #[prost(message, optional, tag = "1")]
    pub(crate) time: Option<PhysicalExprNode>,
    #[prost(sint64, tag = "2")]
    pub(crate) first: i64,
    #[prost(sint64, tag = "3")]
    pub(crate) last: i64,
    #[prost(uint64, tag = "4")]
    pub(crate) width: u64,
    #[prost(bool, tag = "5")]
    pub(crate) keeps_null: bool,
    #[prost(int64, tag = "6")]
    pub(crate) safe: i64,
    #[prost(string, tag = "7")]
    pub(crate) why: String,
    #[prost(enumeration = "Unit", tag = "8")]
    pub(crate) unit: i32,
}

/// A pair of equal keys.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct EqualKeys {
    #[prost(message, optional, tag = "1")]
    pub(crate) left: Option<PhysicalExprNode>,
    #[prost(message, optional, tag = "2")]
    pub(crate) right: Option<PhysicalExprNode>,
}

/// Which columns come out; a message, because none is another thing than all.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Projection {
    #[prost(uint64, repeated, tag = "1")]
    pub(crate) columns: Vec<u64>,
}

/// The kinds of index. A new one takes the next tag here and in [`IndexJoin::kind`].
#[derive(Clone, PartialEq, Oneof)]
pub(crate) enum Kind {
    #[prost(message, tag = "9")]
    Range(Range),
    #[prost(message, tag = "11")]
    Band(Band),
    #[prost(message, tag = "10")]
    Fence(Box<Fence>),
    #[prost(message, tag = "12")]
    Near(Box<Near>),
}

/// A `RangeKind`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Range {
    #[prost(enumeration = "RangeStrategy", tag = "1")]
    pub(crate) strategy: i32,
    #[prost(bool, tag = "2")]
    pub(crate) builds_intervals: bool,
    #[prost(message, optional, tag = "3")]
    pub(crate) point: Option<PhysicalExprNode>,
    #[prost(message, repeated, tag = "4")]
    pub(crate) interval: Vec<PhysicalExprNode>,
    #[prost(oneof = "RangeSource", tags = "5, 6")]
    pub(crate) source: Option<RangeSource>,
}

/// How intervals are indexed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enumeration)]
#[repr(i32)]
pub(crate) enum RangeStrategy {
    Missing = 0,
    Segments = 1,
    Sorted = 2,
}

/// Where intervals come from.
#[derive(Clone, Copy, PartialEq, Oneof)]
pub(crate) enum RangeSource {
    #[prost(message, tag = "5")]
    Bounds(RangeBounds),
    #[prost(message, tag = "6")]
    Cidr(Cidr),
}

/// Two keys, each included or not.
#[derive(Clone, Copy, PartialEq, Message)]
pub(crate) struct RangeBounds {
    #[prost(bool, tag = "1")]
    pub(crate) low_included: bool,
    #[prost(bool, tag = "2")]
    pub(crate) high_included: bool,
}

/// The text of a prefix.
#[derive(Clone, Copy, PartialEq, Message)]
pub(crate) struct Cidr {}

/// A `BandKind`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Band {
    #[prost(message, repeated, tag = "1")]
    pub(crate) build: Vec<PhysicalExprNode>,
    #[prost(message, repeated, tag = "2")]
    pub(crate) probe: Vec<PhysicalExprNode>,
    #[prost(bool, tag = "3")]
    pub(crate) keyed: bool,
    #[prost(bool, tag = "4")]
    pub(crate) builds_point: bool,
    #[prost(sint64, tag = "5")]
    pub(crate) low: i64,
    #[prost(sint64, tag = "6")]
    pub(crate) high: i64,
    #[prost(int64, tag = "7")]
    pub(crate) safe: i64,
    #[prost(message, optional, tag = "8")]
    pub(crate) check: Option<PhysicalExprNode>,
    #[prost(bool, tag = "9")]
    pub(crate) in_order: bool,
    #[prost(enumeration = "Unit", tag = "10")]
    pub(crate) unit: i32,
}

/// What times are counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enumeration)]
#[repr(i32)]
pub(crate) enum Unit {
    /// In their own unit.
    Own = 0,
    Second = 1,
    Millisecond = 2,
    Microsecond = 3,
    Nanosecond = 4,
}

/// A `NearKind`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Near {
    #[prost(enumeration = "Nearness", tag = "1")]
    pub(crate) nearness: i32,
    #[prost(message, repeated, tag = "2")]
    pub(crate) build: Vec<PhysicalExprNode>,
    #[prost(message, repeated, tag = "3")]
    pub(crate) probe: Vec<PhysicalExprNode>,
}

/// What it takes to match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enumeration)]
#[repr(i32)]
pub(crate) enum Nearness {
    Missing = 0,
    Degrees = 1,
    Metres = 2,
    Inside = 3,
    Possible = 4,
    InsideOrPossible = 5,
}

/// A `FenceKind`.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Fence {
    #[prost(enumeration = "FenceStrategy", tag = "1")]
    pub(crate) strategy: i32,
    /// Whether the boundary counts.
    #[prost(bool, tag = "2")]
    pub(crate) covered: bool,
    #[prost(message, optional, tag = "3")]
    pub(crate) geometry: Option<PhysicalExprNode>,
    #[prost(message, optional, tag = "4")]
    pub(crate) lon: Option<PhysicalExprNode>,
    #[prost(message, optional, tag = "5")]
    pub(crate) lat: Option<PhysicalExprNode>,
}

/// How geometries are indexed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enumeration)]
#[repr(i32)]
pub(crate) enum FenceStrategy {
    Missing = 0,
    Grid = 1,
    RTree = 2,
}

/// An `IndexFilter` without its keys, which DataFusion writes.
#[derive(Clone, Copy, PartialEq, Message)]
pub(crate) struct IndexFilter {
    #[prost(fixed64, tag = "1")]
    pub(crate) shared: u64,
    /// None for the areas of all keys together.
    #[prost(uint64, optional, tag = "2")]
    pub(crate) key: Option<u64>,
    #[prost(bool, tag = "3")]
    pub(crate) exact: bool,
}

/// An SQL function of ours. DataFusion writes its name.
#[derive(Clone, Copy, PartialEq, Message)]
pub(crate) struct Function {}

/// What else is known of the field of an expression's values than their type.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct Marks {
    #[prost(btree_map = "string, string", tag = "1")]
    pub(crate) metadata: BTreeMap<String, String>,
    /// Of a cast to a field rather than to a type.
    #[prost(message, optional, tag = "2")]
    pub(crate) target: Option<CastTarget>,
}

/// The field that a cast is to, but for its type and its metadata.
#[derive(Clone, PartialEq, Message)]
pub(crate) struct CastTarget {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(bool, tag = "2")]
    pub(crate) nullable: bool,
}

/// Appends a piece in its envelope.
///
/// # Errors
/// Where messages are nested more than a hundred deep, which no reader takes: better said here than there.
pub(crate) fn seal(piece: Piece, bytes: &mut Vec<u8>) -> Result<()> {
    let envelope = Envelope {
        format: FORMAT,
        piece: Some(piece),
    };
    let sealed = envelope.encode_to_vec();
    if Envelope::decode(sealed.as_slice()).is_err() {
        return not_impl_err!("the plan is nested too deeply to be sent to another process: run it in steps");
    }
    bytes.extend(sealed);
    Ok(())
}

/// The piece in an envelope.
pub(crate) fn open(bytes: &[u8]) -> Result<Piece> {
    // By itself first: of another format's messages nothing else is known.
    let header = Header::decode(bytes).map_err(|_| malformed("it is no message"))?;
    if header.format != FORMAT {
        return Err(foreign(&format!(
            "the plan is of format {}, this build reads format {FORMAT}",
            header.format
        )));
    }
    let envelope = Envelope::decode(bytes).map_err(|_| malformed("it is no message of ours"))?;
    envelope.piece.ok_or_else(|| malformed("it is empty"))
}

#[cfg(test)]
#[path = "wire_tests.rs"]
mod tests;

//! SQL functions over addresses, times and geometries, one file per SQL name.
//!
//! [`configure`] gives a session the functions, lets addresses be compared with text (`ip = '203.0.113.7'`) and prints
//! addresses and geometries as text. The functions are described in `docs/functions.md`, which is generated from them.
//!
//! Every function is right row by row, so that a join over one is always a correct, if slow, answer. A malformed value is
//! NULL and never an error; a malformed literal address is a planning error. This crate makes no join faster, reads no
//! file and keeps no state.
//!
//! ```
//! use datafusion::execution::session_state::SessionStateBuilder;
//! use datafusion::prelude::SessionContext;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> datafusion::error::Result<()> {
//! let builder = SessionStateBuilder::new().with_default_features();
//! let context = SessionContext::new_with_state(tieline_functions::configure(builder).build());
//! let inside = context.sql("SELECT ip_in_cidr('203.0.113.7', '203.0.113.0/24') AS inside").await?;
//! assert!(inside.to_string().await?.contains("true"));
//! # Ok(())
//! # }
//! ```

mod address;
mod address_literals;
mod column;
mod conditions;
mod documentation;
mod duration_literals;
mod epoch_conditions;
mod function;
mod gap_literals;
mod geometry;
mod moment_literals;
mod network_conditions;
mod plain;
mod register;
mod relation_literals;
mod text_copies;
mod utc;

mod geofence_relation;
mod ip;
mod ip_family;
mod ip_in_cidr;
mod ip_in_range;
mod ip_is_special;
mod ip_network;
mod ip_text;
mod st_area;
mod st_asbinary;
mod st_astext;
mod st_centroid;
mod st_contains;
mod st_coveredby;
mod st_covers;
mod st_disjoint;
mod st_distance;
mod st_distancespheroid;
mod st_dwithin;
mod st_dwithinspheroid;
mod st_envelope;
mod st_geomfromtext;
mod st_geomfromwkb;
mod st_intersects;
mod st_isvalid;
mod st_point;
mod st_within;
mod st_x;
mod st_y;
mod time_gap;

pub use address::{
    ADDRESS_BYTES, ADDRESS_EXTENSION, ADDRESS_TYPE, EXTENSION_NAME_KEY, address_field, is_address,
    to_text_array,
};
pub use documentation::page;
pub use function::is_ours;
pub use geofence_relation::OUTCOMES as GEOFENCE_RELATIONS;
pub use geometry::{
    FenceColumn, NearFence, Nearness, OtherFence, PointReach, fence_column, geometry_field, near_column,
};
pub use plain::Plain;
pub use register::{configure, functions};
pub use time_gap::gap_seconds;
pub use utc::is_utc;

//! Synthetic worlds with a planted truth.
//!
//! A world is a folder of raw files as they are delivered (reports, telemetry, sites, networks) and a
//! `truth.json` that says which links an investigation with default parameters must find in them, and why
//! the decoys are none. The truth is computed by brute force from the generated records, by code that
//! shares nothing with the engine. The same seed gives the same bytes on every machine.
//!
//! What it is not: a model of real events. Everything in a world is invented. Its sites lie at sea, its
//! countries are ISO 3166 codes that no country will ever have, its addresses are from blocks that are never
//! routed, and its reports describe nothing.
//!
//! ```
//! use tieline_synth::{Size, WorldOptions, generate};
//!
//! let world = generate(&WorldOptions { seed: 7, size: Size::Tiny });
//! let truth = world.truth();
//! assert_eq!(truth.funnel[0].reports, 300);
//! assert!(truth.links.len() > 20);
//! ```

mod address;
mod background;
mod error;
mod geography;
mod ground;
pub mod joins;
mod moment;
mod network;
mod observation;
mod options;
mod plant;
mod pool;
mod report;
mod rng;
mod site;
mod site_plan;
mod truth;
mod world;
mod write;

pub use error::Error;
pub use options::{Size, UnknownSize, WorldOptions};
pub use plant::PlantedLink;
pub use truth::{Decoy, FunnelStep, Parameters, TrueLink, Truth};
pub use world::{World, WorldSummary, generate, write_world};

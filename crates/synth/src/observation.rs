//! Rows of telemetry before they are written.

use crate::address::{Address, Form};
use crate::geography::Position;
use crate::moment::Moment;

/// The advertising id of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum DeviceId {
    Advertising(u128),
    /// Opted out: all zeros.
    OptedOut,
    /// Nothing was delivered.
    Missing,
}

/// A device.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Device {
    pub(crate) id: DeviceId,
    /// The kind of its id and of its system follow from this.
    pub(crate) is_android: bool,
}

/// One device at one place with one address.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Observation {
    pub(crate) device: Device,
    pub(crate) observed_at: Moment,
    pub(crate) position: Position,
    /// Tenths of a metre, as delivered: may be negative.
    pub(crate) accuracy_dm: Option<i64>,
    pub(crate) address: Address,
    pub(crate) form: Form,
    pub(crate) country: &'static str,
    /// Random bits from which the columns follow that nothing depends on.
    pub(crate) detail: u32,
}

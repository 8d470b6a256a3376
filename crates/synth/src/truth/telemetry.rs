//! Telemetry by address, and how many devices shared each address on each day.

use std::collections::{BTreeMap, BTreeSet};

use super::MAX_DEVICES_PER_DAY;
use crate::address::Address;
use crate::moment::Moment;
use crate::observation::{DeviceId, Observation};

/// All observations, by address.
pub(super) struct Telemetry<'world> {
    by_address: BTreeMap<Address, Vec<&'world Observation>>,
    /// The devices of an address and UTC day.
    devices: BTreeMap<(Address, i64), BTreeSet<u128>>,
}

impl<'world> Telemetry<'world> {
    pub(super) fn of(observations: &'world [Observation]) -> Self {
        let mut by_address: BTreeMap<Address, Vec<&Observation>> = BTreeMap::new();
        let mut devices: BTreeMap<(Address, i64), BTreeSet<u128>> = BTreeMap::new();
        for observation in observations {
            by_address
                .entry(observation.address)
                .or_default()
                .push(observation);
            // An opted-out or missing id is never counted as a device.
            if let DeviceId::Advertising(id) = observation.device.id {
                let day = observation.observed_at.utc_day();
                devices.entry((observation.address, day)).or_default().insert(id);
            }
        }
        Self { by_address, devices }
    }

    /// The observations with an address; none, where it was never seen.
    pub(super) fn with_address(&self, address: Address) -> &[&'world Observation] {
        self.by_address.get(&address).map_or(&[], Vec::as_slice)
    }

    /// Whether more devices than the limit had the address on the moment's UTC day.
    pub(super) fn is_over_shared(&self, address: Address, at: Moment) -> bool {
        self.devices
            .get(&(address, at.utc_day()))
            .is_some_and(|devices| devices.len() > MAX_DEVICES_PER_DAY)
    }
}

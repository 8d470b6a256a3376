//! Telemetry as CSV in the Quadrant layout, one file for each month.

use std::collections::BTreeMap;
use std::path::Path;

use super::write_file;
use crate::error::Error;
use crate::geography::Position;
use crate::observation::{DeviceId, Observation};

const HEADER: &str = "device_id,id_type,latitude,longitude,horizontal_accuracy,timestamp,ip_address,device_os,\
    os_version,user_agent,country,source_id,publisher_id,app_id,location_context,geohash,consent,quad_id\n";

pub(super) fn write(observations: &[Observation], folder: &Path) -> Result<(), Error> {
    let mut months: BTreeMap<String, String> = BTreeMap::new();
    for observation in observations {
        let month = months
            .entry(observation.observed_at.month_text())
            .or_insert_with(|| HEADER.to_owned());
        month.push_str(&row(observation));
    }
    for (month, text) in months {
        write_file(&folder.join(format!("quadrant-{month}.csv")), text.as_bytes())?;
    }
    Ok(())
}

fn row(observation: &Observation) -> String {
    let detail = observation.detail;
    let (id_type, system, version) = match observation.device.is_android {
        true => (
            "gaid",
            "android",
            ["12", "13", "14", "15"][(detail >> 1) as usize % 4],
        ),
        false => (
            "idfa",
            "ios",
            ["17.6", "18.1", "18.5", "26.0"][(detail >> 1) as usize % 4],
        ),
    };
    let publisher = detail >> 7 & 15;
    let cells = [
        device_id(observation),
        id_type.to_owned(),
        observation.position.lat().to_string(),
        observation.position.lon().to_string(),
        observation
            .accuracy_dm
            .map_or_else(String::new, |tenths| (tenths as f64 / 10.0).to_string()),
        observation.observed_at.epoch_ms().to_string(),
        observation.address.text(observation.form),
        system.to_owned(),
        version.to_owned(),
        user_agent(detail, system, version),
        observation.country.to_owned(),
        format!("s{}", detail >> 3 & 3),
        format!("p{publisher}"),
        ["maps", "chat", "news", "play"][(publisher & 3) as usize].to_owned(),
        ["", "passive", "regular"][(detail >> 11) as usize % 3].to_owned(),
        geohash(observation.position),
        (detail >> 13 & 1).to_string(),
        String::new(),
    ];
    format!("{}\n", cells.join(","))
}

/// Apps disagree on the case of the letters: one device occurs in both.
fn device_id(observation: &Observation) -> String {
    let id = match observation.device.id {
        DeviceId::Missing => return String::new(),
        DeviceId::OptedOut => 0,
        DeviceId::Advertising(id) => id,
    };
    let hex = format!("{id:032x}");
    let text = format!(
        "{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    );
    if observation.detail & 3 == 0 {
        text.to_uppercase()
    } else {
        text
    }
}

/// Empty in half of the rows; else quoted, with commas and now and then with quotes in it.
fn user_agent(detail: u32, system: &str, version: &str) -> String {
    match detail >> 16 & 31 {
        0..16 => String::new(),
        16 => format!("\"ExampleApp/4.2 (\"\"beta\"\", {system} {version})\""),
        number => format!(
            "\"ExampleApp/{}.{} ({system} {version}, en)\"",
            number >> 2,
            number & 3
        ),
    }
}

/// Six characters of the geohash of a position.
fn geohash(position: Position) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789bcdefghjkmnpqrstuvwxyz";
    let mut ranges = [(-180.0, 180.0, position.lon()), (-90.0, 90.0, position.lat())];
    let mut text = String::with_capacity(6);
    let mut bits = 0usize;
    for step in 0..30 {
        let (low, high, value) = &mut ranges[step % 2];
        let middle = (*low + *high) / 2.0;
        bits = bits << 1 | usize::from(*value >= middle);
        if *value >= middle {
            *low = middle;
        } else {
            *high = middle;
        }
        if step % 5 == 4 {
            text.push(char::from(ALPHABET[bits]));
            bits = 0;
        }
    }
    text
}

#[cfg(test)]
#[path = "telemetry_tests.rs"]
mod tests;

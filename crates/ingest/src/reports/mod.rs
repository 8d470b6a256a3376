//! Reports in the JSON that law enforcement receives, one report a file.

mod document;
mod events;
mod incident_type;
mod node;

use std::collections::HashMap;

use crate::error::Error;
use crate::json;
use crate::kind::{Layout, Unit};
use crate::outcome::Reject;
use crate::reading::Reading;
use crate::schema::Table;
use crate::table_rows::Value;

use document::Report;
use events::{Event, Events};
use node::Node;

/// The row number of a report that is alone in its file.
const ONLY_ROW: u64 = 1;

/// The keys of which a report has at least one.
const REPORT_KEYS: [&str; 3] = ["reportId", "reportedInformation", "dateReceived"];

/// Reads a file with one report. `seen` names the file of every report id met so far in this ingest.
pub(crate) fn read(reading: &mut Reading<'_>, seen: &mut HashMap<String, String>) -> Result<(), Error> {
    let Some(bytes) = reading.read_document()? else {
        return Ok(());
    };
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
        return reading.reject_layout();
    }
    let json = match json::parse(&bytes) {
        Ok(json) => json,
        Err(reason) => {
            reading.account.layout = Some(Layout::CybertipLeJson);
            return reading.reject_row(Unit::Report, ONLY_ROW, None, reason);
        }
    };
    if !REPORT_KEYS.iter().any(|key| json.get(key).is_some()) {
        return reading.reject_layout();
    }
    reading.account.layout = Some(Layout::CybertipLeJson);
    let root = Node::root(&json);
    let report = document::report(&root, &stem(reading), &mut reading.account);
    if let Some(reason) = already_there(reading, seen, &report.report_id) {
        return reading.reject_row(Unit::Report, ONLY_ROW, Some("reportId"), reason);
    }
    seen.insert(report.report_id.clone(), reading.source.name.clone());
    let events = events::events(&root, report.incident_at, &mut reading.account);
    load(reading, &report, events)
}

/// The report id of a format that has none: the file's name without its extension.
fn stem(reading: &Reading<'_>) -> String {
    let stem = reading.source.path.file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}

fn already_there(reading: &Reading<'_>, seen: &HashMap<String, String>, report_id: &str) -> Option<String> {
    if let Some(file) = seen.get(report_id) {
        return Some(format!("report_id occurs already in {file}"));
    }
    let known = reading.options.known_report_ids.contains(report_id);
    known.then(|| "report_id occurs already in the case".to_owned())
}

fn load(reading: &mut Reading<'_>, report: &Report, events: Events) -> Result<(), Error> {
    let source_file = reading.source.name.clone();
    reading.push(
        Table::Reports,
        &[
            Value::Text(&report.report_id),
            Value::time(report.received_at),
            Value::text(report.incident_type),
            Value::text(report.incident_type_raw.as_deref()),
            Value::time(report.incident_at),
            Value::text(report.reporter.as_deref()),
            Value::bool(report.sextortion),
            Value::Text(&source_file),
            Value::count(ONLY_ROW),
        ],
    )?;
    reading.account.loaded(Unit::Report, 0);
    reading.account.open_unit(Unit::IpEvent);
    for event in events.loaded {
        load_event(reading, &report.report_id, &event, &source_file)?;
        reading.account.loaded(Unit::IpEvent, event.quality_flags);
    }
    for (field, reason) in events.rejected {
        let reason = reason.to_owned();
        let source_row = Some(ONLY_ROW);
        reading.reject(Reject {
            source_row,
            unit: Unit::IpEvent,
            field: Some(field),
            reason,
        })?;
    }
    Ok(())
}

fn load_event(
    reading: &mut Reading<'_>,
    report_id: &str,
    event: &Event,
    source_file: &str,
) -> Result<(), Error> {
    let table = if event.role.is_protected() {
        Table::ProtectedIpEvents
    } else {
        Table::ReportIpEvents
    };
    reading.push(
        table,
        &[
            Value::Text(report_id),
            Value::Int32(event.event_seq),
            Value::Text(&event.party_id),
            Value::Text(event.role.name()),
            Value::Text(&event.path),
            Value::Address(event.ip),
            Value::int32(event.port),
            Value::text(event.event_name.as_deref()),
            Value::time(event.observed_at),
            Value::bool(event.possible_proxy),
            Value::bool(event.compromised_account),
            Value::bool(event.third_party_user_reported),
            Value::Text(event.time_quality),
            Value::Int32(event.quality_flags),
            Value::Text(source_file),
            Value::count(ONLY_ROW),
        ],
    )
}

#[cfg(test)]
#[path = "reports_tests.rs"]
mod tests;

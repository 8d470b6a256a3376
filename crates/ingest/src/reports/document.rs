//! The report itself: what stands once in a document.

use crate::outcome::Account;
use crate::timestamp::{Moment, parse_time};

use super::incident_type::incident_type_code;
use super::node::Node;

/// A row of `reports` without its place.
pub(crate) struct Report {
    pub(crate) report_id: String,
    pub(crate) received_at: Option<i64>,
    pub(crate) incident_type: Option<&'static str>,
    pub(crate) incident_type_raw: Option<String>,
    pub(crate) incident_at: Option<i64>,
    pub(crate) reporter: Option<String>,
    pub(crate) sextortion: Option<bool>,
}

/// Reads the report; `stem` is its id if the document has none.
pub(crate) fn report(root: &Node<'_>, stem: &str, account: &mut Account) -> Report {
    let information = root.get("reportedInformation", account);
    let summary = information.get("incidentSummary", account);
    let incident_type_raw = summary.get("incidentType", account).text(account);
    let annotations = summary.get("reportAnnotations", account);
    let reporter = information
        .descend(&["reportingEsp", "espName"], account)
        .text(account);
    Report {
        report_id: root
            .get("reportId", account)
            .identifier(account)
            .unwrap_or_else(|| stem.to_owned()),
        received_at: utc_time(&root.get("dateReceived", account), account),
        incident_type: incident_type_raw.map(incident_type_code),
        incident_type_raw: incident_type_raw.map(str::to_owned),
        incident_at: utc_time(&summary.get("incidentDateTime", account), account),
        reporter: reporter.map(str::to_owned),
        sextortion: annotations.get("sextortion", account).boolean(account),
    }
}

/// A time of the report, for which there is no flag: that it had no offset is noted.
fn utc_time(node: &Node<'_>, account: &mut Account) -> Option<i64> {
    let moment = time(node, account)?;
    if !moment.has_offset {
        account.note(node.path(), "time without offset, read as UTC");
    }
    Some(moment.micros)
}

/// A time; one that is not understood counts as missing and is noted.
pub(crate) fn time(node: &Node<'_>, account: &mut Account) -> Option<Moment> {
    let moment = parse_time(node.text(account)?);
    if moment.is_none() {
        account.note(node.path(), "time not understood");
    }
    moment
}

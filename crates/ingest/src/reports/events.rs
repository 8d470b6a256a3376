//! The IP capture events of a report, wherever in the document they stand.

use tieline_index::Address;

use crate::outcome::Account;
use crate::quality::{TIME_WITHOUT_OFFSET, address_flags, flag_if};

use super::document::time;
use super::node::Node;

/// Whose event it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Reported,
    Recipient,
    Victim,
    File,
}

impl Role {
    /// The name in the column `role`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Reported => "reported",
            Self::Recipient => "recipient",
            Self::Victim => "victim",
            Self::File => "file",
        }
    }

    /// Whether the events belong to the protected side.
    pub(crate) const fn is_protected(self) -> bool {
        matches!(self, Self::Recipient | Self::Victim)
    }
}

/// The lists of parties in document order; the numbering of events depends on it.
const PARTIES: [(Role, &[&str]); 4] = [
    (
        Role::Reported,
        &["reportedInformation", "reportedPeople", "reportedPersons"],
    ),
    (
        Role::Recipient,
        &["reportedInformation", "intendedRecipients", "intendedRecipients"],
    ),
    (Role::Victim, &["reportedInformation", "victims", "victims"]),
    (
        Role::File,
        &["reportedInformation", "uploadedFiles", "uploadedFiles"],
    ),
];

/// A row of `report_ip_events` or `protected_ip_events` without its report and place.
pub(crate) struct Event {
    pub(crate) event_seq: i32,
    pub(crate) party_id: String,
    pub(crate) role: Role,
    pub(crate) path: String,
    pub(crate) ip: Address,
    pub(crate) port: Option<i32>,
    pub(crate) event_name: Option<String>,
    pub(crate) observed_at: Option<i64>,
    pub(crate) possible_proxy: Option<bool>,
    pub(crate) compromised_account: Option<bool>,
    pub(crate) third_party_user_reported: Option<bool>,
    pub(crate) time_quality: &'static str,
    pub(crate) quality_flags: i32,
}

/// The events of a report: those with an address, and the field and fault of those without.
#[derive(Default)]
pub(crate) struct Events {
    pub(crate) loaded: Vec<Event>,
    pub(crate) rejected: Vec<(String, &'static str)>,
}

/// A party of a report and what is said of all its events.
struct Party {
    role: Role,
    party_id: String,
    compromised_account: Option<bool>,
    third_party_user_reported: Option<bool>,
}

/// Collects the events of a report in document order.
pub(crate) fn events(root: &Node<'_>, incident_at: Option<i64>, account: &mut Account) -> Events {
    let mut events = Events::default();
    for (role, keys) in PARTIES {
        let parties = root.descend(keys, account).elements(account);
        for (index, node) in parties.iter().enumerate() {
            let party = Party {
                role,
                party_id: format!("{}-{}", role.name(), index + 1),
                compromised_account: node.get("compromisedAccount", account).boolean(account),
                third_party_user_reported: node.get("thirdPartyUserReported", account).boolean(account),
            };
            events.add_legacy_address(&party, node, account);
            for capture in node
                .descend(&["sourceInformation", "sourceCaptures"], account)
                .elements(account)
            {
                events.add_capture(&party, &capture, incident_at, account);
            }
        }
    }
    events
}

impl Events {
    /// The number of the next event, rejected ones counted too.
    fn next_seq(&self) -> i32 {
        i32::try_from(self.loaded.len() + self.rejected.len() + 1).unwrap_or(i32::MAX)
    }

    /// Adds the address that older documents have beside the captures, without time and name.
    fn add_legacy_address(&mut self, party: &Party, node: &Node<'_>, account: &mut Account) {
        let address = node.get("ipAddress", account);
        let Some(text) = address.text(account) else { return };
        let Some((ip, port)) = Address::parse_with_port(text) else {
            self.rejected.push((address.path().to_owned(), NOT_AN_ADDRESS));
            return;
        };
        self.loaded.push(Event {
            event_seq: self.next_seq(),
            party_id: party.party_id.clone(),
            role: party.role,
            path: address.path().to_owned(),
            ip,
            port: port.map(i32::from).filter(|port| *port > 0),
            event_name: None,
            observed_at: None,
            possible_proxy: None,
            compromised_account: party.compromised_account,
            third_party_user_reported: party.third_party_user_reported,
            time_quality: "missing",
            quality_flags: address_flags(ip),
        });
    }

    fn add_capture(
        &mut self,
        party: &Party,
        capture: &Node<'_>,
        incident_at: Option<i64>,
        account: &mut Account,
    ) {
        let value = capture.get("value", account);
        let capture_type = capture.get("captureType", account);
        if !is_ip_capture(&capture_type, &value, account) {
            return;
        }
        let Some(text) = value.text(account) else {
            let reason = if value.is_present() {
                NOT_AN_ADDRESS
            } else {
                "no address"
            };
            self.rejected.push((value.path().to_owned(), reason));
            return;
        };
        let Some((ip, address_port)) = Address::parse_with_port(text) else {
            self.rejected.push((value.path().to_owned(), NOT_AN_ADDRESS));
            return;
        };
        let port = capture.get("port", account).port(account).or(address_port);
        let event_name = capture
            .get("eventName", account)
            .text(account)
            .map(str::to_lowercase);
        let moment = time(&capture.get("dateTime", account), account);
        let observed_at = moment.map(|moment| moment.micros);
        let without_offset = moment.is_some_and(|moment| !moment.has_offset);
        self.loaded.push(Event {
            event_seq: self.next_seq(),
            party_id: party.party_id.clone(),
            role: party.role,
            path: capture.path().to_owned(),
            ip,
            port: port.map(i32::from).filter(|port| *port > 0),
            time_quality: time_quality(observed_at, incident_at, event_name.as_deref()),
            event_name,
            observed_at,
            possible_proxy: capture.get("possibleProxy", account).boolean(account),
            compromised_account: party.compromised_account,
            third_party_user_reported: party.third_party_user_reported,
            quality_flags: address_flags(ip) | flag_if(without_offset, TIME_WITHOUT_OFFSET),
        });
    }
}

const NOT_AN_ADDRESS: &str = "not an IP address";

/// Whether a capture is that of an IP address; where its type is not given, whether its value looks like one.
fn is_ip_capture(capture_type: &Node<'_>, value: &Node<'_>, account: &mut Account) -> bool {
    match capture_type.text(account) {
        Some(capture_type) => {
            let letters = capture_type.chars().filter(char::is_ascii_alphanumeric);
            let letters: String = letters.map(|letter| letter.to_ascii_lowercase()).collect();
            matches!(
                letters.as_str(),
                "ip" | "ipaddress" | "ipv4" | "ipv6" | "ipv4address" | "ipv6address"
            )
        }
        None => {
            let is_address = value
                .text(account)
                .is_some_and(|text| Address::parse(text).is_some());
            if !is_address {
                value.note_unless_missing("capture without a type, not an IP address", account);
            }
            is_address
        }
    }
}

/// Whether the time tells when the address was used.
///
/// Some reporters know only an address and stamp it with the incident's time; such events are named Unknown or not at
/// all. An event of another name may well coincide with the incident.
fn time_quality(
    observed_at: Option<i64>,
    incident_at: Option<i64>,
    event_name: Option<&str>,
) -> &'static str {
    match observed_at {
        None => "missing",
        Some(_) if observed_at == incident_at && matches!(event_name, None | Some("unknown")) => {
            "equals_incident_time"
        }
        Some(_) => "observed",
    }
}

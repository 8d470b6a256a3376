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

/// The lists of parties in the order in which their events are numbered, and what holds each.
const PARTIES: [(Role, [&str; 2]); 4] = [
    (Role::Reported, ["reportedPeople", "reportedPersons"]),
    (Role::Recipient, ["intendedRecipients", "intendedRecipients"]),
    (Role::Victim, ["victims", "victims"]),
    (Role::File, ["uploadedFiles", "uploadedFiles"]),
];

/// The list of captures of a party or a web page, and what holds it.
const CAPTURES: [&str; 2] = ["sourceInformation", "sourceCaptures"];

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

/// Collects the events of a report, party by party.
pub(crate) fn events(root: &Node<'_>, incident_at: Option<i64>, account: &mut Account) -> Events {
    let mut events = Events::default();
    let information = root.get("reportedInformation", account);
    for (role, keys) in PARTIES {
        let parties = events.list(&information, keys, account);
        for (index, node) in parties.iter().enumerate() {
            if !events.takes(node) {
                continue;
            }
            let party = Party {
                role,
                party_id: format!("{}-{}", role.name(), index + 1),
                compromised_account: node.get("compromisedAccount", account).boolean(account),
                third_party_user_reported: node.get("thirdPartyUserReported", account).boolean(account),
            };
            events.add_legacy_address(&party, node, account);
            for capture in events.list(node, CAPTURES, account) {
                if events.takes(&capture) {
                    events.add_capture(&party, &capture, incident_at, account);
                }
            }
        }
    }
    note_web_pages(&information, account);
    events
}

/// Notes the addresses of web pages: they are of no party of the report, and so no events, but not silently gone.
fn note_web_pages(information: &Node<'_>, account: &mut Account) {
    let pages = information.descend(&["incidentDetails", "webpageIncident"], account);
    for page in noted_list(&pages, account) {
        let captures = page.descend(&CAPTURES, account);
        for capture in noted_list(&captures, account) {
            let value = capture.get("value", account);
            let capture_type = capture.get("captureType", account).text(account);
            if capture_type.is_some_and(names_address) || is_address(&value) {
                value.note_unless_missing("address of a web page, not an event of a party", account);
            }
        }
    }
}

/// The elements of a list; one of another type is noted.
fn noted_list<'a>(list: &Node<'a>, account: &mut Account) -> Vec<Node<'a>> {
    let elements = list.elements();
    if elements.is_none() {
        list.note_unless_missing(NOT_A_LIST, account);
    }
    elements.unwrap_or_default()
}

impl Events {
    /// The elements of a list that may hold events; where it, or what holds it, is of another type, that is rejected.
    fn list<'a>(
        &mut self,
        parent: &Node<'a>,
        [holder, list]: [&str; 2],
        account: &mut Account,
    ) -> Vec<Node<'a>> {
        let holder = parent.get(holder, account);
        if !holder.may_be_object() {
            self.rejected.push((holder.path().to_owned(), "not an object"));
            return Vec::new();
        }
        let list = holder.get(list, account);
        list.elements().unwrap_or_else(|| {
            self.rejected.push((list.path().to_owned(), NOT_A_LIST));
            Vec::new()
        })
    }

    /// Whether an element of a list may be read; one of another type may hold an address, and is rejected.
    fn takes(&mut self, element: &Node<'_>) -> bool {
        let is_read = element.may_be_object();
        if !is_read {
            self.rejected.push((element.path().to_owned(), "not an object"));
        }
        is_read
    }

    /// The number of the next event, rejected ones counted too.
    fn next_seq(&self) -> i32 {
        i32::try_from(self.loaded.len() + self.rejected.len() + 1).unwrap_or(i32::MAX)
    }

    /// Adds the address that older documents have beside the captures, without time and name.
    fn add_legacy_address(&mut self, party: &Party, node: &Node<'_>, account: &mut Account) {
        let address = node.get("ipAddress", account);
        if !address.says_something() {
            return;
        }
        let parsed = address.text_if_any().and_then(Address::parse_with_port);
        let Some((ip, port)) = parsed else {
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
        let parsed = value.text_if_any().and_then(Address::parse_with_port);
        let Some((ip, address_port)) = parsed else {
            let reason = if value.says_something() {
                NOT_AN_ADDRESS
            } else {
                "no address"
            };
            self.rejected.push((value.path().to_owned(), reason));
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

const NOT_A_LIST: &str = "neither a list nor an object";

/// Whether a capture is that of an IP address; where its type is not given, whether its value looks like one.
fn is_ip_capture(capture_type: &Node<'_>, value: &Node<'_>, account: &mut Account) -> bool {
    match capture_type.text(account) {
        Some(capture_type) if names_address(capture_type) => true,
        Some(_) => {
            if is_address(value) {
                value.note_unless_missing("IP address in a capture of another type, not an event", account);
            }
            false
        }
        None if is_address(value) => true,
        None => {
            value.note_unless_missing("capture without a type, not an IP address", account);
            false
        }
    }
}

/// Whether one of the words of a capture's type says that its value is an IP address.
///
/// Reporters vary the type: `IP Address`, `Login IP Address`, `IP Address (Login)`, `ip`.
fn names_address(capture_type: &str) -> bool {
    let known = ["ip", "ipv4", "ipv6", "ipaddress", "ipv4address", "ipv6address"];
    let mut words = capture_type.split(|letter: char| !letter.is_alphanumeric());
    words.any(|word| known.iter().any(|known| word.eq_ignore_ascii_case(known)))
}

fn is_address(value: &Node<'_>) -> bool {
    value.text_if_any().and_then(Address::parse).is_some()
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

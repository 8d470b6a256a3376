//! Reports as their authors hold them, before they are written.

use crate::address::{Address, Form};
use crate::moment::Moment;

/// The kinds of incident that occur, with the text that reporters send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IncidentType {
    Enticement,
    /// The same kind, as one client library misspells it.
    EnticementDrifted,
    Possession,
    Trafficking,
    ObsceneMaterial,
    MisleadingWords,
}

impl IncidentType {
    /// The text as delivered.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Enticement => "Online Enticement of Children for Sexual Acts",
            Self::EnticementDrifted => "Online Enticement of Children for Sexual Act",
            Self::Possession => "Child Pornography (possession, manufacture, and distribution)",
            Self::Trafficking => "Child Sex Trafficking",
            Self::ObsceneMaterial => "Unsolicited Obscene Material Sent to a Child",
            Self::MisleadingWords => "Misleading Words or Digital Images on the Internet",
        }
    }

    /// Whether the text means online enticement.
    pub(crate) fn is_online_enticement(self) -> bool {
        matches!(self, Self::Enticement | Self::EnticementDrifted)
    }
}

/// Whose address it is. In document order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    Reported,
    Recipient,
    Victim,
    File,
}

/// When an address was captured, and how the reporter states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Captured {
    /// In UTC.
    Utc(Moment),
    /// At an offset of whole hours east of UTC.
    Offset(Moment, i64),
    /// Without any offset, which makes it doubtful.
    NoOffset(Moment),
    /// Not stated.
    Missing,
}

/// What happened when the address was captured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EventName {
    Login,
    Registration,
    Purchase,
    Upload,
    Other,
    Unknown,
}

impl EventName {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Login => "LOGIN",
            Self::Registration => "REGISTRATION",
            Self::Purchase => "PURCHASE",
            Self::Upload => "UPLOAD",
            Self::Other => "OTHER",
            Self::Unknown => "UNKNOWN",
        }
    }
}

/// One captured address.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Event {
    pub(crate) address: Address,
    pub(crate) form: Form,
    pub(crate) captured: Captured,
    pub(crate) name: Option<EventName>,
    pub(crate) port: Option<u16>,
}

impl Event {
    pub(crate) fn login(address: Address, at: Moment) -> Self {
        Self {
            address,
            form: Form::Usual,
            captured: Captured::Utc(at),
            name: Some(EventName::Login),
            port: None,
        }
    }
}

/// Something captured of a party.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Capture {
    Address(Event),
    /// The address of a page, which is no network address; the number makes it distinct.
    ProfileUrl(u32),
}

/// Someone in the report, or a file.
#[derive(Debug, Clone)]
pub(crate) struct Party {
    pub(crate) role: Role,
    /// Makes names and accounts distinct.
    pub(crate) number: u32,
    pub(crate) captures: Vec<Capture>,
}

/// One report.
#[derive(Debug, Clone)]
pub(crate) struct Report {
    pub(crate) report_id: u32,
    /// Whether the document holds its own number; else only the file's name does.
    pub(crate) states_its_id: bool,
    pub(crate) received_at: Option<Moment>,
    pub(crate) incident_type: Option<IncidentType>,
    pub(crate) incident_at: Option<Moment>,
    pub(crate) reporter: Option<&'static str>,
    pub(crate) sextortion: bool,
    /// In document order: by role.
    pub(crate) parties: Vec<Party>,
    pub(crate) byte_order_mark: bool,
    /// One random bit for each optional field: whether it is null or missing.
    pub(crate) gaps: u64,
}

impl Report {
    /// All captured addresses with their role, in document order; the first has number 1.
    pub(crate) fn events(&self) -> impl Iterator<Item = (i32, Role, &Event)> {
        let captures = self
            .parties
            .iter()
            .flat_map(|party| party.captures.iter().map(move |capture| (party.role, capture)));
        let events = captures.filter_map(|(role, capture)| match capture {
            Capture::Address(event) => Some((role, event)),
            Capture::ProfileUrl(_) => None,
        });
        (1..)
            .zip(events)
            .map(|(event_seq, (role, event))| (event_seq, role, event))
    }
}

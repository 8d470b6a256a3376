//! Reports as the JSON that law enforcement holds, one file each.
//!
//! The order of the fields is that of the structures below: captured addresses are numbered in document order.

use std::path::Path;

use serde::Serialize;

use super::gaps::{Field, Gaps};
use super::{pretty, write_file};
use crate::error::Error;
use crate::moment::Moment;
use crate::report::{Capture, Captured, Event, Party, Report, Role};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    #[serde(skip_serializing_if = "Field::is_absent")]
    report_id: Field<u32>,
    #[serde(skip_serializing_if = "Field::is_absent")]
    date_received: Field<String>,
    #[serde(skip_serializing_if = "Field::is_absent")]
    reported_information: Field<ReportedInformation>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReportedInformation {
    #[serde(skip_serializing_if = "Field::is_absent")]
    reporting_esp: Field<ReportingEsp>,
    #[serde(skip_serializing_if = "Field::is_absent")]
    incident_summary: Field<IncidentSummary>,
    #[serde(skip_serializing_if = "Field::is_absent")]
    incident_details: Field<IncidentDetails>,
    #[serde(skip_serializing_if = "Field::is_absent")]
    reported_people: Field<ReportedPeople>,
    #[serde(skip_serializing_if = "Field::is_absent")]
    intended_recipients: Field<IntendedRecipients>,
    #[serde(skip_serializing_if = "Field::is_absent")]
    victims: Field<Victims>,
    #[serde(skip_serializing_if = "Field::is_absent")]
    uploaded_files: Field<UploadedFiles>,
    #[serde(skip_serializing_if = "Field::is_absent")]
    additional_informations: Field<Vec<Text>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReportingEsp {
    esp_name: String,
    #[serde(skip_serializing_if = "Field::is_absent")]
    last_name: Field<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct IncidentSummary {
    #[serde(skip_serializing_if = "Field::is_absent")]
    incident_type: Field<&'static str>,
    #[serde(skip_serializing_if = "Field::is_absent")]
    incident_date_time: Field<String>,
    #[serde(skip_serializing_if = "Field::is_absent")]
    incident_date_time_description: Field<String>,
    #[serde(skip_serializing_if = "Field::is_absent")]
    report_annotations: Field<ReportAnnotations>,
}

#[derive(Serialize)]
struct ReportAnnotations {
    sextortion: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct IncidentDetails {
    webpage_incident: Vec<WebpageIncident>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WebpageIncident {
    source_information: SourceInformation,
    #[serde(skip_serializing_if = "Field::is_absent")]
    additional_informations: Field<Vec<Text>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReportedPeople {
    reported_persons: Field<Vec<Person>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct IntendedRecipients {
    intended_recipients: Field<Vec<Person>>,
}

#[derive(Serialize)]
struct Victims {
    victims: Field<Vec<Person>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UploadedFiles {
    uploaded_files: Field<Vec<File>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Person {
    #[serde(skip_serializing_if = "Field::is_absent")]
    first_name: Field<String>,
    #[serde(skip_serializing_if = "Field::is_absent")]
    screen_name: Field<Text>,
    #[serde(skip_serializing_if = "Field::is_absent")]
    esp_user_id: Field<String>,
    #[serde(skip_serializing_if = "Field::is_absent")]
    date_of_birth: Field<String>,
    #[serde(skip_serializing_if = "Field::is_absent")]
    emails: Field<Emails>,
    #[serde(skip_serializing_if = "Field::is_absent")]
    phones: Field<String>,
    #[serde(skip_serializing_if = "Field::is_absent")]
    source_information: Field<SourceInformation>,
    #[serde(skip_serializing_if = "Field::is_absent")]
    additional_informations: Field<Vec<Text>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct File {
    filename: String,
    #[serde(skip_serializing_if = "Field::is_absent")]
    original_filename: Field<String>,
    #[serde(skip_serializing_if = "Field::is_absent")]
    verification_hash: Field<String>,
    #[serde(skip_serializing_if = "Field::is_absent")]
    viewed_by_esp: Field<bool>,
    #[serde(skip_serializing_if = "Field::is_absent")]
    source_information: Field<SourceInformation>,
}

#[derive(Serialize)]
struct Emails {
    emails: Vec<Email>,
}

#[derive(Serialize)]
struct Email {
    value: String,
    #[serde(skip_serializing_if = "Field::is_absent")]
    verified: Field<bool>,
}

#[derive(Serialize)]
struct Text {
    value: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SourceInformation {
    source_captures: Field<Vec<SourceCapture>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SourceCapture {
    capture_type: &'static str,
    value: String,
    #[serde(skip_serializing_if = "Field::is_absent")]
    date_time: Field<String>,
    #[serde(skip_serializing_if = "Field::is_absent")]
    event_name: Field<&'static str>,
    #[serde(skip_serializing_if = "Field::is_absent")]
    port: Field<u16>,
}

pub(super) fn write(reports: &[Report], folder: &Path) -> Result<(), Error> {
    for report in reports {
        let path = folder.join(format!("{}.json", report.report_id));
        let mut contents = Vec::new();
        if report.byte_order_mark {
            contents.extend_from_slice("\u{feff}".as_bytes());
        }
        contents.extend(pretty(&document(report), &path)?);
        write_file(&path, &contents)?;
    }
    Ok(())
}

fn document(report: &Report) -> Document {
    let gaps = &mut Gaps::new(report.gaps);
    let says_nothing = report.incident_type.is_none() && report.parties.is_empty();
    let information = (!says_nothing).then(|| information(report, gaps));
    Document {
        report_id: gaps.field(report.states_its_id.then_some(report.report_id)),
        date_received: gaps.field(report.received_at.map(Moment::utc_text)),
        reported_information: gaps.field(information),
    }
}

fn information(report: &Report, gaps: &mut Gaps) -> ReportedInformation {
    let url = gaps.bits(3) == 0;
    let note = gaps.bits(3) == 0;
    let reported_persons = persons(report, Role::Reported, gaps);
    let intended_recipients = persons(report, Role::Recipient, gaps);
    let victims = persons(report, Role::Victim, gaps);
    let uploaded_files = files(report, gaps);
    let reported_people = gaps
        .list(reported_persons)
        .map(|reported_persons| ReportedPeople { reported_persons });
    let intended_recipients = gaps
        .list(intended_recipients)
        .map(|intended_recipients| IntendedRecipients { intended_recipients });
    ReportedInformation {
        reporting_esp: gaps.field(report.reporter).map(|reporter| ReportingEsp {
            esp_name: reporter.to_owned(),
            last_name: gaps.field(None),
        }),
        incident_summary: Field::Value(summary(report, gaps)),
        incident_details: gaps.field(url.then(|| web_page(report.report_id))),
        reported_people,
        intended_recipients,
        victims: gaps.list(victims).map(|victims| Victims { victims }),
        uploaded_files: gaps
            .list(uploaded_files)
            .map(|uploaded_files| UploadedFiles { uploaded_files }),
        additional_informations: gaps.field(note.then(placeholder)),
    }
}

fn placeholder() -> Vec<Text> {
    vec![Text {
        value: "Synthetic report: nothing is described here.".to_owned(),
    }]
}

fn summary(report: &Report, gaps: &mut Gaps) -> IncidentSummary {
    IncidentSummary {
        incident_type: gaps.field(report.incident_type.map(|kind| kind.text())),
        incident_date_time: gaps.field(report.incident_at.map(Moment::utc_text)),
        incident_date_time_description: gaps.field(None),
        // The schema knows only `true`: an annotation that does not apply is left out.
        report_annotations: match report.sextortion {
            true => Field::Value(ReportAnnotations { sextortion: true }),
            false => gaps.field(None),
        },
    }
}

/// A page, the address of which is no network address.
fn web_page(number: u32) -> IncidentDetails {
    let capture = SourceCapture {
        capture_type: "URL",
        value: format!("https://www.example.com/pages/{number}"),
        date_time: Field::Null,
        event_name: Field::Null,
        port: Field::Absent,
    };
    let source_information = SourceInformation {
        source_captures: Field::Value(vec![capture]),
    };
    IncidentDetails {
        webpage_incident: vec![WebpageIncident {
            source_information,
            additional_informations: Field::Null,
        }],
    }
}

fn persons(report: &Report, role: Role, gaps: &mut Gaps) -> Vec<Person> {
    let parties = report.parties.iter().filter(|party| party.role == role);
    parties.map(|party| person(party, gaps)).collect()
}

fn person(party: &Party, gaps: &mut Gaps) -> Person {
    let number = party.number;
    let email = Email {
        value: format!("account.{number}@example.net"),
        verified: gaps.field(None),
    };
    let has_email = gaps.bits(1) == 0;
    let has_name = gaps.bits(2) != 0;
    Person {
        first_name: gaps.field(None),
        screen_name: gaps.field(has_name.then(|| Text {
            value: format!("account_{number}"),
        })),
        esp_user_id: Field::Value(number.to_string()),
        date_of_birth: gaps.field(None),
        emails: gaps.field(has_email.then(|| Emails { emails: vec![email] })),
        phones: gaps.field(None),
        source_information: source_information(party, gaps),
        additional_informations: gaps.field(None),
    }
}

fn files(report: &Report, gaps: &mut Gaps) -> Vec<File> {
    let parties = report.parties.iter().filter(|party| party.role == Role::File);
    let file = |party: &Party| File {
        filename: format!("file-{}.bin", party.number),
        original_filename: gaps.field(None),
        verification_hash: gaps.field(None),
        viewed_by_esp: gaps.field(None),
        source_information: source_information(party, gaps),
    };
    parties.map(file).collect()
}

fn source_information(party: &Party, gaps: &mut Gaps) -> Field<SourceInformation> {
    let captures = party.captures.iter().map(|capture| match capture {
        Capture::Address(event) => captured_address(event, gaps),
        Capture::ProfileUrl(number) => SourceCapture {
            capture_type: "Profile URL",
            value: format!("https://social.example.org/accounts/{number}"),
            date_time: gaps.field(None),
            event_name: gaps.field(None),
            port: gaps.field(None),
        },
    });
    let captures = captures.collect();
    gaps.list(captures)
        .map(|source_captures| SourceInformation { source_captures })
}

fn captured_address(event: &Event, gaps: &mut Gaps) -> SourceCapture {
    let date_time = match event.captured {
        Captured::Utc(at) => Some(at.utc_text()),
        Captured::Offset(at, hours_east) => Some(at.offset_text(hours_east)),
        Captured::NoOffset(at) => Some(at.clock_text()),
        Captured::Missing => None,
    };
    SourceCapture {
        capture_type: "IP Address",
        value: event.address.text(event.form),
        date_time: gaps.field(date_time),
        event_name: gaps.field(event.name.map(|name| name.text())),
        port: gaps.field(event.port),
    }
}

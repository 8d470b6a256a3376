//! A case of one report, one device and one site, and what must not change its one link.

use std::fs;
use std::path::Path;

use tempfile::TempDir;
use tieline::datafusion::arrow::array::{Array, AsArray, RecordBatch};
use tieline::datafusion::arrow::datatypes::{Float64Type, Int64Type};
use tieline::{Case, IngestOptions, Kind, Limits, Params, Run};

use crate::sample::options;

const OBSERVATIONS: &str = "device_id,latitude,longitude,horizontal_accuracy,timestamp,ip_address\n";

/// A folder of source files and a case.
struct World {
    folder: TempDir,
    case: Case,
}

impl World {
    /// Without a link yet: there is a site, and the address is routable.
    async fn new(sites: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let case = Case::create_with(folder.path().join("case"), options(Limits::default())).unwrap();
        let mut world = Self { folder, case };
        world.write("sites/case.toml", "routable = [\"192.0.2.0/24\"]\n");
        world.write("sites/sites.geojson", sites);
        world
            .ingest(Kind::Sites, "sites", &IngestOptions::default())
            .await;
        world
    }

    /// With the report and the device of the link.
    async fn linked() -> Self {
        let mut world = Self::new(&sites(&[site("S-1", "\"country\": \"XA\"")])).await;
        world
            .observe("x,-29.995,90.005,5,2025-03-10T22:30:00Z,192.0.2.1\n")
            .await;
        world.report(5, &event("2025-03-10T22:00:00Z")).await;
        world
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    async fn ingest(&mut self, kind: Kind, name: &str, options: &IngestOptions) -> usize {
        let path = self.folder.path().join(name);
        let report = self.case.ingest(kind, [path], options).await.unwrap();
        assert!(!report.loaded_nothing());
        report.duplicates()
    }

    async fn observe(&mut self, rows: &str) {
        self.write("telemetry/1.csv", &format!("{OBSERVATIONS}{rows}"));
        self.ingest(Kind::Telemetry, "telemetry", &IngestOptions::default())
            .await;
    }

    async fn report(&mut self, id: u32, captures: &str) {
        let name = format!("reports/{id}.json");
        let incident = "{\"incidentType\": \"Online Enticement of Children for Sexual Acts\"}";
        let text = format!(
            "{{\"reportId\": {id}, \"reportedInformation\": {{\"incidentSummary\": {incident}, \"reportedPeople\": \
             {{\"reportedPersons\": [{{\"sourceInformation\": {{\"sourceCaptures\": [{captures}]}}}}]}}}}}}"
        );
        self.write(&name, &text);
        self.ingest(Kind::Reports, &name, &IngestOptions::default()).await;
    }

    async fn run(&self) -> Run {
        self.case.run("nexus", &Params::default()).await.unwrap()
    }
}

fn event(time: &str) -> String {
    format!(
        "{{\"captureType\": \"IP Address\", \"value\": \"192.0.2.1\", \"eventName\": \"Login\", \"dateTime\": \"{time}\"}}"
    )
}

fn site(id: &str, properties: &str) -> String {
    let ring = "[[90, -30], [90.01, -30], [90.01, -29.99], [90, -29.99], [90, -30]]";
    format!(
        "{{\"type\": \"Feature\", \"properties\": {{\"site_id\": \"{id}\", \"status\": \"confirmed\", {properties}}}, \
         \"geometry\": {{\"type\": \"Polygon\", \"coordinates\": [{ring}]}}}}"
    )
}

fn sites(features: &[String]) -> String {
    format!(
        "{{\"type\": \"FeatureCollection\", \"features\": [{}]}}",
        features.join(",")
    )
}

/// The rows of a result as text, of these columns.
fn rows(run: &Run, result: &str, columns: &[&str]) -> Vec<String> {
    let batches = run.batches(result).unwrap();
    let of_batch = |batch: &RecordBatch| -> Vec<String> {
        let row = |row: usize| {
            let value = |name: &&str| {
                let column = batch.column_by_name(name).unwrap();
                match column.data_type().to_string().as_str() {
                    _ if column.is_null(row) => "-".to_owned(),
                    "Int64" => column.as_primitive::<Int64Type>().value(row).to_string(),
                    "Float64" => format!("{:.3}", column.as_primitive::<Float64Type>().value(row)),
                    _ => column.as_string::<i32>().value(row).to_owned(),
                }
            };
            columns.iter().map(value).collect::<Vec<_>>().join(" ")
        };
        (0..batch.num_rows()).map(row).collect()
    };
    batches.iter().flat_map(of_batch).collect()
}

fn linked(run: &Run) -> Vec<String> {
    rows(run, "links", &["report_id", "site_id"])
}

#[tokio::test]
async fn an_event_of_any_year_leaves_the_others_as_they_are() {
    let mut world = World::linked().await;
    let years = [
        "0001-01-01T00:00:00Z",
        "1677-09-21T23:59:59Z",
        "2262-04-11T23:47:17Z",
        "9999-12-31T23:59:59Z",
    ];
    for (id, time) in (10..).zip(years) {
        world.report(id, &event(time)).await;
    }
    let run = world.run().await;
    assert_eq!(linked(&run), ["5 S-1"]);
    let events = rows(
        &run,
        "events",
        &["report_id", "devices_on_day", "excluded_reason"],
    );
    assert_eq!(events, ["10 - -", "11 - -", "12 - -", "13 - -", "5 1 -"]);
}

#[tokio::test]
async fn a_list_of_networks_can_be_given_again_for_another_time_or_as_another_kind() {
    let month = |from: i64, to: i64| IngestOptions {
        network_kind: Some("vpn".to_owned()),
        valid_from_us: Some(from * 86_400_000_000),
        valid_to_us: Some(to * 86_400_000_000),
    };
    // January and March 2025, in days since 1970.
    let (january, march) = (month(20_089, 20_120), month(20_148, 20_179));
    let isp = IngestOptions {
        network_kind: Some("isp".to_owned()),
        ..march.clone()
    };
    let mut world = World::linked().await;
    for (options, duplicates, links) in [
        (&january, 0, 1),
        (&january, 1, 1),
        (&isp, 0, 1),
        (&march, 0, 0),
        (&march, 1, 0),
    ] {
        world.write("networks/list.txt", "192.0.2.0/24\n");
        assert_eq!(
            world.ingest(Kind::Networks, "networks", options).await,
            duplicates
        );
        assert_eq!(linked(&world.run().await).len(), links, "{options:?}");
    }
    let ledger = world
        .case
        .sql("SELECT DISTINCT network_kind, valid_from FROM ledger WHERE kind = 'networks'");
    assert_eq!(ledger.await.unwrap().count().await.unwrap(), 3);
}

#[tokio::test]
async fn a_link_and_its_chance_fall_under_one_country() {
    let noon = "2025-03-10T12:00:00Z";
    let mut world = World::new(&sites(&[
        site("S-1", &format!("\"valid_to\": \"{noon}\"")),
        site("S-1", &format!("\"valid_from\": \"{noon}\", \"country\": \"XA\"")),
    ]))
    .await;
    world
        .observe(
            "x,-29.995,90.005,5,2025-03-10T10:00:00Z,192.0.2.1\n\
             x,-29.995,90.005,5,2025-03-10T14:00:00Z,192.0.2.1\n\
             x,-29.995,90.005,5,2025-03-10T23:00:00Z,192.0.2.9\n",
        )
        .await;
    world.report(5, &event("2025-03-10T10:00:00Z")).await;
    let run = world.run().await;
    let chance = rows(&run, "by_site", &["country", "links", "expected_by_chance"]);
    let [by_site] = &chance[..] else {
        panic!("{chance:?}")
    };
    assert!(
        by_site.starts_with("XA 1 0.") && !by_site.ends_with("0.000"),
        "{by_site}"
    );
    assert_eq!(
        rows(&run, "by_country", &["country", "links", "expected_by_chance"]),
        chance
    );
    assert_eq!(
        rows(
            &run,
            "by_network",
            &["site_country", "links", "expected_by_chance"]
        ),
        chance
    );
}

#[tokio::test]
async fn reports_without_an_address_are_an_answer() {
    let mut world = World::new(&sites(&[site("S-1", "\"country\": \"XA\"")])).await;
    world
        .observe("x,-29.995,90.005,5,2025-03-10T22:30:00Z,192.0.2.1\n")
        .await;
    let error = world.case.run("nexus", &Params::default()).await.unwrap_err();
    assert!(
        error.hint().unwrap().contains("tieline ingest reports"),
        "{error}"
    );
    world.report(5, "").await;
    let run = world.run().await;
    assert!(linked(&run).is_empty());
    let funnel = rows(&run, "funnel", &["step", "reports"]);
    assert_eq!(funnel[..3], ["reports 1", "incident_type 1", "with_ip 0"]);
    assert!(Path::new(run.folder()).exists());
}

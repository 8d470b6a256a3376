//! Cases: created, opened, ingested into, removed.

use std::fs;

use serde_json::Value;
use tieline::datafusion::arrow::array::{AsArray, RecordBatch};
use tieline::datafusion::arrow::datatypes::Int64Type;
use tieline::datafusion::parquet::arrow::ArrowWriter;
use tieline::datafusion::physical_plan::displayable;
use tieline::datafusion::physical_plan::statistics::{StatisticsArgs, StatisticsContext};
use tieline::{Case, Error, IngestOptions, Kind, Limits, Table};

use crate::sample::{options, sample_case, samples};

fn number(batches: &[RecordBatch]) -> i64 {
    batches[0].column(0).as_primitive::<Int64Type>().value(0)
}

#[tokio::test]
async fn every_table_answers_in_an_empty_case_but_the_protected_one() {
    let folder = tempfile::tempdir().unwrap();
    let case = Case::create(folder.path().join("case")).unwrap();
    for table in Table::ALL {
        let query = format!("SELECT count(*) FROM {table}");
        let answer = case.sql(&query).await;
        assert_eq!(answer.is_err(), table == Table::ProtectedIpEvents, "{table}");
        if let Ok(frame) = answer {
            assert_eq!(number(&frame.collect().await.unwrap()), 0, "{table}");
        }
    }
}

#[test]
fn folders_that_hold_something_else_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("notes.txt"), "mine").unwrap();
    assert!(matches!(
        Case::create(folder.path()),
        Err(Error::FolderInUse { .. })
    ));
    assert!(matches!(Case::open(folder.path()), Err(Error::NotACase { .. })));
    assert!(matches!(Case::remove(folder.path()), Err(Error::NotACase { .. })));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_case_is_not_made_over_another_and_what_a_crash_left_is_no_obstacle() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("manifest.json.tmp"), "half").unwrap();
    Case::create(folder.path()).unwrap();
    assert!(matches!(
        Case::create(folder.path()),
        Err(Error::CaseExists { .. })
    ));
}

#[test]
fn removing_a_case_leaves_what_is_not_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("case");
    Case::create(&path).unwrap();
    fs::write(path.join("notes.txt"), "mine").unwrap();
    fs::write(path.join("manifest.json.tmp"), "half").unwrap();
    Case::remove(&path).unwrap();
    assert_eq!(fs::read_dir(&path).unwrap().count(), 1);
    fs::remove_file(path.join("notes.txt")).unwrap();
    Case::create(&path).unwrap();
    Case::remove(&path).unwrap();
    assert!(!path.exists());
}

#[tokio::test]
async fn a_reader_keeps_its_version_while_another_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("case");
    let mut writer = Case::create_with(&path, options(Limits::default())).unwrap();
    let reader = Case::open(&path).unwrap();
    writer
        .ingest(Kind::Sites, [samples().join("sites")], &IngestOptions::default())
        .await
        .unwrap();
    let count = "SELECT count(*) FROM sites";
    assert_eq!(
        number(&reader.sql(count).await.unwrap().collect().await.unwrap()),
        0
    );
    assert!(number(&writer.sql(count).await.unwrap().collect().await.unwrap()) > 0);
    let later = Case::open(&path).unwrap();
    assert!(number(&later.sql(count).await.unwrap().collect().await.unwrap()) > 0);
}

#[tokio::test]
async fn the_manifest_names_every_file_with_its_rows_and_hash() {
    let (_folder, case) = sample_case().await;
    let manifest = case.manifest();
    for (name, table) in &manifest.tables {
        assert_eq!(
            table.rows,
            table.files.iter().map(|file| file.rows).sum::<u64>(),
            "{name}"
        );
        for file in &table.files {
            let path = case.folder().join(&file.path);
            assert_eq!(fs::metadata(&path).unwrap().len(), file.size_bytes);
            assert_eq!(tieline_ingest::sha256_of(&path).unwrap(), file.sha256);
        }
    }
    assert!(!case.folder().join("tables/.staging").exists());
}

#[tokio::test]
async fn a_file_that_no_manifest_names_is_not_read() {
    let (_folder, case) = sample_case().await;
    let telemetry = case.folder().join("tables/telemetry");
    let file = fs::read_dir(&telemetry).unwrap().next().unwrap().unwrap().path();
    fs::copy(&file, telemetry.join("stray.parquet")).unwrap();
    let case = Case::open(case.folder()).unwrap();
    let frame = case.sql("SELECT count(*) FROM telemetry").await.unwrap();
    assert_eq!(number(&frame.collect().await.unwrap()), 20_000);
}

#[tokio::test]
async fn a_scan_reads_only_what_can_match_an_address() {
    let (_folder, case) = sample_case().await;
    let query = "EXPLAIN SELECT * FROM telemetry WHERE ip = '203.0.113.7'";
    let plan = case.sql(query).await.unwrap().to_string().await.unwrap();
    assert!(plan.contains("pruning_predicate=ip_null_count"), "{plan}");
}

#[test]
fn a_manifest_of_another_format_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("case");
    Case::create(&path).unwrap();
    let manifest = fs::read_to_string(path.join("manifest.json")).unwrap();
    fs::write(
        path.join("manifest.json"),
        manifest.replace("\"format\": 1", "\"format\": 2"),
    )
    .unwrap();
    let error = Case::open(&path).unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("written in format 2, this version reads format 1"),
        "{error}"
    );
    fs::write(path.join("manifest.json"), "{").unwrap();
    assert!(matches!(Case::open(&path), Err(Error::Malformed { .. })));
}

#[test]
fn settings_that_are_not_understood_are_refused_without_their_values() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("case");
    Case::create(&path).unwrap();
    for (text, reason) in [
        (
            "routable = [\"203.0.113.0/24\", \"SECRET\"]",
            "routable[1] is not a prefix",
        ),
        ("routabel = []", "not settings: unknown field"),
    ] {
        fs::write(path.join("case.toml"), text).unwrap();
        let message = Case::open(&path).unwrap_err().to_string();
        assert!(
            message.contains(reason) && !message.contains("SECRET"),
            "{message}"
        );
    }
}

/// For the order of joins: no footer of a file says how many addresses it holds.
#[tokio::test]
async fn the_manifest_says_about_how_many_values_key_columns_have() {
    let (_folder, case) = sample_case().await;
    for (table, column) in [
        ("telemetry", "ip"),
        ("telemetry", "device_id"),
        ("report_ip_events", "ip"),
    ] {
        let query = format!("SELECT count(DISTINCT {column}) FROM {table}");
        let exact = number(&case.sql(&query).await.unwrap().collect().await.unwrap()) as f64;
        let files = &case.manifest().tables[table].files;
        let most = files.iter().map(|file| file.distinct[column]).max().unwrap() as f64;
        let sum: u64 = files.iter().map(|file| file.distinct[column]).sum();
        assert!(
            most < exact * 1.05 && sum as f64 > exact * 0.95,
            "{table}.{column}: {most} to {sum}, not {exact}"
        );
        // The plan knows it.
        let frame = case.sql(&format!("SELECT {column} FROM {table}")).await.unwrap();
        let plan = frame.create_physical_plan().await.unwrap();
        let statistics = StatisticsContext::new()
            .compute(plan.as_ref(), &StatisticsArgs::new())
            .unwrap();
        let known = *statistics.column_statistics[0]
            .distinct_count
            .get_value()
            .unwrap() as f64;
        assert!((most..=sum as f64).contains(&known), "{table}.{column}: {known}");
    }
}

/// Files are written by address and time, and say so: a band goes along with them, though the table as a whole has no order.
#[tokio::test]
async fn a_band_goes_along_with_the_order_of_the_files() {
    let (_folder, case) = sample_case().await;
    let band = |column: &str| {
        format!(
            "SELECT count(*) FROM report_ip_events AS e JOIN telemetry AS t
             ON e.{column} = t.{column} AND t.observed_at BETWEEN e.observed_at - INTERVAL '1 day' AND e.observed_at"
        )
    };
    let plan = async |sql: &str| {
        let frame = case.sql(sql).await.unwrap();
        let plan = frame.create_physical_plan().await.unwrap();
        displayable(plan.as_ref()).indent(false).to_string()
    };
    let text = plan(&band("ip")).await;
    assert!(text.contains("probed in order"), "{text}");
    let text = plan(&band("source_row")).await;
    assert!(
        text.contains("band strategy=sorted") && !text.contains("in order"),
        "{text}"
    );
}

/// `sites` had no columns for the rows that end its versions.
#[tokio::test]
async fn sites_of_a_case_from_before_are_read_and_their_versions_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("case");
    let mut case = Case::create_with(&path, options(Limits::default())).unwrap();
    let file = samples().join("sites/sites.geojson");
    case.ingest(Kind::Sites, [&file], &IngestOptions::default())
        .await
        .unwrap();
    let columns = case
        .sql("SELECT * FROM sites")
        .await
        .unwrap()
        .collect()
        .await
        .unwrap();
    let width = columns[0].num_columns() - 2;
    let columns = columns[0].project(&(0..width).collect::<Vec<_>>()).unwrap();
    let parquet = path.join(&case.manifest().tables["sites"].files[0].path);
    let mut writer =
        ArrowWriter::try_new(fs::File::create(parquet).unwrap(), columns.schema(), None).unwrap();
    writer.write(&columns).unwrap();
    writer.close().unwrap();

    let mut case = Case::open_with(&path, options(Limits::default())).unwrap();
    let ended = "SELECT count(*) FROM sites WHERE ended_by_file = 'v2/sites.geojson' AND valid_to = '2030-01-01T00:00:00Z'";
    assert_eq!(
        number(&case.sql(ended).await.unwrap().collect().await.unwrap()),
        0
    );
    let mut sites: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    let mut open = 0;
    for feature in sites["features"].as_array_mut().unwrap() {
        let valid_to = &mut feature["properties"]["valid_to"];
        if valid_to.is_null() {
            *valid_to = "2030-01-01T00:00:00Z".into();
            open += 1;
        }
    }
    assert!(open > 0);
    fs::create_dir(folder.path().join("v2")).unwrap();
    let file = folder.path().join("v2/sites.geojson");
    fs::write(&file, sites.to_string()).unwrap();
    let reader = Case::open(&path).unwrap();
    let report = case
        .ingest(Kind::Sites, [&file], &IngestOptions::default())
        .await
        .unwrap();
    assert_eq!(report.units()[0].rows_rejected, 0);
    assert_eq!(
        number(&case.sql(ended).await.unwrap().collect().await.unwrap()),
        open
    );
    // One file has taken the place of the other, which a reader from before still has.
    let table = &case.manifest().tables["sites"];
    assert_eq!((table.files.len(), table.rows), (1, columns.num_rows() as u64));
    assert_eq!(
        number(&reader.sql(ended).await.unwrap().collect().await.unwrap()),
        0
    );
}

#[tokio::test]
async fn settings_that_are_not_understood_end_an_ingest_before_it_begins() {
    let folder = tempfile::tempdir().unwrap();
    let mut case = Case::create_with(folder.path().join("case"), options(Limits::default())).unwrap();
    let sites = folder.path().join("sites");
    fs::create_dir(&sites).unwrap();
    fs::copy(samples().join("sites/sites.geojson"), sites.join("sites.geojson")).unwrap();
    fs::write(sites.join("case.toml"), "x = 1\n").unwrap();
    let options = IngestOptions::default();
    let error = case.ingest(Kind::Sites, [&sites], &options).await.unwrap_err();
    assert!(matches!(error, Error::Malformed { .. }), "{error}");
    let count = case.sql("SELECT count(*) FROM ledger").await.unwrap();
    assert_eq!(number(&count.collect().await.unwrap()), 0);
    fs::write(sites.join("case.toml"), "routable = [\"192.0.2.0/24\"]\n").unwrap();
    assert!(
        case.ingest(Kind::Sites, [&sites], &options)
            .await
            .unwrap()
            .settings_adopted
    );
}

#[tokio::test]
async fn a_case_in_a_folder_of_sources_is_no_source() {
    let folder = tempfile::tempdir().unwrap();
    let mut case = Case::create_with(folder.path().join("case"), options(Limits::default())).unwrap();
    fs::copy(
        samples().join("sites/sites.geojson"),
        folder.path().join("s.geojson"),
    )
    .unwrap();
    for duplicates in [0, 1] {
        let report = case
            .ingest(Kind::Sites, [folder.path()], &IngestOptions::default())
            .await
            .unwrap();
        assert_eq!((report.files.len(), report.duplicates()), (1, duplicates));
    }
}

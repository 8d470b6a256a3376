use std::fs;

use datafusion::prelude::SessionContext;
use futures::TryStreamExt;
use tempfile::TempDir;

use crate::{Limits, collect, plan, session, stream};

/// A session that reads files by their paths, and a folder of them, at `{}` in statements.
struct Desk {
    session: SessionContext,
    folder: TempDir,
}

impl Desk {
    fn new() -> Self {
        let desk = Self {
            session: session(&Limits::default()).unwrap().enable_url_table(),
            folder: tempfile::tempdir().unwrap(),
        };
        // The last row is beyond those by which the types of columns are told.
        let rows: String = (0..1_500).map(|row| format!("{row}\n")).collect();
        desk.write("late.csv", &format!("n\n{rows}Shoal\n"));
        desk.write("good.csv", "n\n1\n");
        desk.write("late.json", "{\"n\":1}\n{\"n\":\"Shoal\"}\n");
        desk
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn folder(&self) -> String {
        self.folder.path().display().to_string()
    }

    async fn error(&self, statement: &str) -> String {
        let statement = statement.replace("{}", &self.folder());
        let error = match plan(&self.session, &statement).await {
            Ok(frame) => collect(frame).await.unwrap_err(),
            Err(error) => error,
        };
        let text = error.to_string();
        assert!(!text.contains("Shoal"), "{statement}: {text}");
        text.replace(&self.folder(), "{}")
    }
}

#[tokio::test]
async fn the_file_whose_row_cannot_be_read_is_named() {
    let desk = Desk::new();
    // By its path, its column would be one of texts.
    let table = "CREATE EXTERNAL TABLE late (n BIGINT) STORED AS JSON LOCATION '{}/late.json'";
    plan(&desk.session, &table.replace("{}", &desk.folder()))
        .await
        .unwrap();
    let csv =
        "{}/late.csv: Arrow error: Parser error: Error while parsing value '…' as type 'Int64' for column 0";
    let json = "{}/late.json: Arrow error: Json error: whilst decoding field 'n': failed to parse … as Int64";
    for (statement, said) in [
        ("SELECT sum(n) FROM '{}/late.csv'", csv),
        ("SELECT sum(n) FROM late", json),
        // Each reader is asked about its own files only.
        (
            "SELECT count(*) FROM '{}/late.csv' a JOIN '{}/good.csv' b ON a.n = b.n JOIN late c ON c.n = a.n",
            "one of {}/good.csv and {}/late.csv: ",
        ),
        ("CREATE TABLE t AS SELECT * FROM '{}/late.csv'", csv),
        ("COPY (SELECT * FROM '{}/late.csv') TO '{}/out.parquet'", csv),
    ] {
        let text = desk.error(statement).await;
        // Of two files that cannot be read, either is met first.
        let is_json = statement.contains("JOIN") && text.starts_with(json);
        assert!(text.starts_with(said) || is_json, "{statement}: {text}");
    }
}

#[tokio::test]
async fn a_stream_names_it_too() {
    let desk = Desk::new();
    let statement = format!("SELECT n + 1 FROM '{}/late.csv'", desk.folder());
    let frame = plan(&desk.session, &statement).await.unwrap();
    let batches: Result<Vec<_>, _> = stream(frame).await.unwrap().try_collect().await;
    let text = crate::Error::from(batches.unwrap_err()).to_string();
    assert!(
        text.starts_with(&format!("{}/late.csv: ", desk.folder())),
        "{text}"
    );
}

#[tokio::test]
async fn of_many_files_some_are_named() {
    let desk = Desk::new();
    for name in 1..=5 {
        desk.write(&format!("many/{name}.csv"), "n,m\n1,1\n");
    }
    desk.write("many/6.csv", "n,m\n1,1\n2,2,Shoal\n");
    let table = format!(
        "CREATE EXTERNAL TABLE many (n INT, m INT) STORED AS CSV LOCATION '{}/many/'",
        desk.folder()
    );
    plan(&desk.session, &table).await.unwrap();
    let text = desk.error("SELECT sum(n) FROM many").await;
    assert_eq!(
        text,
        "one of {}/many/1.csv, {}/many/2.csv, {}/many/3.csv and 3 more: \
         Arrow error: Csv error: incorrect number of fields for line 3, expected 2 got 3"
    );
}

#[tokio::test]
async fn a_line_that_is_counted_within_a_part_is_said_to_be() {
    let desk = Desk::new();
    for setting in ["repartition_file_min_size = 1", "target_partitions = 4"] {
        let group = if setting.starts_with('r') {
            "optimizer"
        } else {
            "execution"
        };
        plan(&desk.session, &format!("SET datafusion.{group}.{setting}"))
            .await
            .unwrap();
    }
    let text = desk.error("SELECT sum(n) FROM '{}/late.csv'").await;
    assert!(
        text.starts_with("{}/late.csv, its lines counted from the beginning of a part: "),
        "{text}"
    );
}

#[tokio::test]
async fn an_error_that_is_not_about_reading_names_no_file() {
    let desk = Desk::new();
    let text = desk
        .error("SELECT CAST('Shoal' || n AS TIMESTAMP), arrow_cast('Shoal' || n, 'Int64') FROM '{}/good.csv'")
        .await;
    assert!(!text.contains("good.csv"), "{text}");
    // The writer's, who cannot write a list.
    let text = desk
        .error("COPY (SELECT make_array(n) FROM '{}/good.csv') TO '{}/lists.csv'")
        .await;
    assert!(!text.contains("good.csv"), "{text}");
}

#[tokio::test]
async fn rows_that_tell_no_schema_are_not_repeated() {
    let desk = Desk::new();
    for (name, content, said) in [
        (
            "list.json",
            "[1, \"Shoal\"]\n",
            "Arrow error: Json error: Expected JSON record to be an object, found …",
        ),
        (
            "broken.json",
            "{\"n\": 1}\n{\"n\": Shoal}\n",
            "Arrow error: Json error: Not valid JSON: expected value at line … column 7",
        ),
        (
            "broken.csv",
            "n,m\n1,2\n3,4,Shoal\n",
            "{}/broken.csv: Arrow error: Csv error: Encountered unequal lengths between records on CSV file. \
             Expected 2 records, found 3 records at line 3",
        ),
    ] {
        desk.write(name, content);
        let text = desk.error(&format!("SELECT * FROM '{{}}/{name}'")).await;
        assert!(text.ends_with(said), "{name}: {text}");
    }
}

#[tokio::test]
async fn a_parquet_file_that_is_damaged_is_named() {
    let desk = Desk::new();
    let rows =
        "COPY (SELECT value AS n FROM range(0, 100000)) TO '{}/t.parquet'".replace("{}", &desk.folder());
    collect(plan(&desk.session, &rows).await.unwrap()).await.unwrap();
    let path = desk.folder.path().join("t.parquet");
    let mut bytes = fs::read(&path).unwrap();
    // The first page's header and what follows it.
    bytes[4..40].fill(0xff);
    fs::write(&path, bytes).unwrap();
    let text = desk.error("SELECT sum(n) FROM '{}/t.parquet'").await;
    assert!(
        text.starts_with("{}/t.parquet: Arrow error: Parquet error: "),
        "{text}"
    );
}

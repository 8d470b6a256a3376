use std::num::NonZeroUsize;

use super::{Limits, partitions, session};

#[tokio::test]
async fn a_session_is_planned_for_its_threads() {
    for (memory_bytes, expected) in [(None, 6), (Some(64 << 20), 3)] {
        let limits = Limits {
            threads: NonZeroUsize::new(3),
            memory_bytes,
            ..Limits::default()
        };
        let config = session(&limits).unwrap().copied_config();
        assert_eq!(config.target_partitions(), expected);
    }
}

#[test]
fn there_are_two_partitions_for_a_thread_where_each_has_memory_enough() {
    assert_eq!(partitions(2, None), 4);
    assert_eq!(partitions(2, Some(256 << 20)), 4);
    assert_eq!(partitions(2, Some((256 << 20) - 1)), 2);
    assert_eq!(partitions(1, Some(0)), 1);
}

#[tokio::test]
async fn the_types_of_json_are_told_from_all_rows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.json");
    let whole = "{\"a\": 1}\n".repeat(1_500);
    std::fs::write(&path, format!("{whole}{{\"a\": 2.5, \"b\": \"x\"}}\n")).unwrap();
    let session = session(&Limits::default()).unwrap().enable_url_table();
    for table in [
        format!(
            "CREATE EXTERNAL TABLE rows STORED AS JSON LOCATION '{}'",
            path.display()
        ),
        format!("CREATE VIEW rows AS SELECT * FROM '{}'", path.display()),
    ] {
        session.sql(&table).await.unwrap();
        let rows = session.sql("SELECT a, b FROM rows WHERE a > 1").await.unwrap();
        let text = rows.to_string().await.unwrap();
        assert!(text.contains("| 2.5 | x |"), "{table}: {text}");
        session.sql("DROP VIEW IF EXISTS rows").await.ok();
        session.sql("DROP TABLE IF EXISTS rows").await.ok();
    }
}

use arrow::array::AsArray;
use arrow::datatypes::TimestampMicrosecondType;
use serde_json::json;

use super::*;
use crate::Kind;
use crate::quality::TIME_WITHOUT_OFFSET;
use crate::scratch::Scratch;

fn end(valid_from: i64, valid_to: i64, quality_flags: i32, source_row: u64) -> SiteEnd {
    SiteEnd {
        site_id: "A".to_owned(),
        valid_from,
        valid_to,
        quality_flags,
        source_file: "sites/v2.geojson".to_owned(),
        source_row,
    }
}

#[test]
fn an_ended_version_keeps_its_source_and_names_the_row_that_ended_it() {
    let outline = json!({"type": "Polygon", "coordinates": [[[80, -20], [81, -20], [81, -19], [80, -20]]]});
    let site = |site_id: &str, from: &str, to: Option<&str>| {
        let properties = json!({"site_id": site_id, "valid_from": from, "valid_to": to});
        json!({"type": "Feature", "geometry": outline, "properties": properties})
    };
    let (first, second) = ("1970-01-01T00:00:00Z", "1970-01-01T00:00:01Z");
    let features = [
        site("A", first, Some(second)),
        site("A", second, None),
        site("B", second, None),
    ];
    let mut scratch = Scratch::new(Kind::Sites);
    scratch.add(
        "sites/v1.geojson",
        json!({"type": "FeatureCollection", "features": features}).to_string(),
    );
    let before = scratch.finish().rows(Table::Sites);
    // Of two ends of one version, the later one said counts.
    let ends = [
        end(1_000_000, 9_000_000, TIME_WITHOUT_OFFSET, 7),
        end(1_000_000, 8_000_000, TIME_WITHOUT_OFFSET, 8),
    ];
    let once = end_site_versions(std::slice::from_ref(&before), &ends).unwrap();
    // What was ended before stays so.
    let after = end_site_versions(&once, &[end(0, 500_000, 0, 9)])
        .unwrap()
        .remove(0);

    let times = after
        .column_by_name("valid_to")
        .unwrap()
        .as_primitive::<TimestampMicrosecondType>();
    assert_eq!(times.values()[..2], [500_000, 8_000_000]);
    let flags = after
        .column_by_name("quality_flags")
        .unwrap()
        .as_primitive::<Int32Type>();
    assert_eq!(flags.values()[..], [0, TIME_WITHOUT_OFFSET, 0]);
    let files: Vec<_> = after
        .column_by_name("ended_by_file")
        .unwrap()
        .as_string::<i32>()
        .iter()
        .collect();
    assert_eq!(files, [Some("sites/v2.geojson"), Some("sites/v2.geojson"), None]);
    let rows: Vec<_> = after
        .column_by_name("ended_by_row")
        .unwrap()
        .as_primitive::<Int64Type>()
        .iter()
        .collect();
    assert_eq!(rows, [Some(9), Some(8), None]);
    for name in ["site_id", "valid_from", "geometry", "source_file", "source_row"] {
        assert_eq!(after.column_by_name(name), before.column_by_name(name), "{name}");
    }
    // A row of B keeps all it had.
    assert_eq!(after.slice(2, 1), before.slice(2, 1));
}

use arrow::array::{AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type, TimestampMicrosecondType};
use tieline_index::Address;

use super::{RoutableRange, address_networks, routable_ranges};
use crate::scratch::{Scratch, options};
use crate::table_rows::{TableRows, Value};
use crate::{Kind, OPEN_BEGINNING_US, OPEN_END_US, Options, Table};

/// A merged row as `first-last asn organisation country kind [sources]`.
fn lines(merged: &RecordBatch) -> Vec<String> {
    let address = |name: &str, row| {
        let column = merged.column_by_name(name).unwrap().as_fixed_size_binary();
        Address::from_bytes(column.value(row).try_into().unwrap()).to_string()
    };
    let text = |name: &str, row| {
        let column = merged.column_by_name(name).unwrap().as_string::<i32>();
        column.iter().nth(row).unwrap().unwrap_or("-").to_owned()
    };
    let asn = |row| {
        let column = merged.column_by_name("asn").unwrap().as_primitive::<Int64Type>();
        column
            .iter()
            .nth(row)
            .unwrap()
            .map_or("-".to_owned(), |asn| asn.to_string())
    };
    let line = |row| {
        let range = format!("{}-{}", address("first_ip", row), address("last_ip", row));
        let (organisation, country, kind) =
            (text("organisation", row), text("country", row), text("kind", row));
        format!(
            "{range} {} {organisation} {country} {kind} [{}]",
            asn(row),
            text("sources", row)
        )
    };
    (0..merged.num_rows()).map(line).collect()
}

fn networks() -> RecordBatch {
    let mut scratch = Scratch::new(Kind::Networks);
    scratch.add("vpn.txt", "203.0.113.64/26\n");
    scratch.add(
        "a.csv",
        "network,autonomous_system_number,autonomous_system_organization\n203.0.113.0/25,64496,A\n",
    );
    scratch.add("d.txt", "example|XT|ipv4|203.0.113.0|256|20200101|allocated|a\n");
    scratch.finish().rows(Table::Networks)
}

#[test]
fn each_column_comes_from_the_first_source_that_has_a_value() {
    let merged = address_networks(&[networks()]).unwrap();
    assert_eq!(
        lines(&merged),
        [
            "203.0.113.0-203.0.113.63 64496 A XT - [geolite2-asn:a, rir-delegated:d]",
            "203.0.113.64-203.0.113.127 64496 A XT vpn [cidr-list:vpn, geolite2-asn:a, rir-delegated:d]",
            "203.0.113.128-203.0.113.255 - - XT - [rir-delegated:d]",
        ]
    );
}

#[test]
fn other_text_types_and_orders_of_columns_are_taken_too() {
    let rows = networks();
    let schema = rows.schema();
    let reversed = (0..rows.num_columns()).rev().map(|index| {
        let field = schema.field(index);
        let column = rows.column(index);
        match field.data_type() {
            DataType::Utf8 => (field.name().clone(), cast(column, &DataType::Utf8View).unwrap()),
            _ => (field.name().clone(), column.clone()),
        }
    });
    let reversed = RecordBatch::try_from_iter(reversed).unwrap();
    let half = rows.num_rows() / 2;
    let parts = [
        reversed.slice(0, half),
        reversed.slice(half, rows.num_rows() - half),
    ];
    assert_eq!(
        lines(&address_networks(&parts).unwrap()),
        lines(&address_networks(&[rows]).unwrap())
    );
}

#[test]
fn snapshots_of_a_source_follow_each_other_in_time() {
    let snapshot = |from, to, asn| {
        let mut scratch = Scratch::with_options(
            Kind::Networks,
            Options {
                valid_from: from,
                valid_to: to,
                ..options()
            },
        );
        let header = "network,autonomous_system_number";
        scratch.add("a.csv", format!("{header}\n203.0.113.0/24,{asn}\n"));
        scratch.finish().rows(Table::Networks)
    };
    let merged = address_networks(&[snapshot(None, Some(5), 1), snapshot(Some(5), None, 2)]).unwrap();
    assert_eq!(
        lines(&merged),
        [
            "203.0.113.0-203.0.113.255 1 - - - [geolite2-asn:a]",
            "203.0.113.0-203.0.113.255 2 - - - [geolite2-asn:a]"
        ]
    );
    let times = |name| {
        merged
            .column_by_name(name)
            .unwrap()
            .as_primitive::<TimestampMicrosecondType>()
            .values()
            .to_vec()
    };
    assert_eq!(
        (times("valid_from"), times("valid_to")),
        (vec![OPEN_BEGINNING_US, 5], vec![5, OPEN_END_US])
    );
}

#[test]
fn of_two_rows_of_a_source_the_later_counts_whatever_the_order_of_the_batches() {
    let delivery = |name: &str, from, asn| {
        let options = Options {
            valid_from: from,
            ..options()
        };
        let mut scratch = Scratch::with_options(Kind::Networks, options);
        scratch.add(
            name,
            format!("network,autonomous_system_number\n203.0.113.0/24,{asn}\n"),
        );
        scratch.finish().rows(Table::Networks)
    };
    let older = delivery("b/a.csv", None, 1);
    let newer = delivery("a/a.csv", Some(5), 2);
    for batches in [[older.clone(), newer.clone()], [newer, older.clone()]] {
        let merged = lines(&address_networks(&batches).unwrap());
        assert_eq!(merged.len(), 2);
        assert!(merged[0].contains(" 1 ") && merged[1].contains(" 2 "));
    }
    let later_file = delivery("c/a.csv", None, 3);
    for batches in [[older.clone(), later_file.clone()], [later_file, older]] {
        assert!(lines(&address_networks(&batches).unwrap())[0].contains(" 3 "));
    }
}

#[test]
fn sources_of_one_layout_are_asked_in_order_of_name_and_unknown_layouts_last() {
    let mut rows = TableRows::new(Table::Networks);
    for (source, kind) in [("cidr-list:b", "b"), ("other:a", "other"), ("cidr-list:a", "a")] {
        let address = Value::Address(Address::parse("203.0.113.7").unwrap());
        let (text, time) = (Value::Text("x"), |micros| Value::Time(micros));
        let kind = Value::Text(kind);
        let source = Value::Text(source);
        let row = Value::Int64(1);
        let open = (time(OPEN_BEGINNING_US), time(OPEN_END_US));
        rows.push(&[
            address,
            address,
            text,
            Value::Null,
            Value::Null,
            Value::Null,
            kind,
            source,
            open.0,
            open.1,
            text,
            row,
        ])
        .unwrap();
    }
    let merged = address_networks(&[rows.take_batch().unwrap()]).unwrap();
    assert_eq!(
        lines(&merged),
        ["203.0.113.7-203.0.113.7 - - - a [cidr-list:a, cidr-list:b, other:a]"]
    );
}

#[test]
fn nothing_in_is_nothing_out_and_other_columns_are_an_error() {
    assert_eq!(address_networks(&[]).unwrap().num_rows(), 0);
    assert_eq!(
        address_networks(&[]).unwrap().schema(),
        Table::AddressNetworks.schema()
    );
    let other = TableRows::new(Table::Ledger).take_batch().unwrap();
    assert!(address_networks(&[other]).is_err());
}

#[test]
fn routable_ranges_keep_their_prefix() {
    let (first, last) = (
        Address::parse("203.0.113.0").unwrap(),
        Address::parse("203.0.113.255").unwrap(),
    );
    let rows = routable_ranges(&[RoutableRange {
        first,
        last,
        source_prefix: "203.0.113.0/24".to_owned(),
    }])
    .unwrap();
    assert_eq!(
        (rows.num_rows(), rows.schema()),
        (1, Table::RoutableRanges.schema())
    );
}

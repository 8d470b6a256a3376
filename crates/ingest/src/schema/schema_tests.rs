use std::collections::HashSet;

use super::{GEOMETRY_EXTENSION, IP_EXTENSION, Table};

#[test]
fn names_are_distinct_and_parse_back() {
    let names: HashSet<_> = Table::ALL.iter().map(|table| table.name()).collect();
    assert_eq!(names.len(), Table::ALL.len());
    for table in Table::ALL {
        assert_eq!(table.name().parse(), Ok(table));
        assert_eq!(table.to_string(), table.name());
    }
    assert!("links".parse::<Table>().is_err());
}

#[test]
fn columns_named_for_order_or_encoding_exist() {
    for table in Table::ALL {
        let schema = table.schema();
        for column in table
            .sort_columns()
            .iter()
            .chain(table.columns_without_dictionary())
            .chain(table.join_columns())
        {
            assert!(schema.column_with_name(column).is_some(), "{table}.{column}");
        }
    }
}

#[test]
fn the_data_model_document_names_every_column_in_order() {
    let document = include_str!("../../../../docs/data-model.md");
    for table in [
        Table::Reports,
        Table::ReportIpEvents,
        Table::Telemetry,
        Table::Sites,
        Table::Networks,
        Table::AddressNetworks,
        Table::Rejects,
        Table::Ledger,
    ] {
        let heading = format!("\n## {table}\n");
        let section = document
            .split(&heading)
            .nth(1)
            .unwrap()
            .split("\n## ")
            .next()
            .unwrap();
        let first_cells = section
            .lines()
            .filter_map(|line| line.strip_prefix("| `")?.split(" | ").next());
        let documented: Vec<String> = first_cells
            .flat_map(|cell| {
                cell.split(", ")
                    .map(|name| name.trim_matches('`').to_owned())
                    .collect::<Vec<_>>()
            })
            .collect();
        let schema = table.schema();
        let columns: Vec<_> = schema.fields().iter().map(|field| field.name().clone()).collect();
        let sorted = |mut names: Vec<String>| {
            names.sort();
            names
        };
        assert_eq!(sorted(columns), sorted(documented), "{table}");
    }
}

#[test]
fn addresses_and_geometries_carry_their_extension_names() {
    let telemetry = Table::Telemetry.schema();
    assert_eq!(
        telemetry.field_with_name("ip").unwrap().extension_type_name(),
        Some(IP_EXTENSION)
    );
    let sites = Table::Sites.schema();
    assert_eq!(
        sites.field_with_name("geometry").unwrap().extension_type_name(),
        Some(GEOMETRY_EXTENSION)
    );
}

//! `docs/investigations.md` is made from the headers of the plans.
//!
//! `TIELINE_BLESS=1 cargo test -p tieline` writes it anew.

use std::fmt::Write;
use std::path::Path;

use tieline::{Header, Investigation};

fn page() -> String {
    let mut page = String::from(
        "# Investigations\n\n\
         Made from the headers of `sql/plans` by a test; change those, not this page. The types are those of the\n\
         [data model](data-model.md). Each result is a table for the plans after it, a Parquet file of the run under\n\
         `results/<run>/`, and a table of `tieline sql`: `nexus.links`.\n",
    );
    for name in Investigation::shipped_names() {
        let investigation = Investigation::shipped(&name).unwrap();
        write!(
            page,
            "\n## {name}\n\n| parameter | default | its words | meaning |\n|---|---|---|---|\n"
        )
        .unwrap();
        for parameter in investigation.parameters() {
            let words: Vec<_> = parameter.words.iter().map(|word| format!("`{word}`")).collect();
            writeln!(
                page,
                "| `{}` | `{}` | {} | {} |",
                parameter.name,
                parameter.default,
                words.join(", "),
                parameter.description
            )
            .unwrap();
        }
        for step in investigation.steps() {
            page += &section(&name, &step.file, &step.header);
        }
    }
    page
}

fn section(investigation: &str, file: &str, header: &Header) -> String {
    let mut text = format!("\n### {}\n\n{}\n\n", header.name, header.description);
    let reads: Vec<_> = header
        .reads
        .iter()
        .map(|read| format!("`{}`", read.name))
        .collect();
    let plan = format!("[{file}](../sql/plans/{investigation}/{file})");
    writeln!(
        text,
        "Grain: {}. Reads {}. Plan: {plan}.\n",
        header.grain,
        reads.join(", ")
    )
    .unwrap();
    let columns: Vec<_> = header
        .returns
        .iter()
        .map(|column| format!("`{}` {}", column.name, column.column_type))
        .collect();
    writeln!(text, "Columns: {}.", columns.join(", ")).unwrap();
    text
}

#[test]
fn the_page_of_investigations_is_what_the_headers_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/investigations.md");
    if std::env::var_os("TIELINE_BLESS").is_some() {
        std::fs::write(&path, page()).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page(),
        "docs/investigations.md is out of date: TIELINE_BLESS=1 cargo test -p tieline"
    );
}

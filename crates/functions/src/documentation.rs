//! What every function says about itself, and the page made of it.

use datafusion::logical_expr::{DocSection, Documentation, ScalarUDF};

/// Functions over addresses.
pub(crate) const ADDRESSES: DocSection = DocSection {
    include: true,
    label: "Addresses",
    description: Some(
        "An address is `FixedSizeBinary(16)` in network byte order, IPv4 as `::ffff:a.b.c.d`, with the field \
         metadata `ARROW:extension:name = tieline.ip`. Wherever a function takes an address it also takes text, \
         read as `ip` reads it. An address compared with text (`=`, `<`, `BETWEEN`, `IN`, in `WHERE`, `ON`, \
         `SELECT`, `HAVING` and `CASE`) is compared with that text's address. A malformed literal is a planning \
         error; a malformed value is NULL.",
    ),
};

/// Functions over times.
pub(crate) const TIMES: DocSection = DocSection {
    include: true,
    label: "Times",
    description: None,
};

/// Functions over geometries.
pub(crate) const GEOMETRIES: DocSection = DocSection {
    include: true,
    label: "Geometries",
    description: Some(
        "The names and the meaning are those of PostGIS, in the plane of longitude and latitude (degrees, WGS 84, \
         longitude first). Where a function takes a geometry it takes WKB (`Binary`, `LargeBinary`, `BinaryView`, with \
         or without `geoarrow.wkb` metadata), WKT text and every GeoArrow encoding; Z and M are ignored. A malformed \
         value (truncated bytes, an unclosed ring, a line of one point, a coordinate that is not finite) is NULL. \
         An empty geometry is a geometry: it intersects nothing and is disjoint from everything.",
    ),
};

/// One function's entry.
pub(crate) struct Entry {
    /// The section of the page.
    pub(crate) section: DocSection,
    /// What it returns, with units and NULLs.
    pub(crate) description: &'static str,
    /// The call, `name(argument, …)`.
    pub(crate) syntax: &'static str,
    /// Each argument and what it is.
    pub(crate) arguments: &'static [(&'static str, &'static str)],
    /// One SQL query with a single result.
    pub(crate) example: &'static str,
    /// What the query returns, as text.
    pub(crate) result: &'static str,
    /// Where the definition comes from.
    pub(crate) source: &'static str,
}

impl From<Entry> for Documentation {
    fn from(entry: Entry) -> Self {
        let builder = Documentation::builder(
            entry.section,
            format!("{}\n\nSource: {}.", entry.description, entry.source),
            entry.syntax,
        )
        .with_sql_example(format!("```sql\n{};\n-- {}\n```", entry.example, entry.result));
        entry
            .arguments
            .iter()
            .fold(builder, |builder, (name, meaning)| {
                builder.with_argument(*name, *meaning)
            })
            .build()
    }
}

/// The page `docs/functions.md`, made from the functions given: one heading per SQL name, grouped by section.
pub fn page<'a>(functions: impl IntoIterator<Item = &'a ScalarUDF>) -> String {
    let mut entries: Vec<(&str, &Documentation)> = functions
        .into_iter()
        .filter_map(|function| Some((function.name(), function.documentation()?)))
        .collect();
    entries.sort_by_key(|(name, documentation)| (documentation.doc_section.label, *name));

    let mut page = String::from(
        "# SQL functions\n\nGenerated from the code of `crates/functions`; \
         `TIELINE_BLESS=1 cargo test -p tieline-functions` rewrites it.\n",
    );
    let mut label = "";
    for (name, documentation) in entries {
        if documentation.doc_section.label != label {
            label = documentation.doc_section.label;
            page.push_str(&format!("\n# {label}\n"));
            if let Some(description) = documentation.doc_section.description {
                page.push_str(&format!("\n{description}\n"));
            }
        }
        push_entry(&mut page, name, documentation);
    }
    page
}

fn push_entry(page: &mut String, name: &str, documentation: &Documentation) {
    page.push_str(&format!("\n## {name}\n\n`{}`\n", documentation.syntax_example));
    page.push_str(&format!("\n{}\n\n", documentation.description));
    for (argument, meaning) in documentation.arguments.iter().flatten() {
        page.push_str(&format!("- `{argument}`: {meaning}\n"));
    }
    if let Some(example) = &documentation.sql_example {
        page.push_str(&format!("\n{example}\n"));
    }
}

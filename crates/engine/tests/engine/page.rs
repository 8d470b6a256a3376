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
    page + OWN_PLANS
}

const OWN_PLANS: &str = "
## Your own plans

`tieline plans nexus --out DIR` writes the plans of `nexus`, and `tieline run nexus --case CASE --plans DIR` runs what you make of them:
all `.sql` files of the folder, in the order of their names. Each is one statement below a header:

```sql
-- name: links
-- description: one sentence
-- reads: candidates, networks?
-- grain: one row per report event
-- returns: report_id text, ip address
-- param: window interval = 1 hour | largest time between an event and an observation
-- param: roles texts of reported, file = file | whose events take part
-- expect-plan: HashJoinExec
-- output: report_id, ip
```

| key | |
|---|---|
| `name` | of the result: lower-case letters, digits and `_` |
| `description`, `grain` | a sentence; what one row stands for |
| `reads` | every table that the statement reads, of the case or of a plan before it; one that is not named is an error, and so is an empty one, unless a `?` says that the plan has an answer without it |
| `returns` | the columns in their order, each with its type; another one is an error |
| `param` | `name type = default`, then `\\|` and what it means; for this plan and those after it, which write `$name`, or `$name_s` for the seconds of an interval. Types: `interval`, `integer`, `text`, `texts`, the last two also `of` the words that they can be |
| `expect-plan` | operators that must be in the physical plan; the tests of this project look, a run does not |
| `output` | for a result that is printed: the columns that a terminal shows, or `*` for all |

`reads`, `returns`, `param` and `expect-plan` may be there several times. Only `name`, `description`, `grain` and `returns` must be there.
";

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

//! What the functions say about themselves is true, and the generated page is theirs.

use crate::session::{root, rows, session};

#[tokio::test]
async fn every_example_gives_the_result_it_says() {
    let context = session();
    for function in tieline_functions::functions() {
        let example = function.documentation().unwrap().sql_example.clone().unwrap();
        let example = example
            .strip_prefix("```sql\n")
            .unwrap()
            .strip_suffix("\n```")
            .unwrap();
        let (sql, result) = example.split_once(";\n-- ").unwrap();
        assert!(
            sql.contains(&format!("{}(", function.name())),
            "{}: not in its own example",
            function.name()
        );
        assert_eq!(
            rows(&context, sql).await.unwrap(),
            [[result]],
            "{}",
            function.name()
        );
    }
}

#[test]
fn every_function_is_documented_in_full() {
    for function in tieline_functions::functions() {
        let name = function.name();
        let documentation = function
            .documentation()
            .unwrap_or_else(|| panic!("{name}: no documentation"));
        assert!(
            documentation.description.contains("\n\nSource: "),
            "{name}: no source"
        );
        assert!(
            documentation.syntax_example.starts_with(&format!("{name}(")),
            "{name}: syntax"
        );
        let arguments = documentation.arguments.as_deref().unwrap_or_default();
        let written = documentation.syntax_example.matches(',').count() + 1;
        assert_eq!(arguments.len(), written, "{name}: arguments");
    }
}

#[test]
fn the_page_is_what_the_code_says() {
    let functions = tieline_functions::functions();
    let page = tieline_functions::page(functions.iter().map(AsRef::as_ref));
    let path = root().join("docs/functions.md");
    if std::env::var_os("TIELINE_BLESS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page,
        "docs/functions.md differs from the code; TIELINE_BLESS=1 rewrites it"
    );
}

use std::collections::BTreeSet;

use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::prelude::SessionContext;

use super::*;

#[test]
fn no_two_functions_have_one_name() {
    let functions = functions();
    let names: BTreeSet<&str> = functions.iter().map(|function| function.name()).collect();
    assert_eq!(names.len(), functions.len());
    let listed: Vec<&str> = functions.iter().map(|function| function.name()).collect();
    assert!(listed.is_sorted());
}

#[test]
fn no_function_hides_one_of_datafusion() {
    let state = SessionStateBuilder::new().with_default_features().build();
    for function in functions() {
        assert!(
            !state.scalar_functions().contains_key(function.name()),
            "{}",
            function.name()
        );
    }
}

#[tokio::test]
async fn addresses_and_geometries_print_as_text() {
    let state = configure(SessionStateBuilder::new().with_default_features()).build();
    let context = SessionContext::new_with_state(state);
    let sql = "SELECT ip('203.0.113.7') AS a, ip(NULL) AS n, st_geomfromtext('POINT(1 2)') AS g";
    let printed = context.sql(sql).await.unwrap().to_string().await.unwrap();
    assert!(printed.contains("| 203.0.113.7 |   | POINT(1 2) |"), "{printed}");
}

use super::*;

fn values() -> BTreeMap<String, Value> {
    BTreeMap::from([
        (
            "window".into(),
            Value::Interval {
                interval_us: 3_600_000_000,
            },
        ),
        ("roles".into(), Value::Texts(vec!["reported".into()])),
    ])
}

#[test]
fn placeholders_become_literals() {
    let bound = bind(
        "SELECT a - $window, $window_s WHERE array_has($roles, r)",
        &values(),
    )
    .unwrap();
    assert_eq!(
        bound,
        "SELECT a - INTERVAL '3600 seconds 0 microseconds', (3600000000 / 1000000.0) \
         WHERE array_has(make_array('reported'), r)"
    );
}

#[test]
fn strings_and_comments_stay_as_they_are() {
    let sql = "SELECT '$window', 'it''s', \"$window\" -- $window\n, 1 /* $roles */";
    assert_eq!(bind(sql, &values()).unwrap(), sql);
}

#[test]
fn an_undeclared_name_is_refused() {
    assert_eq!(
        bind("SELECT $radius", &values()),
        Err("$radius is not declared".into())
    );
    assert_eq!(
        bind("SELECT $roles_s", &values()),
        Err("$roles_s is not declared".into())
    );
}

use super::*;

const PLAN: &str = "\
-- name: links
-- description: The links.
-- reads: candidates, networks?
-- grain: one row per link
-- returns: report_id text, ip address
-- returns: chance float64
-- param: window interval = 1 hour | largest time: either way
-- param: roles texts of reported, file, peer = reported | whose
-- expect-plan: HashJoinExec
-- output: ip, chance
SELECT 1 -- not: a header
";

#[test]
fn a_header_is_read_whole() {
    let header = Header::parse(PLAN).unwrap();
    assert_eq!(header.name, "links");
    assert_eq!(
        header.reads[1],
        ReadsTable {
            name: "networks".into(),
            may_be_empty: true
        }
    );
    assert_eq!(header.returns.len(), 3);
    assert_eq!(header.returns[1].column_type, ColumnType::Address);
    assert_eq!(
        header.params[0].default,
        Value::Interval {
            interval_us: 3_600_000_000
        }
    );
    assert_eq!(header.params[0].description, "largest time: either way");
    assert!(header.params[0].words.is_empty());
    assert_eq!(header.params[1].default, Value::Texts(vec!["reported".into()]));
    assert_eq!(header.params[1].words, ["reported", "file", "peer"]);
    assert_eq!(header.expect_plan, ["HashJoinExec"]);
    assert_eq!(
        header.output,
        Some(OutputColumns::Some(vec!["ip".into(), "chance".into()]))
    );
}

#[test]
fn what_is_missing_or_unknown_is_named() {
    let cases = [
        ("-- name: links\n", "", "the header has no 'name:'"),
        (
            "report_id text",
            "report_id varchar",
            "returns: 'varchar' is not a type",
        ),
        (
            "interval = 1 hour",
            "interval = a while",
            "param window: not a length of time such as '1 hour' or '90 minutes'",
        ),
        (
            "peer = reported",
            "peer = reporter",
            "param roles: 'reporter' is none of reported, file, peer",
        ),
        (
            "interval = 1 hour",
            "interval of 1 hour = 1 hour",
            "param window: 'interval' is not of words",
        ),
        ("output: ip", "output: port", "output: 'port' is not returned"),
        ("-- grain", "-- grains", "the header key 'grains' is not known"),
        (
            "-- expect-plan:",
            "-- expect-plan",
            "the header line 'expect-plan HashJoinExec' is not 'key: value'",
        ),
    ];
    for (from, to, reason) in cases {
        assert_eq!(Header::parse(&PLAN.replace(from, to)), Err(reason.into()));
    }
}

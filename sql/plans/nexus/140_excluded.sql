-- name: excluded
-- description: Why coincidences of address, time and place are no links: the first rule that excludes each candidate.
-- reads: candidates
-- grain: one row per rule that excluded a candidate
-- returns: excluded_reason text, reports int64, candidates int64, addresses int64
-- expect-plan: AggregateExec
-- output: *
SELECT
    c.excluded_reason,
    count(DISTINCT c.report_id) AS reports,
    count(*) AS candidates,
    count(DISTINCT c.ip) AS addresses
FROM candidates AS c
WHERE c.excluded_reason IS NOT NULL
GROUP BY c.excluded_reason
ORDER BY candidates DESC, c.excluded_reason

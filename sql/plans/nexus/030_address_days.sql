-- name: address_days
-- description: How many devices used each address of the investigation on each day; opted-out and missing ids do not count as devices.
-- reads: telemetry, scope_events
-- grain: one row per address and UTC day with an observation
-- returns: ip address, day timestamp, devices int64
-- expect-plan: HashJoinExec
SELECT
    t.ip,
    date_trunc('day', t.observed_at) AS day,
    count(DISTINCT t.device_id) AS devices
FROM telemetry AS t
WHERE t.ip IN (SELECT s.ip FROM scope_events AS s)
GROUP BY t.ip, date_trunc('day', t.observed_at)
ORDER BY t.ip, day

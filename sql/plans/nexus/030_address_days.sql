-- name: address_days
-- description: How many devices used each address on the days of its events and of its observations at a site; opted-out and missing ids do not count as devices.
-- reads: telemetry, scope_events, site_observations
-- grain: one row per address and UTC day with an observation, of the days that have an event or an observation at a site
-- returns: ip address, day timestamp, devices int64
-- expect-plan: IndexJoinExec, AggregateExec
WITH
    moments AS (
        SELECT s.ip, s.observed_at FROM scope_events AS s
        UNION ALL
        SELECT o.ip, o.observed_at FROM site_observations AS o
    ),
    -- By way of dates: date_trunc counts in nanoseconds, of which the years before 1678 and after 2261 have too many.
    days AS (
        SELECT DISTINCT
            m.ip,
            arrow_cast(CAST(CAST(m.observed_at AS TIMESTAMP(6)) AS DATE), 'Timestamp(Microsecond, Some("UTC"))') AS day
        FROM moments AS m
    )
SELECT
    d.ip,
    d.day,
    count(DISTINCT t.device_id) AS devices
FROM telemetry AS t
JOIN days AS d ON d.ip = t.ip AND t.observed_at >= d.day AND t.observed_at < d.day + INTERVAL '1 day'
GROUP BY d.ip, d.day
ORDER BY d.ip, d.day

-- name: trials
-- description: How often chance alone would put an event into the window: every event that could link, at every site that has its address at any time.
-- reads: events, sessions, telemetry
-- grain: one row per report event and site
-- returns: report_id text, event_seq int32, ip address, organisation text, registry_country text, site_id text
-- returns: site_country text, sessions int64, rate float64, chance float64
-- expect-plan: HashJoinExec
WITH
    -- One row: the length of the telemetry in seconds.
    period AS (
        SELECT time_gap(max(t.observed_at), min(t.observed_at)) AS period_s
        FROM telemetry AS t
    ),
    -- One row per address and site: its sessions that could link. Those of several devices at once count each: the
    -- estimate errs towards chance.
    address_sites AS (
        SELECT s.ip, s.site_id, max(s.site_country) AS site_country, count(*) AS sessions
        FROM sessions AS s
        WHERE s.excluded_reason IS NULL
        GROUP BY s.ip, s.site_id
    ),
    rates AS (
        SELECT
            e.report_id,
            e.event_seq,
            e.ip,
            e.organisation,
            e.registry_country,
            a.site_id,
            a.site_country,
            a.sessions,
            2.0 * $window_s * a.sessions / greatest(p.period_s, 1.0) AS rate
        FROM events AS e
        JOIN address_sites AS a ON a.ip = e.ip
        CROSS JOIN period AS p
        WHERE e.excluded_reason IS NULL
    )
SELECT
    r.report_id,
    r.event_seq,
    r.ip,
    r.organisation,
    r.registry_country,
    r.site_id,
    r.site_country,
    r.sessions,
    r.rate,
    1.0 - exp(-r.rate) AS chance
FROM rates AS r
ORDER BY r.report_id, r.event_seq, r.site_id

-- name: trials
-- description: The chance that an event at a random moment would link: every event that could link, at every site that has its address at any time.
-- reads: events, sessions, session_observations, telemetry
-- grain: one row per report event and site
-- returns: report_id text, event_seq int32, ip address, organisation text, registry_country text, site_id text
-- returns: site_country text, sessions int64, covered_s float64, chance float64
-- expect-plan: HashJoinExec, IndexJoinExec, WindowAggExec
WITH
    -- One row: from when to when there is telemetry.
    bounds AS (
        SELECT min(t.observed_at) AS first_at, max(t.observed_at) AS last_at
        FROM telemetry AS t
    ),
    -- Without the zone, which is UTC: in a zone, its clock would be asked for every row.
    observed_hours AS (
        SELECT DISTINCT date_trunc('hour', CAST(t.observed_at AS TIMESTAMP(6))) AS starts_at FROM telemetry AS t
    ),
    -- One row per hour in which anything was observed anywhere, with the window around it: at other moments, as in a week without
    -- deliveries or between the rest and one stray time, no event could link.
    open_hours AS (
        SELECT
            greatest(h.starts_at - $window, CAST(b.first_at AS TIMESTAMP(6))) AS starts_at,
            least(h.starts_at + INTERVAL '1 hour' + $window, CAST(b.last_at AS TIMESTAMP(6))) AS ends_at
        FROM observed_hours AS h
        CROSS JOIN bounds AS b
    ),
    -- What each adds to those that end before it; greatest passes over the NULL of the first.
    lengths AS (
        SELECT
            CAST(time_gap(h.ends_at, greatest(h.starts_at, lag(h.ends_at) OVER hour)) AS DECIMAL(20, 6)) AS length_s
        FROM open_hours AS h
        WINDOW hour AS (ORDER BY h.ends_at, h.starts_at)
    ),
    -- One row: the length of the time from which the random moment is drawn, every moment as likely as another.
    period AS (
        SELECT CAST(sum(l.length_s) AS DOUBLE) AS length_s FROM lengths AS l
    ),
    -- One row per observation of a session that could link: the moments of the period at which an event would meet it.
    windows AS (
        SELECT
            o.ip,
            o.site_id,
            o.site_country,
            o.session_id,
            greatest(o.observed_at - $window, b.first_at) AS starts_at,
            least(o.observed_at + $window, b.last_at) AS ends_at
        FROM session_observations AS o
        JOIN sessions AS s ON s.session_id = o.session_id
        CROSS JOIN bounds AS b
        WHERE s.excluded_reason IS NULL
    ),
    -- What each adds to those that end before it, of whatever device. Decimal, so that the sum is the same in any order.
    added AS (
        SELECT
            w.*,
            CAST(time_gap(w.ends_at, greatest(w.starts_at, lag(w.ends_at) OVER site)) AS DECIMAL(20, 6)) AS added_s
        FROM windows AS w
        WINDOW site AS (PARTITION BY w.ip, w.site_id ORDER BY w.ends_at, w.starts_at)
    ),
    -- One row per address and site: the length of the union of its windows.
    address_sites AS (
        SELECT
            a.ip,
            a.site_id,
            max(a.site_country) AS site_country,
            count(DISTINCT a.session_id) AS sessions,
            CAST(sum(a.added_s) AS DOUBLE) AS covered_s
        FROM added AS a
        GROUP BY a.ip, a.site_id
    )
SELECT
    e.report_id,
    e.event_seq,
    e.ip,
    e.organisation,
    e.registry_country,
    a.site_id,
    a.site_country,
    a.sessions,
    a.covered_s,
    -- In a period of one moment no other can be drawn: every event meets all that was observed.
    CASE WHEN p.length_s > 0.0 THEN least(a.covered_s / p.length_s, 1.0) ELSE 1.0 END AS chance
FROM events AS e
JOIN address_sites AS a ON a.ip = e.ip
CROSS JOIN period AS p
CROSS JOIN bounds AS b
-- An event farther from all telemetry than the window could not have linked.
WHERE e.excluded_reason IS NULL
    AND e.observed_at BETWEEN b.first_at - $window AND b.last_at + $window
    AND EXISTS (
        SELECT h.starts_at FROM observed_hours AS h
        WHERE CAST(e.observed_at AS TIMESTAMP(6))
            BETWEEN h.starts_at - $window AND h.starts_at + INTERVAL '1 hour' + $window
    )
ORDER BY e.report_id, e.event_seq, a.site_id

-- name: trials
-- description: The chance that an event at a random moment would link: every event that could link, at every site that has its address at any time.
-- reads: events, sessions, session_observations, telemetry
-- grain: one row per report event and site
-- returns: report_id text, event_seq int32, ip address, organisation text, registry_country text, site_id text
-- returns: site_country text, sessions int64, covered_s float64, chance float64
-- expect-plan: HashJoinExec, WindowAggExec
WITH
    -- One row: the time from which the random moment is drawn, every moment as likely as another.
    period AS (
        SELECT min(t.observed_at) AS first_at, max(t.observed_at) AS last_at
        FROM telemetry AS t
    ),
    -- One row per observation of a session that could link: the moments of the period at which an event would meet it.
    windows AS (
        SELECT
            o.ip,
            o.site_id,
            o.site_country,
            o.session_id,
            greatest(o.observed_at - $window, p.first_at) AS starts_at,
            least(o.observed_at + $window, p.last_at) AS ends_at
        FROM session_observations AS o
        JOIN sessions AS s ON s.session_id = o.session_id
        CROSS JOIN period AS p
        WHERE s.excluded_reason IS NULL
    ),
    -- What each adds to those that end before it, of whatever device; greatest passes over the NULL of the first. Decimal,
    -- so that the sum is the same in any order.
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
    CASE
        WHEN p.last_at > p.first_at THEN least(a.covered_s / time_gap(p.last_at, p.first_at), 1.0)
        ELSE 1.0
    END AS chance
FROM events AS e
JOIN address_sites AS a ON a.ip = e.ip
CROSS JOIN period AS p
-- An event farther from the period than the window could not have linked.
WHERE e.excluded_reason IS NULL
    AND e.observed_at BETWEEN p.first_at - $window AND p.last_at + $window
ORDER BY e.report_id, e.event_seq, a.site_id

-- name: funnel
-- description: From all reports to the linked ones: what is left at every step, and how many of these chance alone would have linked.
-- reads: reports, scope_events, events, telemetry, sessions, candidates, trials
-- grain: one row per step
-- returns: step_no int64, step text, description text, reports int64, events int64, addresses int64, sites int64
-- returns: devices int64, expected_by_chance float64
-- expect-plan: UnionExec
-- output: step_no, description, reports, events, addresses, sites, devices, expected_by_chance
WITH
    timed AS (
        SELECT e.* FROM events AS e
        WHERE e.excluded_reason IS NULL OR e.excluded_reason NOT IN ('time_quality', 'time_without_offset')
    ),
    routable AS (
        SELECT t.* FROM timed AS t
        WHERE t.excluded_reason IS NULL OR t.excluded_reason <> 'not_routable'
    ),
    direct AS (
        SELECT r.* FROM routable AS r
        WHERE r.excluded_reason IS NULL
    ),
    seen AS (
        SELECT d.* FROM direct AS d
        WHERE d.ip IN (SELECT t.ip FROM telemetry AS t)
    ),
    -- Sessions at sites that count and held then, at known times, over-shared or not.
    inside AS (
        SELECT s.* FROM sessions AS s
        WHERE s.excluded_reason IS NULL OR s.excluded_reason = 'over_shared'
    ),
    seen_inside AS (
        SELECT d.* FROM direct AS d
        WHERE d.ip IN (SELECT i.ip FROM inside AS i)
    ),
    -- One row: the sites and devices behind the step before last.
    inside_counts AS (
        SELECT count(DISTINCT i.site_id) AS sites, count(DISTINCT i.device_id) AS devices
        FROM inside AS i
        WHERE i.ip IN (SELECT d.ip FROM direct AS d)
    ),
    -- Sums of decimals are the same in any order of rows, so that a run can be repeated to the byte; e to the -99 is nothing beside 1.
    -- One row per event: the chance of any site is at most the sum over the sites.
    event_chances AS (
        SELECT t.report_id, t.event_seq, least(CAST(sum(CAST(t.chance AS DECIMAL(38, 18))) AS DOUBLE), 1.0) AS chance
        FROM trials AS t
        GROUP BY t.report_id, t.event_seq
    ),
    -- One row per report: the chance that not all of its events miss.
    report_chances AS (
        SELECT c.report_id, 1.0 - exp(CAST(sum(CAST(greatest(ln(1.0 - c.chance), -99.0) AS DECIMAL(38, 18))) AS DOUBLE)) AS chance
        FROM event_chances AS c
        GROUP BY c.report_id
    ),
    steps AS (
        SELECT 1 AS step_no, 'reports' AS step, 'all reports' AS description, count(*) AS reports,
            NULL AS events, NULL AS addresses, NULL AS sites, NULL AS devices, NULL AS expected_by_chance
        FROM reports
        UNION ALL
        SELECT 2, 'incident_type', 'of the incident type', count(*), NULL, NULL, NULL, NULL, NULL
        FROM reports AS r
        WHERE array_has($incident_types, r.incident_type)
        UNION ALL
        SELECT 3, 'with_ip', 'with an address', count(DISTINCT report_id), count(*), count(DISTINCT ip), NULL, NULL, NULL
        FROM scope_events
        UNION ALL
        SELECT 4, 'with_time', 'captured at a known time', count(DISTINCT report_id), count(*), count(DISTINCT ip), NULL, NULL, NULL
        FROM timed
        UNION ALL
        SELECT 5, 'routable', 'public and routable', count(DISTINCT report_id), count(*), count(DISTINCT ip), NULL, NULL, NULL
        FROM routable
        UNION ALL
        SELECT 6, 'direct', 'not behind an excluded network, not over-shared', count(DISTINCT report_id), count(*), count(DISTINCT ip), NULL, NULL, NULL
        FROM direct
        UNION ALL
        SELECT 7, 'seen', 'seen in telemetry at any time', count(DISTINCT report_id), count(*), count(DISTINCT ip), NULL, NULL, NULL
        FROM seen
        UNION ALL
        SELECT 8, 'seen_inside', 'seen at a site at any time', s.reports, s.events, s.addresses, c.sites, c.devices, NULL
        FROM (
            SELECT count(DISTINCT report_id) AS reports, count(*) AS events, count(DISTINCT ip) AS addresses
            FROM seen_inside
        ) AS s
        CROSS JOIN inside_counts AS c
        UNION ALL
        SELECT 9, 'linked', 'seen at a site within the window', l.reports, l.events, l.addresses, l.sites, l.devices, x.expected
        FROM (
            SELECT
                count(DISTINCT report_id) AS reports,
                count(DISTINCT report_id || '/' || CAST(event_seq AS VARCHAR)) AS events,
                count(DISTINCT ip) AS addresses,
                count(DISTINCT site_id) AS sites,
                count(DISTINCT device_id) AS devices
            FROM candidates
            WHERE excluded_reason IS NULL
        ) AS l
        CROSS JOIN (SELECT coalesce(CAST(sum(CAST(chance AS DECIMAL(38, 18))) AS DOUBLE), 0.0) AS expected FROM report_chances) AS x
    )
SELECT
    CAST(step_no AS BIGINT) AS step_no,
    step,
    description,
    CAST(reports AS BIGINT) AS reports,
    CAST(events AS BIGINT) AS events,
    CAST(addresses AS BIGINT) AS addresses,
    CAST(sites AS BIGINT) AS sites,
    CAST(devices AS BIGINT) AS devices,
    CAST(expected_by_chance AS DOUBLE) AS expected_by_chance
FROM steps
ORDER BY step_no

-- name: by_site
-- description: Linked reports per site, most first, beside the reports that chance alone would have linked to it.
-- reads: sites, site_countries, links, trials
-- grain: one row per site of the statuses asked for
-- returns: site_id text, name text, country text, reports int64, links int64, addresses int64, devices int64
-- returns: expected_by_chance float64, first_event_at timestamp, last_event_at timestamp
-- expect-plan: HashJoinExec
-- output: site_id, name, country, reports, links, addresses, devices, expected_by_chance, last_event_at
WITH
    -- One row per site: its latest version.
    latest AS (
        SELECT s.site_id, s.name
        FROM (
            SELECT
                v.site_id,
                v.name,
                row_number() OVER (PARTITION BY v.site_id ORDER BY v.valid_from DESC, v.source_row DESC) AS newest
            FROM sites AS v
            WHERE array_has($site_statuses, v.status)
        ) AS s
        WHERE s.newest = 1
    ),
    linked AS (
        SELECT
            l.site_id,
            count(DISTINCT l.report_id) AS reports,
            count(*) AS links,
            count(DISTINCT l.ip) AS addresses,
            count(DISTINCT l.device_id) AS devices,
            min(l.event_observed_at) AS first_event_at,
            max(l.event_observed_at) AS last_event_at
        FROM links AS l
        GROUP BY l.site_id
    ),
    -- Sums of decimals are the same in any order of rows, so that a run can be repeated to the byte; e to the -99 is nothing beside 1.
    -- One row per report and site, the chance that not all of its events miss; then one per site.
    report_chances AS (
        SELECT t.site_id, t.report_id, 1.0 - exp(CAST(sum(CAST(greatest(ln(1.0 - t.chance), -99.0) AS DECIMAL(38, 18))) AS DOUBLE)) AS chance
        FROM trials AS t
        GROUP BY t.site_id, t.report_id
    ),
    expected AS (
        SELECT r.site_id, CAST(sum(CAST(r.chance AS DECIMAL(38, 18))) AS DOUBLE) AS expected_by_chance
        FROM report_chances AS r
        GROUP BY r.site_id
    )
SELECT
    s.site_id,
    s.name,
    c.country,
    coalesce(l.reports, 0) AS reports,
    coalesce(l.links, 0) AS links,
    coalesce(l.addresses, 0) AS addresses,
    coalesce(l.devices, 0) AS devices,
    coalesce(x.expected_by_chance, 0.0) AS expected_by_chance,
    l.first_event_at,
    l.last_event_at
FROM latest AS s
JOIN site_countries AS c ON c.site_id = s.site_id
LEFT JOIN linked AS l ON l.site_id = s.site_id
LEFT JOIN expected AS x ON x.site_id = s.site_id
ORDER BY reports DESC, links DESC, s.site_id

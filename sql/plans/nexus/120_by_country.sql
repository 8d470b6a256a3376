-- name: by_country
-- description: Linked reports per country of the site, most first, beside the reports that chance alone would have linked to it.
-- reads: links, trials
-- grain: one row per country with a link or a trial
-- returns: country text, reports int64, links int64, sites int64, addresses int64, devices int64, expected_by_chance float64
-- expect-plan: HashJoinExec
-- output: *
WITH
    linked AS (
        SELECT
            coalesce(l.site_country, 'unknown') AS country,
            count(DISTINCT l.report_id) AS reports,
            count(*) AS links,
            count(DISTINCT l.site_id) AS sites,
            count(DISTINCT l.ip) AS addresses,
            count(DISTINCT l.device_id) AS devices
        FROM links AS l
        GROUP BY coalesce(l.site_country, 'unknown')
    ),
    -- Sums of decimals are the same in any order of rows, so that a run can be repeated to the byte; e to the -99 is nothing beside 1.
    -- One row per event and country: the chance of any of its sites is at most the sum over them.
    event_chances AS (
        SELECT
            coalesce(t.site_country, 'unknown') AS country,
            t.report_id,
            t.event_seq,
            least(CAST(sum(CAST(t.chance AS DECIMAL(38, 18))) AS DOUBLE), 1.0) AS chance
        FROM trials AS t
        GROUP BY coalesce(t.site_country, 'unknown'), t.report_id, t.event_seq
    ),
    -- One row per report and country, the chance that not all of its events miss; then one per country.
    report_chances AS (
        SELECT c.country, c.report_id, 1.0 - exp(CAST(sum(CAST(greatest(ln(1.0 - c.chance), -99.0) AS DECIMAL(38, 18))) AS DOUBLE)) AS chance
        FROM event_chances AS c
        GROUP BY c.country, c.report_id
    ),
    expected AS (
        SELECT r.country, CAST(sum(CAST(r.chance AS DECIMAL(38, 18))) AS DOUBLE) AS expected_by_chance
        FROM report_chances AS r
        GROUP BY r.country
    )
SELECT
    coalesce(x.country, l.country) AS country,
    coalesce(l.reports, 0) AS reports,
    coalesce(l.links, 0) AS links,
    coalesce(l.sites, 0) AS sites,
    coalesce(l.addresses, 0) AS addresses,
    coalesce(l.devices, 0) AS devices,
    coalesce(x.expected_by_chance, 0.0) AS expected_by_chance
FROM expected AS x
FULL JOIN linked AS l ON l.country = x.country
ORDER BY reports DESC, links DESC, country

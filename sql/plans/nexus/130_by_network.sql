-- name: by_network
-- description: Linked reports per network organisation and registry country, cross-border ones marked: the address is registered in another country than the site's.
-- reads: links, trials
-- grain: one row per organisation, registry country and country of the site with a link
-- returns: organisation text, registry_country text, site_country text, cross_border bool, reports int64, links int64
-- returns: sites int64, addresses int64, devices int64, expected_by_chance float64
-- expect-plan: HashJoinExec
-- output: *
WITH
    linked AS (
        SELECT
            coalesce(l.organisation, 'unknown') AS organisation,
            coalesce(l.registry_country, 'unknown') AS registry_country,
            coalesce(l.site_country, 'unknown') AS site_country,
            l.registry_country <> l.site_country AS cross_border,
            count(DISTINCT l.report_id) AS reports,
            count(*) AS links,
            count(DISTINCT l.site_id) AS sites,
            count(DISTINCT l.ip) AS addresses,
            count(DISTINCT l.device_id) AS devices
        FROM links AS l
        GROUP BY
            coalesce(l.organisation, 'unknown'),
            coalesce(l.registry_country, 'unknown'),
            coalesce(l.site_country, 'unknown'),
            l.registry_country <> l.site_country
    ),
    -- Sums of decimals are the same in any order of rows, so that a run can be repeated to the byte; e to the -99 is nothing beside 1.
    -- One row per event and country of the site: the chance of any of its sites is at most the sum over them.
    event_chances AS (
        SELECT
            coalesce(t.organisation, 'unknown') AS organisation,
            coalesce(t.registry_country, 'unknown') AS registry_country,
            coalesce(t.site_country, 'unknown') AS site_country,
            t.report_id,
            t.event_seq,
            least(CAST(sum(CAST(t.chance AS DECIMAL(38, 18))) AS DOUBLE), 1.0) AS chance
        FROM trials AS t
        GROUP BY
            coalesce(t.organisation, 'unknown'),
            coalesce(t.registry_country, 'unknown'),
            coalesce(t.site_country, 'unknown'),
            t.report_id,
            t.event_seq
    ),
    -- One row per report, network and country of the site, the chance that not all of its events miss; then one per
    -- network and country.
    report_chances AS (
        SELECT
            c.organisation,
            c.registry_country,
            c.site_country,
            c.report_id,
            1.0 - exp(CAST(sum(CAST(greatest(ln(1.0 - c.chance), -99.0) AS DECIMAL(38, 18))) AS DOUBLE)) AS chance
        FROM event_chances AS c
        GROUP BY c.organisation, c.registry_country, c.site_country, c.report_id
    ),
    expected AS (
        SELECT r.organisation, r.registry_country, r.site_country, CAST(sum(CAST(r.chance AS DECIMAL(38, 18))) AS DOUBLE) AS expected_by_chance
        FROM report_chances AS r
        GROUP BY r.organisation, r.registry_country, r.site_country
    )
SELECT
    l.organisation,
    l.registry_country,
    l.site_country,
    l.cross_border,
    l.reports,
    l.links,
    l.sites,
    l.addresses,
    l.devices,
    coalesce(x.expected_by_chance, 0.0) AS expected_by_chance
FROM linked AS l
LEFT JOIN expected AS x ON x.organisation = l.organisation
    AND x.registry_country = l.registry_country
    AND x.site_country = l.site_country
ORDER BY l.reports DESC, l.links DESC, l.organisation, l.registry_country, l.site_country

-- name: site_countries
-- description: The country of each site: what its latest version that names one says holds for all versions, since a place stays where it is.
-- reads: sites
-- grain: one row per site
-- returns: site_id text, country text
-- expect-plan: WindowAggExec
SELECT
    v.site_id,
    v.country
FROM (
    SELECT
        s.site_id,
        s.country,
        row_number() OVER (
            PARTITION BY s.site_id
            ORDER BY s.country IS NULL, s.valid_from DESC, s.source_row DESC
        ) AS newest
    FROM sites AS s
) AS v
WHERE v.newest = 1
ORDER BY v.site_id

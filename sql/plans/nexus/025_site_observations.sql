-- name: site_observations
-- description: Devices observed at a site under an address of the investigation, at any time; with whether the site counts and held then.
-- reads: telemetry, sites, site_countries, scope_events
-- grain: one row per observed address and site version around its position
-- returns: observation_id text, ip address, device_id text, id_flags int32, observed_at timestamp, time_known bool
-- returns: site_id text, site_valid_from timestamp, site_country text, status_asked_for bool, site_valid bool, fix_counts bool, source_file text, source_row int64
-- param: site_statuses texts of confirmed, suspected, control = confirmed | which sites count
-- param: fix_relations texts of inside, possible, unknown = inside, possible, unknown | which fixes in an outline count: inside, or possible where the accuracy reaches its edge, or unknown without an accuracy
-- expect-plan: IndexJoinExec
SELECT
    t.observation_id,
    t.ip,
    t.device_id,
    -- Opted-out and missing ids are no devices, but two kinds of ids.
    CAST(t.quality_flags & 3 AS INTEGER) AS id_flags,
    t.observed_at,
    (t.quality_flags & 32) = 0 AS time_known,
    s.site_id,
    s.valid_from AS site_valid_from,
    c.country AS site_country,
    array_has($site_statuses, s.status) AS status_asked_for,
    t.located_at >= s.valid_from AND t.located_at < s.valid_to AS site_valid,
    array_has(
        $fix_relations,
        coalesce(geofence_relation(s.geometry, t.lon, t.lat, t.horizontal_accuracy_m), 'unknown')
    ) AS fix_counts,
    t.source_file,
    t.source_row
FROM telemetry AS t
JOIN sites AS s ON st_contains(s.geometry, st_point(t.lon, t.lat))
JOIN site_countries AS c ON c.site_id = s.site_id
WHERE t.ip IN (SELECT e.ip FROM scope_events AS e)
ORDER BY s.site_id, s.valid_from, t.ip, t.device_id, id_flags, t.observed_at, t.observation_id

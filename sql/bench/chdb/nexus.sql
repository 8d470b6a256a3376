-- Points in fences as in fences_few, then a hash join on the address.
-- before
CREATE OR REPLACE VIEW observations AS
SELECT device_id, assumeNotNull(ipv4) AS ipv4, toUnixTimestamp64Milli(observed_at) AS at_ms, lat, lon
FROM file('{observations}', Parquet);
CREATE OR REPLACE VIEW report_addresses AS
SELECT report_id, assumeNotNull(ipv4) AS ipv4, toUnixTimestamp64Milli(observed_at) AS at_ms FROM file('{report_addresses}', Parquet);
CREATE OR REPLACE VIEW fences AS SELECT fence_id, readWKBPolygon(geometry) AS outline FROM file('{fences}', Parquet);
CREATE OR REPLACE VIEW fence_cells AS
SELECT fence_id, outline, x, arrayJoin(range(toInt32(floor(arrayMin(ys) * 100)), toInt32(floor(arrayMax(ys) * 100)) + 1)) AS y
FROM (
    SELECT fence_id, outline, ys, arrayJoin(range(toInt32(floor(arrayMin(xs) * 100)), toInt32(floor(arrayMax(xs) * 100)) + 1)) AS x
    FROM (SELECT fence_id, outline, arrayMap(p -> p.1, outline[1]) AS xs, arrayMap(p -> p.2, outline[1]) AS ys FROM fences)
);
-- timed
SELECT i.fence_id AS fence_id, count() AS pairs, uniqExact(a.report_id) AS reports, uniqExact(i.device_id) AS devices
FROM report_addresses AS a
JOIN (
    SELECT c.fence_id AS fence_id, o.device_id AS device_id, o.ipv4 AS ipv4, o.at_ms AS at_ms
    FROM observations AS o
    JOIN fence_cells AS c ON toInt32(floor(o.lon * 100)) = c.x AND toInt32(floor(o.lat * 100)) = c.y
    WHERE pointInPolygon((o.lon, o.lat), c.outline)
) AS i ON i.ipv4 = a.ipv4
WHERE i.at_ms BETWEEN a.at_ms - {window_ms} AND a.at_ms + {window_ms}
GROUP BY fence_id
ORDER BY fence_id;

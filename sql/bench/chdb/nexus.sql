-- The fences first, by cells (see fences_few.sql), then the addresses.
-- timed
SELECT i.fence_id, count() AS pairs, count(DISTINCT a.report_id) AS reports, count(DISTINCT i.device_id) AS devices
FROM (
    SELECT report_id, assumeNotNull(ipv4) AS ipv4, toUnixTimestamp64Milli(assumeNotNull(observed_at)) AS at_ms FROM file('{report_addresses}')
) AS a
JOIN (
    SELECT f.fence_id AS fence_id, o.ipv4 AS ipv4, o.device_id AS device_id, o.at_ms AS at_ms
    FROM (
    SELECT assumeNotNull(lat) AS lat, assumeNotNull(lon) AS lon, assumeNotNull(ipv4) AS ipv4, assumeNotNull(device_id) AS device_id,
           toUnixTimestamp64Milli(assumeNotNull(observed_at)) AS at_ms,
           toUInt64(floor((lon + 180) * 100)) * 1000000 + toUInt64(floor((lat + 90) * 100)) AS cell
    FROM file('{observations}')
) AS o
    JOIN (
    SELECT fence_id, outline, toUInt64(cell.1) * 1000000 + cell.2 AS cell
    FROM (
        SELECT fence_id, outline,
               arrayJoin(arrayFlatten(arrayMap(x -> arrayMap(y -> (x, y), range(south, north + 1)), range(west, east + 1)))) AS cell
        FROM (
            SELECT assumeNotNull(fence_id) AS fence_id, readWKBPolygon(assumeNotNull(geometry)) AS outline,
                   toUInt32(floor((arrayMin(p -> p.1, outline[1]) + 180) * 100)) AS west,
                   toUInt32(floor((arrayMax(p -> p.1, outline[1]) + 180) * 100)) AS east,
                   toUInt32(floor((arrayMin(p -> p.2, outline[1]) + 90) * 100)) AS south,
                   toUInt32(floor((arrayMax(p -> p.2, outline[1]) + 90) * 100)) AS north
            FROM file('{fences}')
        )
    )
) AS f ON o.cell = f.cell
    WHERE pointInPolygon((o.lon, o.lat), f.outline)
) AS i ON i.ipv4 = a.ipv4
WHERE i.at_ms BETWEEN a.at_ms - {window_ms} AND a.at_ms + {window_ms}
GROUP BY i.fence_id
ORDER BY i.fence_id;

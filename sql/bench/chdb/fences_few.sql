-- The cells of a hundredth of a degree that each fence's box touches, joined by equality, then the exact test. Every fence with
-- every point takes forty times as long; the polygon dictionary is slower and rounds (fences_few.dictionary.sql).
-- timed
SELECT f.fence_id, count() AS observations
FROM (
    SELECT assumeNotNull(lat) AS lat, assumeNotNull(lon) AS lon,
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
GROUP BY f.fence_id
ORDER BY f.fence_id;

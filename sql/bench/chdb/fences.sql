-- A hash join of points and fences on the cells of a grid (a hundredth of a degree), then the exact test.
-- before
CREATE OR REPLACE VIEW observations AS SELECT lat, lon FROM file('{observations}', Parquet);
CREATE OR REPLACE VIEW fences AS SELECT fence_id, readWKBPolygon(geometry) AS outline FROM file('{fences}', Parquet);
CREATE OR REPLACE VIEW fence_cells AS
SELECT fence_id, outline, x, arrayJoin(range(toInt32(floor(arrayMin(ys) * 100)), toInt32(floor(arrayMax(ys) * 100)) + 1)) AS y
FROM (
    SELECT fence_id, outline, ys, arrayJoin(range(toInt32(floor(arrayMin(xs) * 100)), toInt32(floor(arrayMax(xs) * 100)) + 1)) AS x
    FROM (SELECT fence_id, outline, arrayMap(p -> p.1, outline[1]) AS xs, arrayMap(p -> p.2, outline[1]) AS ys FROM fences)
);
-- timed
SELECT count() AS fences, sum(n) AS observations, sum(n * fence_id) AS checksum, sum(n * n) AS squares
FROM (
    SELECT c.fence_id AS fence_id, count() AS n
    FROM observations AS o
    JOIN fence_cells AS c ON toInt32(floor(o.lon * 100)) = c.x AND toInt32(floor(o.lat * 100)) = c.y
    WHERE pointInPolygon((o.lon, o.lat), c.outline)
    GROUP BY c.fence_id
);

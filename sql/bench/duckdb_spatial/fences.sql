-- The spatial join of the extension; the outlines become geometries in the view.
-- before
CREATE OR REPLACE VIEW observations AS SELECT lat, lon FROM '{observations}';
CREATE OR REPLACE VIEW fences AS SELECT fence_id, ST_GeomFromWKB(geometry) AS geometry FROM '{fences}';
-- timed
SELECT count(*) AS fences, sum(n) AS observations, sum(n * fence_id) AS checksum, sum(n * n) AS squares
FROM (
    SELECT f.fence_id, count(*) AS n
    FROM observations AS o
    JOIN fences AS f ON ST_Contains(f.geometry, ST_Point(o.lon, o.lat))
    GROUP BY f.fence_id
);

-- The spatial join of the extension; the outlines become geometries in the view.
-- before
CREATE OR REPLACE VIEW observations AS SELECT lat, lon FROM '{observations}';
CREATE OR REPLACE VIEW fences AS SELECT fence_id, ST_GeomFromWKB(geometry) AS geometry FROM '{fences}';
-- timed
SELECT f.fence_id, count(*) AS observations
FROM observations AS o
JOIN fences AS f ON ST_Contains(f.geometry, ST_Point(o.lon, o.lat))
GROUP BY f.fence_id
ORDER BY f.fence_id;

-- Plain SQL over coordinates and outlines, as an analyst writes it.
-- before
CREATE EXTERNAL TABLE observations STORED AS PARQUET LOCATION '{observations}';
CREATE EXTERNAL TABLE fences STORED AS PARQUET LOCATION '{fences}';
-- timed
SELECT f.fence_id, count(*) AS observations
FROM observations AS o
JOIN fences AS f ON st_contains(f.geometry, st_point(o.lon, o.lat))
GROUP BY f.fence_id
ORDER BY f.fence_id;

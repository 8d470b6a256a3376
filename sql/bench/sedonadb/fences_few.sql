-- Its spatial join.
-- before
CREATE EXTERNAL TABLE observations STORED AS PARQUET LOCATION '{observations}';
CREATE EXTERNAL TABLE fences STORED AS PARQUET LOCATION '{fences}';
-- timed
SELECT f.fence_id, count(*) AS observations
FROM observations AS o
JOIN (SELECT fence_id, ST_GeomFromWKB(geometry) AS geometry FROM fences) AS f ON ST_Contains(f.geometry, ST_Point(o.lon, o.lat))
GROUP BY f.fence_id
ORDER BY f.fence_id;

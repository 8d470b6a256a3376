-- Its spatial join; the counts by fence are summed up where fences are many.
-- before
CREATE EXTERNAL TABLE observations STORED AS PARQUET LOCATION '{observations}';
CREATE EXTERNAL TABLE fences STORED AS PARQUET LOCATION '{fences}';
-- timed
SELECT count(*) AS fences, sum(n) AS observations, sum(n * fence_id) AS checksum, sum(n * n) AS squares
FROM (
    SELECT f.fence_id, count(*) AS n
    FROM observations AS o
    JOIN (SELECT fence_id, ST_GeomFromWKB(geometry) AS geometry FROM fences) AS f ON ST_Contains(f.geometry, ST_Point(o.lon, o.lat))
    GROUP BY f.fence_id
);

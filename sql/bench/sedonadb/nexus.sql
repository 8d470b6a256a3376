-- All joins in one FROM: with the fences first it takes half as long again.
-- before
CREATE EXTERNAL TABLE observations STORED AS PARQUET LOCATION '{observations}';
CREATE EXTERNAL TABLE report_addresses STORED AS PARQUET LOCATION '{report_addresses}';
CREATE EXTERNAL TABLE fences STORED AS PARQUET LOCATION '{fences}';
-- timed
SELECT f.fence_id, count(*) AS pairs, count(DISTINCT a.report_id) AS reports, count(DISTINCT o.device_id) AS devices
FROM observations AS o
JOIN (SELECT fence_id, ST_GeomFromWKB(geometry) AS geometry FROM fences) AS f
  ON ST_Contains(f.geometry, ST_Point(o.lon, o.lat))
JOIN (SELECT report_id, ipv4, CAST(observed_at AS BIGINT) / 1000 AS at_ms FROM report_addresses) AS a
  ON o.ipv4 = a.ipv4
 AND CAST(o.observed_at AS BIGINT) / 1000 BETWEEN a.at_ms - {window_ms} AND a.at_ms + {window_ms}
GROUP BY f.fence_id
ORDER BY f.fence_id;

-- Plain SQL, as an analyst writes it.
-- before
CREATE EXTERNAL TABLE observations STORED AS PARQUET LOCATION '{observations}';
CREATE EXTERNAL TABLE report_addresses STORED AS PARQUET LOCATION '{report_addresses}';
CREATE EXTERNAL TABLE fences STORED AS PARQUET LOCATION '{fences}';
-- timed
SELECT f.fence_id,
       count(*) AS pairs,
       count(DISTINCT a.report_id) AS reports,
       count(DISTINCT o.device_id) AS devices
FROM observations AS o
JOIN fences AS f ON st_contains(f.geometry, st_point(o.lon, o.lat))
JOIN report_addresses AS a
  ON o.{address} = a.{address}
 AND o.observed_at BETWEEN a.observed_at - INTERVAL '{window_ms} milliseconds'
                       AND a.observed_at + INTERVAL '{window_ms} milliseconds'
GROUP BY f.fence_id
ORDER BY f.fence_id;

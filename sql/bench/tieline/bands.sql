-- Plain SQL, as an analyst writes it.
-- before
CREATE EXTERNAL TABLE observations STORED AS PARQUET LOCATION '{observations}';
CREATE EXTERNAL TABLE report_addresses STORED AS PARQUET LOCATION '{report_addresses}';
-- timed
SELECT count(*) AS pairs,
       sum((CAST(o.observed_at AS BIGINT) - CAST(a.observed_at AS BIGINT)) / 1000) AS gaps_ms
FROM observations AS o
JOIN report_addresses AS a
  ON o.{address} = a.{address}
 AND o.observed_at BETWEEN a.observed_at - INTERVAL '{window_ms} milliseconds'
                       AND a.observed_at + INTERVAL '{window_ms} milliseconds';

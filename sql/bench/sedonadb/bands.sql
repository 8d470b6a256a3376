-- A hash join on the address; times as whole milliseconds, because arithmetic on timestamps is done for every pair.
-- before
CREATE EXTERNAL TABLE observations STORED AS PARQUET LOCATION '{observations}';
CREATE EXTERNAL TABLE report_addresses STORED AS PARQUET LOCATION '{report_addresses}';
-- timed
SELECT count(*) AS pairs, sum(o.at_ms - a.at_ms) AS gaps_ms
FROM (SELECT ipv4, CAST(observed_at AS BIGINT) / 1000 AS at_ms FROM observations) AS o
JOIN (SELECT ipv4, CAST(observed_at AS BIGINT) / 1000 AS at_ms FROM report_addresses) AS a
  ON o.ipv4 = a.ipv4
 AND o.at_ms BETWEEN a.at_ms - {window_ms} AND a.at_ms + {window_ms};

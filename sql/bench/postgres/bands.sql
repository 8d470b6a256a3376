-- A merge join of two B-trees by address and time, read without their tables. The planner would take a parallel hash join,
-- which takes twice as long with these indexes and four times without; one search by report (a nested loop) three times.
-- Loading and indexing are not timed, since PostgreSQL cannot read Parquet.
-- before
CREATE INDEX IF NOT EXISTS observations_by_ip ON observations (ip, observed_ms);
CREATE INDEX IF NOT EXISTS report_addresses_by_ip_time ON report_addresses (ip, observed_ms);
SET enable_hashjoin = off;
SET enable_nestloop = off;
-- timed
SELECT count(*) AS pairs, sum(o.observed_ms - a.observed_ms)::bigint AS gaps_ms
FROM observations AS o
JOIN report_addresses AS a
  ON o.ip = a.ip
 AND o.observed_ms BETWEEN a.observed_ms - {window_ms} AND a.observed_ms + {window_ms};

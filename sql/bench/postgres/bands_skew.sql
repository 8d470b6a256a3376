-- One search by report in a B-tree by address and time: where few addresses have most of the rows, it skips what is outside
-- the window. A merge join as in bands.sql compares all pairs of a crowded address and takes six times as long, a hash join
-- eight times. Loading and indexing are not timed, since PostgreSQL cannot read Parquet.
-- before
CREATE INDEX IF NOT EXISTS observations_by_ip ON observations (ip, observed_ms);
SET enable_hashjoin = off;
SET enable_mergejoin = off;
-- timed
SELECT count(*) AS pairs, sum(o.observed_ms - a.observed_ms)::bigint AS gaps_ms
FROM observations AS o
JOIN report_addresses AS a
  ON o.ip = a.ip
 AND o.observed_ms BETWEEN a.observed_ms - {window_ms} AND a.observed_ms + {window_ms};

-- A parallel hash join by address with the window as its filter. Loading is not timed, since PostgreSQL cannot read
-- Parquet.
-- timed
SELECT count(*) AS pairs, sum(o.observed_ms - a.observed_ms)::bigint AS gaps_ms
FROM observations AS o
JOIN report_addresses AS a
  ON o.ip = a.ip
 AND o.observed_ms BETWEEN a.observed_ms - {window_ms} AND a.observed_ms + {window_ms};

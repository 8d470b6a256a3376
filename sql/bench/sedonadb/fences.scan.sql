-- The two coordinate columns.
-- before
CREATE EXTERNAL TABLE observations STORED AS PARQUET LOCATION '{observations}';
-- timed
SELECT sum(lat) AS lat, sum(lon) AS lon FROM observations;

-- The two coordinate columns.
-- before
CREATE OR REPLACE VIEW observations AS SELECT lat, lon FROM file('{observations}', Parquet);
-- timed
SELECT sum(lat) AS lat, sum(lon) AS lon FROM observations;

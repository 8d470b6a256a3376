-- The two coordinate columns.
-- before
CREATE VIEW observations AS SELECT lat, lon FROM '{observations}';
-- timed
SELECT sum(lat) AS lat, sum(lon) AS lon FROM observations;

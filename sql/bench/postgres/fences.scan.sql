-- The two coordinate columns.
-- timed
SELECT sum(lat) AS lat, sum(lon) AS lon FROM observations;

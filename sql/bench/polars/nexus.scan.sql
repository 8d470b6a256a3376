-- The columns that the question needs; the filters keep every row, and no statistics of the file can tell.
-- timed
SELECT o.lat, o.lon, o.observations, a.report_addresses
FROM (SELECT sum(lat) AS lat, sum(lon) AS lon, count(*) AS observations
      FROM observations
      WHERE device_id % 3 < 3 AND ipv4 % 3 < 3 AND CAST(observed_at AS BIGINT) % 3 < 3) AS o
CROSS JOIN (SELECT count(*) AS report_addresses
            FROM report_addresses
            WHERE report_id % 3 < 3 AND ipv4 % 3 < 3 AND CAST(observed_at AS BIGINT) % 3 < 3) AS a;

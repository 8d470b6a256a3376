-- The columns that the question needs; the filters keep every row, and cannot know it from statistics.
-- timed
SELECT o.lat, o.lon, o.n, a.n
FROM (SELECT sum(lat) AS lat, sum(lon) AS lon, count(*) FILTER (device_id % 2 < 2 AND ipv4 % 2 < 2 AND at_us % 2 < 2) AS n
      FROM (SELECT device_id, ipv4, lat, lon, epoch_us(observed_at) AS at_us FROM '{observations}')) AS o,
     (SELECT count(*) FILTER (report_id % 2 < 2 AND ipv4 % 2 < 2 AND at_us % 2 < 2) AS n FROM (SELECT report_id, ipv4, epoch_us(observed_at) AS at_us FROM '{report_addresses}')) AS a;

-- The columns that the question needs; the filters keep every row, and cannot know it without reading.
-- timed
SELECT o.lat, o.lon, o.observations, a.report_addresses
FROM (SELECT sum(lat) AS lat, sum(lon) AS lon,
             count(*) FILTER (WHERE device_id % 2 < 2 AND ip <> '203.0.113.255' AND observed_ms >= 0) AS observations
      FROM observations) AS o
CROSS JOIN (SELECT count(*) FILTER (WHERE report_id % 2 < 2 AND ip <> '203.0.113.255' AND observed_ms >= 0) AS report_addresses
            FROM report_addresses) AS a;

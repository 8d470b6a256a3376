-- The columns that the question needs; the filters keep every row, and cannot know it without reading.
-- timed
SELECT (SELECT count(*) FROM observations WHERE ip <> '203.0.113.255' AND observed_ms >= 0) AS observations,
       (SELECT count(*) FROM report_addresses WHERE ip <> '203.0.113.255' AND observed_ms >= 0) AS report_addresses;

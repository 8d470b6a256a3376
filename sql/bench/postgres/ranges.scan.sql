-- The columns that the question needs; the filters keep every row, and cannot know it without reading.
-- timed
SELECT (SELECT count(*) FROM report_addresses WHERE ip <> '203.0.113.255' AND event_id >= 0) AS report_addresses,
       (SELECT count(*) FROM prefixes WHERE range <> '203.0.113.254-203.0.113.255' AND prefix_id >= 0) AS prefixes;

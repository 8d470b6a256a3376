-- The columns that the range join reads; the filters keep every row, and cannot know it from statistics.
-- timed
SELECT (SELECT count(*) FROM (SELECT event_id, ipv4 FROM '{report_addresses}') WHERE event_id % 2 < 2 AND ipv4 % 2 < 2),
       (SELECT count(*) FROM (SELECT prefix_id, prefix_length, first_ipv4 FROM '{prefixes}') WHERE prefix_id % 2 < 2 AND prefix_length % 2 < 2 AND first_ipv4 % 2 < 2);

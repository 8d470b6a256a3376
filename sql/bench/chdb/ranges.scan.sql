-- The columns of the join; the filters keep every row, and cannot know it from statistics.
-- timed
SELECT (SELECT count() FROM file('{report_addresses}') WHERE event_id % 2 < 2 AND ipv4 % 2 < 2),
       (SELECT count() FROM file('{prefixes}') WHERE prefix_id % 2 < 2 AND prefix_length % 2 < 2 AND first_ipv4 % 2 < 2);

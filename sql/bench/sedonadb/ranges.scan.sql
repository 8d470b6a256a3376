-- The columns of the join; the filters keep every row, and cannot know it from statistics.
-- before
CREATE EXTERNAL TABLE report_addresses STORED AS PARQUET LOCATION '{report_addresses}';
CREATE EXTERNAL TABLE prefixes STORED AS PARQUET LOCATION '{prefixes}';
-- timed
SELECT (SELECT count(*) FROM report_addresses WHERE event_id % 2 < 2 AND ipv4 % 2 < 2) AS report_addresses,
       (SELECT count(*) FROM prefixes WHERE prefix_id % 2 < 2 AND prefix_length % 2 < 2 AND first_ipv4 % 2 < 2) AS prefixes;

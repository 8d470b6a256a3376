-- Address and time of both tables; the filters keep every row, and cannot know it from statistics.
-- before
CREATE EXTERNAL TABLE observations STORED AS PARQUET LOCATION '{observations}';
CREATE EXTERNAL TABLE report_addresses STORED AS PARQUET LOCATION '{report_addresses}';
-- timed
SELECT (SELECT count(*) FROM observations WHERE ipv4 % 2 < 2 AND CAST(observed_at AS BIGINT) % 2 < 2) AS observations,
       (SELECT count(*) FROM report_addresses WHERE ipv4 % 2 < 2 AND CAST(observed_at AS BIGINT) % 2 < 2) AS report_addresses;

-- Plain SQL over addresses of 16 bytes, as an analyst writes it.
-- before
CREATE EXTERNAL TABLE report_addresses STORED AS PARQUET LOCATION '{report_addresses}';
CREATE EXTERNAL TABLE prefixes STORED AS PARQUET LOCATION '{prefixes}';
-- timed
SELECT count(*) AS matches, sum(p.prefix_id * (a.event_id % 1009)) AS checksum
FROM report_addresses AS a
JOIN prefixes AS p ON a.ip BETWEEN p.first_ip AND p.last_ip;

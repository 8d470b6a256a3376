-- Prefixes are CIDR blocks: a hash join on the length and the masked address, for each length that occurs. A range join would
-- be a nested loop.
-- before
CREATE EXTERNAL TABLE report_addresses STORED AS PARQUET LOCATION '{report_addresses}';
CREATE EXTERNAL TABLE prefixes STORED AS PARQUET LOCATION '{prefixes}';
-- timed
SELECT count(*) AS matches, sum(p.prefix_id * (a.event_id % 1009)) AS checksum
FROM (
    SELECT event_id, length, (CAST(ipv4 AS BIGINT) >> (32 - length)) << (32 - length) AS first_ipv4
    FROM report_addresses CROSS JOIN (SELECT DISTINCT prefix_length AS length FROM prefixes)
) AS a
JOIN (SELECT prefix_id, prefix_length, CAST(first_ipv4 AS BIGINT) AS first_ipv4 FROM prefixes) AS p
  ON p.prefix_length = a.length AND p.first_ipv4 = a.first_ipv4;

-- Prefixes are CIDR blocks: a hash join on the length and the masked address, for each length that occurs. The range join
-- (ipv4 BETWEEN first_ipv4 AND last_ipv4) takes twice as long.
-- before
CREATE OR REPLACE VIEW report_addresses AS SELECT event_id, ipv4 FROM '{report_addresses}';
CREATE OR REPLACE VIEW prefixes AS SELECT prefix_id, prefix_length, first_ipv4 FROM '{prefixes}';
-- timed
SELECT count(*) AS matches, sum(p.prefix_id * (a.event_id % 1009)) AS checksum
FROM (
    SELECT event_id, ipv4, unnest(lengths) AS length
    FROM report_addresses, (SELECT list(DISTINCT prefix_length) AS lengths FROM prefixes)
) AS a
JOIN prefixes AS p
  ON p.prefix_length = a.length
 AND p.first_ipv4 = (a.ipv4 >> (32 - a.length)) << (32 - a.length);

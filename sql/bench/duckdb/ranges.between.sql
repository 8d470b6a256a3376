-- The question as it is asked, over 32-bit numbers.
-- before
CREATE OR REPLACE VIEW report_addresses AS SELECT event_id, ipv4 FROM '{report_addresses}';
CREATE OR REPLACE VIEW prefixes AS SELECT prefix_id, first_ipv4, last_ipv4 FROM '{prefixes}';
-- timed
SELECT count(*) AS matches, sum(p.prefix_id * (a.event_id % 1009)) AS checksum
FROM report_addresses AS a
JOIN prefixes AS p ON a.ipv4 BETWEEN p.first_ipv4 AND p.last_ipv4;

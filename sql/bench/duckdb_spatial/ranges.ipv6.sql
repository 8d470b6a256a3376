-- The question as it is asked, over 16 bytes: the only form that both families have.
-- before
CREATE OR REPLACE VIEW report_addresses AS SELECT event_id, ip FROM '{report_addresses}';
CREATE OR REPLACE VIEW prefixes AS SELECT prefix_id, first_ip, last_ip FROM '{prefixes}';
-- timed
SELECT count(*) AS matches, sum(p.prefix_id * (a.event_id % 1009)) AS checksum
FROM report_addresses AS a
JOIN prefixes AS p ON a.ip BETWEEN p.first_ip AND p.last_ip;

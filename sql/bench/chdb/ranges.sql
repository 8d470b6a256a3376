-- Prefixes are CIDR blocks: a hash join on the length and the masked address, for each length that occurs.
-- before
CREATE OR REPLACE VIEW report_addresses AS SELECT event_id, assumeNotNull(ipv4) AS ipv4 FROM file('{report_addresses}', Parquet);
CREATE OR REPLACE VIEW prefixes AS
SELECT prefix_id, prefix_length, assumeNotNull(first_ipv4) AS first_ipv4, assumeNotNull(last_ipv4) AS last_ipv4
FROM file('{prefixes}', Parquet);
-- timed
SELECT count() AS matches, sum(p.prefix_id * (a.event_id % 1009)) AS checksum
FROM (
    SELECT event_id, length, toUInt32(bitShiftLeft(bitShiftRight(ipv4, 32 - length), 32 - length)) AS first_ipv4
    FROM report_addresses
    ARRAY JOIN (SELECT groupUniqArray(prefix_length) FROM prefixes) AS length
) AS a
JOIN prefixes AS p ON p.prefix_length = a.length AND p.first_ipv4 = a.first_ipv4;

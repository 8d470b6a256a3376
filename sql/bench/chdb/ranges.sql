-- Prefixes are CIDR blocks: a hash join on the length and the masked address, for each length that occurs. An ip_trie dictionary
-- gives the most specific prefix alone, which is another question.
-- timed
SELECT count() AS matches, sum(p.prefix_id * (a.event_id % 1009)) AS checksum
FROM (
    SELECT event_id, arrayJoin((SELECT groupUniqArray(assumeNotNull(prefix_length)) FROM file('{prefixes}'))) AS length,
           bitShiftLeft(bitShiftRight(toUInt64(assumeNotNull(ipv4)), 32 - length), 32 - length) AS masked
    FROM file('{report_addresses}')
) AS a
JOIN (
    SELECT prefix_id, assumeNotNull(prefix_length) AS length, toUInt64(assumeNotNull(first_ipv4)) AS masked
    FROM file('{prefixes}')
) AS p ON p.length = a.length AND p.masked = a.masked;

-- A hash join on the address; times as whole milliseconds, computed once a row.
-- timed
SELECT count() AS pairs, sum(o.at_ms - a.at_ms) AS gaps_ms
FROM (SELECT assumeNotNull(ipv4) AS ipv4, toUnixTimestamp64Milli(assumeNotNull(observed_at)) AS at_ms FROM file('{observations}')) AS o
JOIN (SELECT assumeNotNull(ipv4) AS ipv4, toUnixTimestamp64Milli(assumeNotNull(observed_at)) AS at_ms FROM file('{report_addresses}')) AS a ON o.ipv4 = a.ipv4
WHERE o.at_ms BETWEEN a.at_ms - {window_ms} AND a.at_ms + {window_ms};

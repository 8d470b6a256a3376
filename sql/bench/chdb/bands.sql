-- A hash join on the address, the time as a condition on the joined rows.
-- before
CREATE OR REPLACE VIEW observations AS
SELECT assumeNotNull(ipv4) AS ipv4, toUnixTimestamp64Milli(observed_at) AS at_ms FROM file('{observations}', Parquet);
CREATE OR REPLACE VIEW report_addresses AS
SELECT report_id, assumeNotNull(ipv4) AS ipv4, toUnixTimestamp64Milli(observed_at) AS at_ms FROM file('{report_addresses}', Parquet);
-- timed
SELECT count() AS pairs, sum(o.at_ms - a.at_ms) AS gaps_ms
FROM observations AS o
JOIN report_addresses AS a ON o.ipv4 = a.ipv4
WHERE o.at_ms BETWEEN a.at_ms - {window_ms} AND a.at_ms + {window_ms};

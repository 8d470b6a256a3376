-- The columns that the question needs; the filters keep every row, and cannot know it without reading.
-- before
CREATE OR REPLACE VIEW observations AS
SELECT device_id, assumeNotNull(ipv4) AS ipv4, toUnixTimestamp64Milli(observed_at) AS at_ms, lat, lon
FROM file('{observations}', Parquet);
CREATE OR REPLACE VIEW report_addresses AS
SELECT report_id, assumeNotNull(ipv4) AS ipv4, toUnixTimestamp64Milli(observed_at) AS at_ms FROM file('{report_addresses}', Parquet);
-- timed
SELECT o.lat, o.lon, o.observations, a.report_addresses
FROM (SELECT sum(lat) AS lat, sum(lon) AS lon, countIf(device_id % 2 < 2 AND ipv4 % 2 < 2 AND at_ms % 2 < 2) AS observations
      FROM observations) AS o
CROSS JOIN (SELECT countIf(report_id % 2 < 2 AND ipv4 % 2 < 2 AND at_ms % 2 < 2) AS report_addresses FROM report_addresses) AS a;

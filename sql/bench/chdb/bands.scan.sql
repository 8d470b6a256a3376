-- Address and time of both tables; the filters keep every row, and cannot know it without reading.
-- before
CREATE OR REPLACE VIEW observations AS
SELECT assumeNotNull(ipv4) AS ipv4, toUnixTimestamp64Milli(observed_at) AS at_ms FROM file('{observations}', Parquet);
CREATE OR REPLACE VIEW report_addresses AS
SELECT report_id, assumeNotNull(ipv4) AS ipv4, toUnixTimestamp64Milli(observed_at) AS at_ms FROM file('{report_addresses}', Parquet);
-- timed
SELECT (SELECT countIf(ipv4 % 2 < 2 AND at_ms % 2 < 2) FROM observations) AS observations,
       (SELECT countIf(ipv4 % 2 < 2 AND at_ms % 2 < 2) FROM report_addresses) AS report_addresses;

-- The columns of the join; the sums cannot be known without reading.
-- before
CREATE OR REPLACE VIEW report_addresses AS SELECT event_id, assumeNotNull(ipv4) AS ipv4 FROM file('{report_addresses}', Parquet);
CREATE OR REPLACE VIEW prefixes AS
SELECT prefix_id, prefix_length, assumeNotNull(first_ipv4) AS first_ipv4, assumeNotNull(last_ipv4) AS last_ipv4
FROM file('{prefixes}', Parquet);
-- timed
SELECT (SELECT countIf(event_id % 2 < 2 AND ipv4 % 2 < 2) FROM report_addresses) AS report_addresses,
       (SELECT countIf(prefix_id % 2 < 2 AND prefix_length % 2 < 2 AND first_ipv4 % 2 < 2) FROM prefixes) AS prefixes;

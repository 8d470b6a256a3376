-- The addresses of both tables; no address is 255.255.255.255, so the filter keeps every row and reads them all.
-- before
CREATE EXTERNAL TABLE report_addresses STORED AS PARQUET LOCATION '{report_addresses}';
CREATE EXTERNAL TABLE prefixes STORED AS PARQUET LOCATION '{prefixes}';
-- timed
SELECT (SELECT count(*) FROM report_addresses WHERE ip <> ip('203.0.113.255') AND event_id >= 0) AS report_addresses,
       (SELECT count(*) FROM prefixes
        WHERE first_ip <> ip('203.0.113.255') AND last_ip <> ip('203.0.113.254') AND prefix_id >= 0) AS prefixes;

-- Address and time of both tables; no row has this address or time, so the filter keeps every row and reads them all.
-- before
CREATE EXTERNAL TABLE observations STORED AS PARQUET LOCATION '{observations}';
CREATE EXTERNAL TABLE report_addresses STORED AS PARQUET LOCATION '{report_addresses}';
-- timed
SELECT (SELECT count(*) FROM observations
        WHERE {address} <> {no_address} AND observed_at <> TIMESTAMP '2025-06-01T00:00:00.000001Z') AS observations,
       (SELECT count(*) FROM report_addresses
        WHERE {address} <> {no_address} AND observed_at <> TIMESTAMP '2025-06-01T00:00:00.000001Z') AS report_addresses;

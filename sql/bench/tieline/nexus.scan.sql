-- The columns that the question needs; the filters keep every row, and cannot know it without reading.
-- before
CREATE EXTERNAL TABLE observations STORED AS PARQUET LOCATION '{observations}';
CREATE EXTERNAL TABLE report_addresses STORED AS PARQUET LOCATION '{report_addresses}';
-- timed
SELECT o.lat, o.lon, o.observations, a.report_addresses
FROM (SELECT sum(lat) AS lat, sum(lon) AS lon,
             count(*) FILTER (WHERE device_id % 2 < 2 AND {address} <> {no_address}
                                AND observed_at <> TIMESTAMP '2025-06-01T00:00:00.000001Z') AS observations
      FROM observations) AS o
CROSS JOIN (SELECT count(*) FILTER (WHERE report_id % 2 < 2 AND {address} <> {no_address}
                                      AND observed_at <> TIMESTAMP '2025-06-01T00:00:00.000001Z') AS report_addresses
            FROM report_addresses) AS a;

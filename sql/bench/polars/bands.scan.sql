-- Address and time of both tables; the filters keep every row, and no statistics of the file can tell.
-- timed
SELECT (SELECT count(*) FROM observations WHERE ipv4 % 3 < 3 AND CAST(observed_at AS BIGINT) % 3 < 3) AS observations,
       (SELECT count(*) FROM report_addresses
        WHERE ipv4 % 3 < 3 AND CAST(observed_at AS BIGINT) % 3 < 3) AS report_addresses;

-- The columns that the question needs; the filters keep every row, and no statistics of the file can tell.
-- timed
SELECT (SELECT count(*) FROM report_addresses WHERE ipv4 % 3 < 3 AND event_id % 3 < 3) AS report_addresses,
       (SELECT count(*) FROM prefixes WHERE first_ipv4 % 3 < 3 AND last_ipv4 % 3 < 3 AND prefix_id % 3 < 3) AS prefixes;

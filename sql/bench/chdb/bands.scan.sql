-- Address and time of both tables; the filters keep every row, and cannot know it from statistics.
-- timed
SELECT (SELECT count() FROM file('{observations}') WHERE ipv4 % 2 < 2 AND toUnixTimestamp64Micro(observed_at) % 2 < 2),
       (SELECT count() FROM file('{report_addresses}') WHERE ipv4 % 2 < 2 AND toUnixTimestamp64Micro(observed_at) % 2 < 2);

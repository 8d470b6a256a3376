-- The columns that the question needs; the filters keep every row, and cannot know it from statistics.
-- timed
SELECT o.1, o.2, o.3, (SELECT countIf(report_id % 2 < 2 AND ipv4 % 2 < 2 AND toUnixTimestamp64Micro(observed_at) % 2 < 2)
                       FROM file('{report_addresses}'))
FROM (SELECT (sum(lat), sum(lon), countIf(device_id % 2 < 2 AND ipv4 % 2 < 2 AND toUnixTimestamp64Micro(observed_at) % 2 < 2)) AS o
      FROM file('{observations}'));

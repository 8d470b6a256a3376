-- Address and time of both tables; the filters keep every row, and cannot know it from statistics.
-- timed
SELECT (SELECT count(*) FROM (SELECT ipv4, epoch_us(observed_at) AS at_us FROM '{observations}') WHERE ipv4 % 2 < 2 AND at_us % 2 < 2),
       (SELECT count(*) FROM (SELECT ipv4, epoch_us(observed_at) AS at_us FROM '{report_addresses}') WHERE ipv4 % 2 < 2 AND at_us % 2 < 2);

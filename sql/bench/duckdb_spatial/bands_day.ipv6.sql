-- Addresses as 16 bytes, the only form that both families have; times as whole milliseconds.
-- before
CREATE OR REPLACE VIEW observations AS SELECT ip, epoch_us(observed_at) // 1000 AS at_ms FROM '{observations}';
CREATE OR REPLACE VIEW report_addresses AS SELECT ip, epoch_us(observed_at) // 1000 AS at_ms FROM '{report_addresses}';
-- timed
SELECT count(*) AS pairs, sum(o.at_ms - a.at_ms) AS gaps_ms
FROM observations AS o
JOIN report_addresses AS a
  ON o.ip = a.ip
 AND o.at_ms BETWEEN a.at_ms - {window_ms} AND a.at_ms + {window_ms};

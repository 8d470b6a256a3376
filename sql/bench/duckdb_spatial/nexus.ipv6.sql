-- Addresses as 16 bytes, the only form that both families have; the fences first.
-- before
CREATE OR REPLACE VIEW observations AS SELECT device_id, ip, lat, lon, epoch_us(observed_at) // 1000 AS at_ms FROM '{observations}';
CREATE OR REPLACE VIEW report_addresses AS SELECT report_id, ip, epoch_us(observed_at) // 1000 AS at_ms FROM '{report_addresses}';
CREATE OR REPLACE VIEW fences AS SELECT fence_id, ST_GeomFromWKB(geometry) AS geometry FROM '{fences}';
-- timed
WITH inside AS MATERIALIZED (
    SELECT f.fence_id, o.device_id, o.ip, o.at_ms
    FROM observations AS o
    JOIN fences AS f ON ST_Contains(f.geometry, ST_Point(o.lon, o.lat))
)
SELECT i.fence_id, count(*) AS pairs, count(DISTINCT a.report_id) AS reports, count(DISTINCT i.device_id) AS devices
FROM inside AS i
JOIN report_addresses AS a
  ON i.ip = a.ip
 AND i.at_ms BETWEEN a.at_ms - {window_ms} AND a.at_ms + {window_ms}
GROUP BY i.fence_id
ORDER BY i.fence_id;

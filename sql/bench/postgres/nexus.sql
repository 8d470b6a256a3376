-- Points looked up in a GiST index by each fence, over rows in the order of places, then a hash join by address with the
-- window as its filter. Indexes by address and time do not help. Loading, ordering and indexing are not timed, since
-- PostgreSQL cannot read Parquet.
-- before
CREATE TABLE IF NOT EXISTS observations_by_place AS SELECT * FROM observations ORDER BY location;
CREATE INDEX IF NOT EXISTS observations_by_place_location ON observations_by_place USING gist (location);
ANALYZE observations_by_place;
-- timed
SELECT f.fence_id,
       count(*) AS pairs,
       count(DISTINCT a.report_id) AS reports,
       count(DISTINCT o.device_id) AS devices
FROM fences AS f
JOIN observations_by_place AS o ON ST_Contains(f.geometry, o.location)
JOIN report_addresses AS a
  ON o.ip = a.ip
 AND o.observed_ms BETWEEN a.observed_ms - {window_ms} AND a.observed_ms + {window_ms}
GROUP BY f.fence_id
ORDER BY f.fence_id;

-- Points looked up in a GiST index by each fence, over rows in the order of places, both as PostGIS advises. Loading,
-- ordering and indexing are not timed, since PostgreSQL cannot read Parquet.
-- before
CREATE TABLE IF NOT EXISTS observations_by_place AS SELECT * FROM observations ORDER BY location;
CREATE INDEX IF NOT EXISTS observations_by_place_location ON observations_by_place USING gist (location);
ANALYZE observations_by_place;
-- timed
SELECT f.fence_id, count(*) AS observations
FROM fences AS f
JOIN observations_by_place AS o ON ST_Contains(f.geometry, o.location)
GROUP BY f.fence_id
ORDER BY f.fence_id;

-- Points looked up in a GiST index by each fence, as PostGIS advises. Loading and indexing are not timed, since
-- PostgreSQL cannot read Parquet.
-- before
CREATE INDEX IF NOT EXISTS observations_by_location ON observations USING gist (location);
-- timed
SELECT f.fence_id, count(*) AS observations
FROM fences AS f
JOIN observations AS o ON ST_Contains(f.geometry, o.location)
GROUP BY f.fence_id
ORDER BY f.fence_id;

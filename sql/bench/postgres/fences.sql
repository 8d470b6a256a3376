-- Points looked up in a GiST index by each fence, as PostGIS advises. Loading and indexing are not timed, since
-- PostgreSQL cannot read Parquet.
-- before
CREATE INDEX IF NOT EXISTS observations_by_location ON observations USING gist (location);
-- timed
SELECT count(*) AS fences, sum(n)::bigint AS observations, sum(n * fence_id)::bigint AS checksum, sum(n * n)::bigint AS squares
FROM (
    SELECT f.fence_id, count(*) AS n
    FROM fences AS f
    JOIN observations AS o ON ST_Contains(f.geometry, o.location)
    GROUP BY f.fence_id
) AS counted;

-- Addresses looked up in a B-tree by each prefix: 400,000 searches, and the answer is read from the index alone. The other
-- way round, a GiST index of ip4r over the prefixes searched by each address (range >>= ip), takes forty times as long.
-- Loading and indexing are not timed, since PostgreSQL cannot read Parquet.
-- before
CREATE INDEX IF NOT EXISTS report_addresses_by_ip ON report_addresses (ip) INCLUDE (event_id);
-- timed
SELECT count(*) AS matches, sum(p.prefix_id * (a.event_id % 1009))::bigint AS checksum
FROM prefixes AS p
JOIN report_addresses AS a ON a.ip BETWEEN lower(p.range) AND upper(p.range);

-- name: links
-- description: Candidates that no rule excludes, each with the chance that its event met a session at the site by coincidence.
-- reads: candidates, trials
-- grain: one row per report event and device session at a site
-- returns: report_id text, event_seq int32, party_id text, role text, site_id text, site_country text, ip address, port int32
-- returns: event_name text, event_observed_at timestamp, device_id text, session_started_at timestamp
-- returns: session_ended_at timestamp, observations int64, time_gap_s float64, chance float64, asn int64
-- returns: organisation text, registry_country text, cross_border bool, event_path text, event_source_file text
-- returns: event_source_row int64, nearest_observation_id text, nearest_source_file text, nearest_source_row int64
-- expect-plan: HashJoinExec
-- output: report_id, event_observed_at, site_id, ip, time_gap_s, chance, organisation, cross_border
SELECT
    c.report_id,
    c.event_seq,
    c.party_id,
    c.role,
    c.site_id,
    c.site_country,
    c.ip,
    c.port,
    c.event_name,
    c.event_observed_at,
    c.device_id,
    c.session_started_at,
    c.session_ended_at,
    c.observations,
    c.time_gap_s,
    t.chance,
    c.asn,
    c.organisation,
    c.registry_country,
    c.registry_country <> c.site_country AS cross_border,
    c.event_path,
    c.event_source_file,
    c.event_source_row,
    c.nearest_observation_id,
    c.nearest_source_file,
    c.nearest_source_row
FROM candidates AS c
JOIN trials AS t ON t.report_id = c.report_id AND t.event_seq = c.event_seq AND t.site_id = c.site_id
WHERE c.excluded_reason IS NULL
ORDER BY c.report_id, c.event_seq, c.site_id, c.session_started_at, c.session_id

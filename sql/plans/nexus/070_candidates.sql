-- name: candidates
-- description: Every coincidence of address and time at a site, those that a rule excludes with the first rule that does.
-- reads: events, sessions, session_observations
-- grain: one row per report event and device session
-- returns: report_id text, event_seq int32, party_id text, role text, site_id text, site_country text, session_id int64
-- returns: ip address, port int32, event_name text, event_observed_at timestamp, device_id text
-- returns: session_started_at timestamp, session_ended_at timestamp, observations int64, time_gap_s float64
-- returns: excluded_reason text, asn int64, organisation text, registry_country text, network_kind text
-- returns: event_path text, event_source_file text, event_source_row int64, nearest_observation_id text
-- returns: nearest_source_file text, nearest_source_row int64
-- param: window interval = 1 hour | largest time between an event and an observation of the session
-- expect-plan: IndexJoinExec
WITH
    -- One row per event and session with an observation inside the window.
    coincidences AS (
        SELECT
            e.report_id,
            e.event_seq,
            o.session_id,
            min(time_gap(o.observed_at, e.observed_at)) AS time_gap_s,
            first_value(o.observation_id ORDER BY time_gap(o.observed_at, e.observed_at), o.observation_id)
                AS nearest_observation_id,
            first_value(o.source_file ORDER BY time_gap(o.observed_at, e.observed_at), o.observation_id)
                AS nearest_source_file,
            first_value(o.source_row ORDER BY time_gap(o.observed_at, e.observed_at), o.observation_id)
                AS nearest_source_row
        FROM events AS e
        JOIN session_observations AS o ON o.ip = e.ip
            AND o.observed_at BETWEEN e.observed_at - $window AND e.observed_at + $window
        GROUP BY e.report_id, e.event_seq, o.session_id
    )
SELECT
    e.report_id,
    e.event_seq,
    e.party_id,
    e.role,
    s.site_id,
    s.site_country,
    s.session_id,
    e.ip,
    e.port,
    e.event_name,
    e.observed_at AS event_observed_at,
    s.device_id,
    s.session_started_at,
    s.session_ended_at,
    s.observations,
    c.time_gap_s,
    coalesce(e.excluded_reason, s.excluded_reason) AS excluded_reason,
    e.asn,
    e.organisation,
    e.registry_country,
    e.network_kind,
    e.path AS event_path,
    e.source_file AS event_source_file,
    e.source_row AS event_source_row,
    c.nearest_observation_id,
    c.nearest_source_file,
    c.nearest_source_row
FROM coincidences AS c
JOIN events AS e ON e.report_id = c.report_id AND e.event_seq = c.event_seq
JOIN sessions AS s ON s.session_id = c.session_id
ORDER BY e.report_id, e.event_seq, s.site_id, s.session_started_at, s.session_id

-- name: events
-- description: What is known of each event's address at that moment, and the first rule that keeps the event from linking.
-- reads: scope_events, address_days, routable_ranges?, address_networks?, networks?
-- grain: one row per IP capture event
-- returns: report_id text, event_seq int32, party_id text, role text, ip address, port int32, event_name text
-- returns: observed_at timestamp, time_quality text, asn int64, organisation text, registry_country text
-- returns: network_kind text, devices_on_day int64, excluded_reason text, path text, source_file text, source_row int64
-- param: time_qualities texts of observed, equals_incident_time, from_text, missing = observed | which times are good enough to match
-- param: excluded_kinds texts of isp, hosting, vpn, proxy, satellite = vpn, proxy, hosting | kinds of networks behind which an address says nothing of a place
-- param: max_devices_per_day integer = 100 | an address with more devices on a UTC day is over-shared
-- expect-plan: HashJoinExec
WITH
    -- One row per event whose address lies in a known network at that moment.
    event_networks AS (
        SELECT s.report_id, s.event_seq, n.asn, n.organisation, n.country, n.kind
        FROM scope_events AS s
        JOIN address_networks AS n ON ip_in_range(s.ip, n.first_ip, n.last_ip)
            AND s.observed_at >= n.valid_from
            AND s.observed_at < n.valid_to
    ),
    -- One row per event whose address lies in any network of an excluded kind at that moment, whatever others say of it.
    behind_excluded AS (
        SELECT DISTINCT s.report_id, s.event_seq
        FROM scope_events AS s
        JOIN networks AS n ON ip_in_range(s.ip, n.first_ip, n.last_ip)
            AND s.observed_at >= n.valid_from
            AND s.observed_at < n.valid_to
        WHERE array_has($excluded_kinds, n.kind)
    ),
    -- One row per address in a special-use block that the case declares routable.
    declared_routable AS (
        SELECT DISTINCT s.ip
        FROM scope_events AS s
        JOIN routable_ranges AS r ON ip_in_range(s.ip, r.first_ip, r.last_ip)
    )
SELECT
    s.report_id,
    s.event_seq,
    s.party_id,
    s.role,
    s.ip,
    s.port,
    s.event_name,
    s.observed_at,
    s.time_quality,
    n.asn,
    n.organisation,
    n.country AS registry_country,
    n.kind AS network_kind,
    d.devices AS devices_on_day,
    CASE
        WHEN s.observed_at IS NULL OR NOT array_has($time_qualities, s.time_quality) THEN 'time_quality'
        WHEN (s.quality_flags & 32) <> 0 THEN 'time_without_offset'
        WHEN ip_is_special(s.ip) AND r.ip IS NULL THEN 'not_routable'
        WHEN b.report_id IS NOT NULL THEN 'excluded_network'
        WHEN d.devices > $max_devices_per_day THEN 'over_shared'
    END AS excluded_reason,
    s.path,
    s.source_file,
    s.source_row
FROM scope_events AS s
LEFT JOIN event_networks AS n ON n.report_id = s.report_id AND n.event_seq = s.event_seq
LEFT JOIN behind_excluded AS b ON b.report_id = s.report_id AND b.event_seq = s.event_seq
LEFT JOIN declared_routable AS r ON r.ip = s.ip
LEFT JOIN address_days AS d ON d.ip = s.ip AND s.observed_at >= d.day AND s.observed_at < d.day + INTERVAL '1 day'
ORDER BY s.report_id, s.event_seq

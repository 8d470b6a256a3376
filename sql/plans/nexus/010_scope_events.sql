-- name: scope_events
-- description: The IP capture events of the reports under investigation: of the incident types, in the roles asked for.
-- reads: reports, report_ip_events
-- grain: one row per IP capture event
-- returns: report_id text, event_seq int32, party_id text, role text, ip address, port int32, event_name text
-- returns: observed_at timestamp, time_quality text, quality_flags int32, path text, source_file text, source_row int64
-- param: incident_types texts of child_pornography, child_sex_trafficking, child_sex_tourism, child_sexual_molestation, misleading_domain_name, misleading_words_or_images, online_enticement, unsolicited_obscene_material, other = online_enticement | normalised incident types of the reports to look at
-- param: roles texts of reported, associated, file, peer = reported | whose events take part; victims and recipients never do
-- expect-plan: HashJoinExec
SELECT
    e.report_id,
    e.event_seq,
    e.party_id,
    e.role,
    e.ip,
    e.port,
    e.event_name,
    e.observed_at,
    e.time_quality,
    e.quality_flags,
    e.path,
    e.source_file,
    e.source_row
FROM report_ip_events AS e
JOIN reports AS r ON r.report_id = e.report_id
WHERE array_has($incident_types, r.incident_type)
    AND array_has($roles, e.role)
ORDER BY e.report_id, e.event_seq

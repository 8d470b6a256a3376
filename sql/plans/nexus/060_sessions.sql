-- name: sessions
-- description: The device sessions at sites, and the first rule that keeps a session from linking.
-- reads: session_observations
-- grain: one row per device session
-- returns: session_id int64, site_id text, site_country text, ip address, device_id text, session_started_at timestamp
-- returns: session_ended_at timestamp, observations int64, devices_on_day int64, excluded_reason text
-- expect-plan: AggregateExec
SELECT
    o.session_id,
    o.site_id,
    o.site_country,
    o.ip,
    o.device_id,
    min(o.observed_at) AS session_started_at,
    max(o.observed_at) AS session_ended_at,
    count(*) AS observations,
    max(o.devices_on_day) AS devices_on_day,
    CASE
        WHEN NOT o.status_asked_for THEN 'site_status'
        WHEN NOT o.site_valid THEN 'site_not_valid'
        WHEN NOT o.fix_counts THEN 'fix_not_certain'
        WHEN NOT o.time_known THEN 'time_without_offset'
        WHEN max(o.devices_on_day) > $max_devices_per_day THEN 'over_shared'
    END AS excluded_reason
FROM session_observations AS o
GROUP BY
    o.session_id, o.site_id, o.site_country, o.ip, o.device_id, o.status_asked_for, o.site_valid, o.fix_counts,
    o.time_known
ORDER BY o.session_id

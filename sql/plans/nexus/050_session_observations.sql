-- name: session_observations
-- description: The observations cut into sessions: one device at one site version and address, with gaps of at most 30 minutes.
-- reads: site_observations, address_days
-- grain: one row per observed address and site version around its position
-- returns: session_id int64, observation_id text, ip address, device_id text, observed_at timestamp, site_id text
-- returns: site_country text, status_asked_for bool, site_valid bool, fix_counts bool, time_known bool, devices_on_day int64, source_file text, source_row int64
-- expect-plan: WindowAggExec
WITH
    -- An observation starts a session where the one before it is more than 30 minutes away, or there is none.
    marked AS (
        SELECT
            o.*,
            CASE
                WHEN lag(o.observed_at) OVER stay + INTERVAL '30 minutes' >= o.observed_at THEN 0
                ELSE 1
            END AS starts
        FROM site_observations AS o
        WINDOW stay AS (
            PARTITION BY
                o.site_id, o.site_valid_from, o.site_valid, o.fix_counts, o.time_known, o.ip, o.device_id,
                o.id_flags
            ORDER BY o.observed_at, o.observation_id
        )
    )
SELECT
    -- In this order every start opens the next session, so their running count numbers the sessions.
    sum(m.starts) OVER (
        ORDER BY
            m.site_id, m.site_valid_from, m.site_valid, m.fix_counts, m.time_known, m.ip, m.device_id, m.id_flags,
            m.observed_at, m.observation_id
        ROWS UNBOUNDED PRECEDING
    ) AS session_id,
    m.observation_id,
    m.ip,
    m.device_id,
    m.observed_at,
    m.site_id,
    m.site_country,
    m.status_asked_for,
    m.site_valid,
    m.fix_counts,
    m.time_known,
    d.devices AS devices_on_day,
    m.source_file,
    m.source_row
FROM marked AS m
LEFT JOIN address_days AS d ON d.ip = m.ip AND m.observed_at >= d.day AND m.observed_at < d.day + INTERVAL '1 day'
ORDER BY session_id, m.observed_at, m.observation_id

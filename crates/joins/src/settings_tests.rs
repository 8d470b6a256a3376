use super::*;

#[test]
fn what_is_listed_can_be_set() {
    let mut config = ConfigOptions::new();
    config.extensions.insert(JoinSettings::default());
    let ours = |config: &ConfigOptions| -> Vec<(String, Option<String>)> {
        let entries = config.entries().into_iter();
        let ours = entries.filter(|entry| entry.key.starts_with("tieline."));
        ours.map(|entry| (entry.key, entry.value)).collect()
    };
    let listed = ours(&config);
    assert_eq!(listed.len(), 4);
    for (key, value) in &listed {
        assert_eq!(value.as_deref(), Some("auto"), "{key}");
        let other = match key.as_str() {
            "tieline.join_order" => "as_written",
            "tieline.band_strategy" => "merge",
            _ => "nested_loop",
        };
        config.set(key, other).unwrap();
        assert!(
            ours(&config).contains(&(key.clone(), Some(other.to_owned()))),
            "{key}"
        );
    }
}

#[test]
fn what_is_not_there_is_answered_with_what_is() {
    let mut settings = JoinSettings::default();
    let error = settings.set("fence_strategy", "grid").unwrap_err().to_string();
    assert!(
        error.contains("there is no setting tieline.fence_strategy"),
        "{error}"
    );
    assert!(error.contains("tieline.geofence_strategy"), "{error}");
    let error = settings.set("join_order", "none").unwrap_err().to_string();
    assert!(
        error.contains("an order of joins is one of auto, as_written"),
        "{error}"
    );
}

#[test]
fn a_setting_that_is_reset_has_its_default() {
    let mut settings = JoinSettings::default();
    settings.set("band_strategy", "merge").unwrap();
    settings.set("join_order", "as_written").unwrap();
    settings.reset("band_strategy").unwrap();
    assert_eq!(settings.band_strategy, BandStrategy::Auto);
    assert_eq!(settings.join_order, JoinOrder::AsWritten);
    let error = settings.reset("band").unwrap_err().to_string();
    assert!(error.contains("there is no setting tieline.band:"), "{error}");
}

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use super::{World, generate, write_world};
use crate::address::{Address, Prefix, ROUTABLE};
use crate::error::Error;
use crate::geography::edge_distance_m;
use crate::network::RANGE_LISTS;
use crate::observation::DeviceId;
use crate::options::{Size, WorldOptions};
use crate::report::Report;
use crate::site_plan::outline_changed;
use crate::truth::Truth;

fn options(seed: u64, size: Size) -> WorldOptions {
    WorldOptions { seed, size }
}

/// Worlds of many seeds and both sizes, made once.
static WORLDS: LazyLock<Vec<(World, Truth)>> = LazyLock::new(|| {
    let tiny = (1..=12).map(|seed| options(seed, Size::Tiny));
    let small = [options(1, Size::Small), options(u64::MAX, Size::Small)];
    let made = tiny.chain(small).map(|options| {
        let world = generate(&options);
        let truth = world.truth();
        (world, truth)
    });
    made.collect()
});

fn worlds() -> impl Iterator<Item = &'static (World, Truth)> {
    WORLDS.iter()
}

/// Every file below a folder, by its path.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            found.extend(
                files(&path)
                    .into_iter()
                    .map(|(below, bytes)| (format!("{name}/{below}"), bytes)),
            );
        } else {
            found.insert(name, fs::read(&path).unwrap());
        }
    }
    found
}

fn written(options: WorldOptions) -> BTreeMap<String, Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    write_world(&options, &folder.path().join("world")).unwrap();
    files(&folder.path().join("world"))
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_does_not() {
    let first = written(options(42, Size::Tiny));
    assert!(first == written(options(42, Size::Tiny)));
    assert!(first["truth.json"] != written(options(43, Size::Tiny))["truth.json"]);
}

/// FNV-1a over names and contents: pins the bytes of one world across machines and versions.
#[test]
fn the_bytes_of_a_world_are_pinned() {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for (name, bytes) in written(options(42, Size::Tiny)) {
        for byte in name.bytes().chain(bytes) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    assert_eq!(
        format!("{hash:016x}"),
        "c0ec6b63e0364363",
        "the samples of the repository must be written anew"
    );
}

#[test]
fn a_tiny_world_fits_into_a_repository() {
    let files = written(options(42, Size::Tiny));
    let bytes: usize = files.values().map(Vec::len).sum();
    assert!(bytes <= 4_000_000, "{bytes} bytes");
    assert_eq!(
        files.keys().filter(|name| name.starts_with("reports/")).count(),
        300
    );
    assert!(files.contains_key("telemetry/quadrant-2025-11.csv") && files.contains_key("case.toml"));
}

#[test]
fn a_folder_that_holds_anything_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("mine.txt"), "mine").unwrap();
    let refused = write_world(&options(1, Size::Tiny), folder.path());
    assert!(matches!(refused, Err(Error::NotEmpty { path }) if path == folder.path()));
    assert_eq!(files(folder.path()).len(), 1);
}

#[test]
fn every_planted_link_is_true_and_no_other_report_links() {
    for (world, truth) in worlds() {
        let key = |report: &str, site: &str, ip: &str, at: &str| [report, site, ip, at].map(str::to_owned);
        let found: BTreeSet<_> = truth
            .links
            .iter()
            .map(|link| key(&link.report_id, &link.site_id, &link.ip, &link.event_observed_at))
            .collect();
        let planted: BTreeSet<_> = world
            .planted_links()
            .iter()
            .map(|link| key(&link.report_id, &link.site_id, &link.ip, &link.event_observed_at))
            .collect();
        assert_eq!(found, planted, "{:?}", world.options);
    }
}

#[test]
fn no_decoy_is_a_link_and_every_kind_occurs() {
    for (world, truth) in worlds() {
        let linked: BTreeSet<&str> = truth.links.iter().map(|link| link.report_id.as_str()).collect();
        let known: BTreeSet<String> = world
            .reports
            .iter()
            .map(|report| report.report_id.to_string())
            .collect();
        let mut kinds = BTreeSet::new();
        for decoy in &truth.decoys {
            assert!(
                !linked.contains(decoy.report_id.as_str()),
                "{decoy:?} of {:?}",
                world.options
            );
            assert!(known.contains(&decoy.report_id));
            kinds.insert(decoy.kind.as_str());
        }
        assert_eq!(kinds.len(), 26, "{kinds:?}");
    }
}

#[test]
fn every_feature_of_links_occurs() {
    for (world, truth) in worlds() {
        let links = &truth.links;
        let site = |site_id: &str| world.sites.iter().find(|site| site.site_id == site_id).unwrap();
        let sites: BTreeSet<&str> = links.iter().map(|link| link.site_id.as_str()).collect();
        let countries: BTreeSet<&str> = sites.iter().filter_map(|site_id| site(site_id).country).collect();
        assert!(sites.len() >= 6 && countries.len() == 3);
        assert!(links.iter().filter(|link| link.ip.contains(':')).count() >= 3);
        let border = |ip: &str| ip.starts_with("240.10.") || ip.starts_with("240.11.");
        assert!(
            links
                .iter()
                .filter(|link| border(&link.ip) && site(&link.site_id).country == Some("XA"))
                .count()
                >= 3
        );
        let midnight = |link: &&crate::TrueLink| link.session_started_at[..10] != link.session_ended_at[..10];
        assert!(links.iter().filter(midnight).count() >= 2);
        let mut per_event = BTreeMap::new();
        let mut sites_of_report = BTreeMap::new();
        for link in links {
            *per_event.entry((&link.report_id, link.event_seq)).or_insert(0) += 1;
            sites_of_report
                .entry(&link.report_id)
                .or_insert_with(BTreeSet::new)
                .insert(&link.site_id);
        }
        assert!(per_event.values().filter(|sessions| **sessions == 2).count() >= 4);
        assert!(sites_of_report.values().filter(|sites| sites.len() == 2).count() >= 2);
        assert!(links.iter().any(|link| link.time_gap_s == 3_600.0));
        assert!(
            links
                .iter()
                .all(|link| link.time_gap_s == 3_600.0 || link.time_gap_s < 3_599.0)
        );
    }
}

/// The links of each event.
fn linked_events(truth: &Truth) -> BTreeMap<(&str, i32), Vec<&crate::TrueLink>> {
    let mut events: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for link in &truth.links {
        let event = (link.report_id.as_str(), link.event_seq);
        events.entry(event).or_default().push(link);
    }
    events
}

#[test]
fn a_vpn_in_a_satellite_range_is_a_decoy_and_a_satellite_alone_links() {
    for (world, truth) in worlds() {
        let within = |kind: &str, address: Address| {
            let mut lists = RANGE_LISTS.iter().filter(|list| list.kind == kind);
            lists.any(|list| list.ranges.iter().any(|range| range.contains(address)))
        };
        let is_decoy = |report: &&Report| {
            let number = report.report_id.to_string();
            let mut decoys = truth.decoys.iter();
            decoys.any(|decoy| decoy.kind == "behind_vpn_in_satellite_range" && decoy.report_id == number)
        };
        let decoys: Vec<&Report> = world.reports.iter().filter(is_decoy).collect();
        assert_eq!(decoys.len(), 3 * world.options.size.scale().plantings);
        for (_, _, event) in decoys.iter().flat_map(|report| report.events()) {
            assert!(within("vpn", event.address) && within("satellite", event.address));
        }
        let linked: BTreeSet<&str> = truth.links.iter().map(|link| link.ip.as_str()).collect();
        let observed = world.observations.iter().map(|observation| observation.address);
        let satellite: BTreeSet<Address> = observed
            .filter(|address| within("satellite", *address) && !within("vpn", *address))
            .collect();
        assert!(satellite.iter().any(|address| address.as_v4().is_some()));
        assert!(satellite.iter().any(|address| address.as_v4().is_none()));
        assert!(
            satellite
                .iter()
                .all(|address| linked.contains(address.to_string().as_str()))
        );
    }
}

#[test]
fn an_address_at_two_versions_of_a_site_links_once_for_each_event_and_session() {
    let change = outline_changed().utc_text();
    for (world, truth) in worlds() {
        let mut versions: BTreeMap<&str, Vec<Option<&str>>> = BTreeMap::new();
        for site in &world.sites {
            versions.entry(&site.site_id).or_default().push(site.country);
        }
        versions.retain(|_, countries| countries.len() == 2);
        assert!(
            versions.values().eq([&[None, Some("XB")]]),
            "their countries differ"
        );
        let mut links_of: BTreeMap<&str, Vec<&crate::TrueLink>> = BTreeMap::new();
        let at_the_site = |link: &&crate::TrueLink| versions.contains_key(link.site_id.as_str());
        for link in truth.links.iter().filter(at_the_site) {
            links_of.entry(&link.ip).or_default().push(link);
        }
        links_of.retain(|_, links| {
            links.iter().any(|link| link.session_ended_at < change)
                && links.iter().any(|link| link.session_started_at >= change)
        });
        let event = |link: &&crate::TrueLink| (link.report_id.clone(), link.event_seq);
        let mut events: Vec<usize> = Vec::new();
        for links in links_of.values() {
            assert_eq!(links.len(), 2, "one link for each session");
            events.push(links.iter().map(event).collect::<BTreeSet<_>>().len());
        }
        events.sort_unstable();
        let plantings = world.options.size.scale().plantings;
        // One event while the version changes, and two events days apart.
        assert_eq!(events, [vec![1; plantings], vec![2; plantings]].concat());
    }
}

#[test]
fn an_opted_out_and_a_missing_id_are_two_sessions() {
    for (world, truth) in worlds() {
        let mut ids: BTreeMap<String, BTreeSet<DeviceId>> = BTreeMap::new();
        for observation in &world.observations {
            let address = observation.address.to_string();
            ids.entry(address).or_default().insert(observation.device.id);
        }
        let both = BTreeSet::from([DeviceId::OptedOut, DeviceId::Missing]);
        let two_links = linked_events(truth)
            .into_values()
            .filter(|links| links.len() == 2 && ids[&links[0].ip] == both);
        assert!(two_links.count() >= 1, "{:?}", world.options);
    }
}

/// The device of an address links although its id cannot be counted.
#[test]
fn an_opted_out_or_missing_id_links_alone() {
    for (world, truth) in worlds() {
        let linked: BTreeSet<&str> = truth.links.iter().map(|link| link.ip.as_str()).collect();
        let mut ids: BTreeMap<Address, BTreeSet<DeviceId>> = BTreeMap::new();
        for observation in &world.observations {
            ids.entry(observation.address)
                .or_default()
                .insert(observation.device.id);
        }
        for id in [DeviceId::OptedOut, DeviceId::Missing] {
            let alone = |(address, ids): (&Address, &BTreeSet<DeviceId>)| {
                ids.len() == 1 && ids.contains(&id) && linked.contains(address.to_string().as_str())
            };
            assert!(ids.iter().any(alone), "{id:?} of {:?}", world.options);
        }
    }
}

#[test]
fn the_funnel_narrows_where_it_should() {
    for (world, truth) in worlds() {
        let counts: Vec<usize> = truth.funnel.iter().map(|step| step.reports).collect();
        assert_eq!(counts.len(), 9);
        assert_eq!(counts[0], world.reports.len());
        assert!(counts.windows(2).all(|pair| pair[0] > pair[1]), "{counts:?}");
        let sextortion = world.reports.iter().filter(|report| report.sextortion).count();
        let linked: BTreeSet<&str> = truth.links.iter().map(|link| link.report_id.as_str()).collect();
        let linked_sextortion = world
            .reports
            .iter()
            .filter(|report| report.sextortion && linked.contains(report.report_id.to_string().as_str()))
            .count();
        assert!(linked_sextortion > 0 && sextortion > 2 * linked_sextortion);
    }
}

#[test]
fn amounts_are_those_of_the_size() {
    for (size, reports, observations) in [(Size::Tiny, 300, 20_000), (Size::Small, 3_000, 200_000)] {
        let world = generate(&options(5, size));
        assert_eq!(
            (world.reports.len(), world.observations.len()),
            (reports, observations)
        );
        let numbers: BTreeSet<u32> = world.reports.iter().map(|report| report.report_id).collect();
        assert_eq!(numbers.len(), reports);
        assert!(
            numbers
                .iter()
                .all(|number| (1_000_000..10_000_000).contains(number))
        );
    }
}

#[test]
fn addresses_are_synthetic_or_special() {
    let special = [
        Prefix::v4(10, 0, 0, 0, 8),
        Prefix::v4(100, 64, 0, 0, 10),
        Prefix::v4(127, 0, 0, 0, 8),
    ];
    let allowed = |address: Address| {
        ROUTABLE
            .iter()
            .chain(&special)
            .any(|prefix| prefix.contains(address))
            || address.0 >> 112 == 0xfe80
    };
    for (world, _) in worlds() {
        assert!(
            world
                .observations
                .iter()
                .all(|observation| allowed(observation.address))
        );
        let events = world.reports.iter().flat_map(|report| report.events());
        assert!(events.into_iter().all(|(_, _, event)| allowed(event.address)));
    }
}

/// Otherwise the answer would hang on how a geometry library rounds.
#[test]
fn no_device_stands_on_a_fence() {
    let world = generate(&options(3, Size::Tiny));
    for site in &world.sites {
        let near = |observation: &&crate::observation::Observation| {
            observation.position.distance_m(site.centre) < 2_000.0
        };
        for observation in world.observations.iter().filter(near) {
            for polygon in &site.polygons {
                for ring in polygon.holes.iter().chain([&polygon.outer]) {
                    assert!(
                        edge_distance_m(ring, observation.position) > 0.5,
                        "{}",
                        site.site_id
                    );
                }
            }
        }
    }
}

#[test]
fn pathologies_occur_that_are_only_flagged() {
    let files = written(options(8, Size::Tiny));
    let months = files.iter().filter(|(name, _)| name.starts_with("telemetry/"));
    let text: String = months
        .map(|(_, bytes)| String::from_utf8(bytes.clone()).unwrap())
        .collect();
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
    let count = |column: usize, value: &str| rows.iter().filter(|row| row[column] == value).count();
    assert!(count(0, "") >= 10, "rows without an id");
    assert!(count(0, "00000000-0000-0000-0000-000000000000") >= 100);
    assert!(count(2, "0") >= 10 && count(4, "-1") >= 10);
    assert!(
        rows.iter()
            .filter(|row| row[2].len() <= 6 && row[2] != "0" && row[3].len() <= 5)
            .count()
            >= 10
    );
    assert!(rows.iter().filter(|row| row[6].starts_with("::ffff:")).count() >= 100);
    assert!(rows.iter().filter(|row| row[6].ends_with(".0")).count() >= 10);
    let upper = rows
        .iter()
        .filter(|row| row[0].contains(|letter: char| letter.is_ascii_uppercase()))
        .count();
    assert!(upper > 1_000 && upper < rows.len() / 2);
}

#[test]
fn every_row_of_telemetry_has_the_columns_of_the_layout() {
    for (name, bytes) in written(options(9, Size::Tiny)) {
        if !name.starts_with("telemetry/") {
            continue;
        }
        for line in String::from_utf8(bytes).unwrap().lines() {
            let outside_quotes: String = line.split('"').step_by(2).collect();
            assert_eq!(outside_quotes.matches(',').count(), 17, "{name}");
            assert_eq!(line.matches('"').count() % 2, 0, "{name}");
        }
    }
}

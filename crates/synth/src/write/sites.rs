//! Sites as GeoJSON (RFC 7946): one feature for each version.

use std::path::Path;

use serde::Serialize;

use super::{pretty, write_file};
use crate::error::Error;
use crate::geography::{Polygon, Position};
use crate::site::Site;

#[derive(Serialize)]
struct FeatureCollection<'world> {
    r#type: &'static str,
    features: Vec<Feature<'world>>,
}

#[derive(Serialize)]
struct Feature<'world> {
    r#type: &'static str,
    properties: Properties<'world>,
    geometry: Geometry,
}

#[derive(Serialize)]
struct Properties<'world> {
    site_id: &'world str,
    name: &'world str,
    country: Option<&'world str>,
    status: &'static str,
    /// Absent where it is open, as is the other end where that is null.
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_from: Option<String>,
    valid_to: Option<String>,
    time_zone: &'world str,
}

type Coordinates = Vec<Vec<[f64; 2]>>;

#[derive(Serialize)]
#[serde(tag = "type", content = "coordinates")]
enum Geometry {
    Polygon(Coordinates),
    MultiPolygon(Vec<Coordinates>),
}

pub(super) fn write(sites: &[Site], folder: &Path) -> Result<(), Error> {
    let path = folder.join("sites.geojson");
    let collection = FeatureCollection {
        r#type: "FeatureCollection",
        features: sites.iter().map(feature).collect(),
    };
    // Compact within a feature would be shorter, indented is what tools for maps write.
    let text = pretty(&collection, &path)?;
    write_file(&path, &text)
}

fn feature(site: &Site) -> Feature<'_> {
    let geometry = match site.polygons.as_slice() {
        [polygon] => Geometry::Polygon(coordinates(polygon)),
        polygons => Geometry::MultiPolygon(polygons.iter().map(coordinates).collect()),
    };
    let properties = Properties {
        site_id: &site.site_id,
        name: &site.name,
        country: site.country,
        status: site.status.text(),
        valid_from: site.valid_from.map(|from| from.utc_text()),
        valid_to: site.valid_to.map(|to| to.utc_text()),
        time_zone: site.time_zone,
    };
    Feature {
        r#type: "Feature",
        properties,
        geometry,
    }
}

/// Longitude first; every ring repeats its first position at the end.
fn coordinates(polygon: &Polygon) -> Coordinates {
    let pair = |position: &Position| [position.lon(), position.lat()];
    let closed = |ring: &Vec<Position>| ring.iter().chain(ring.first()).map(pair).collect();
    [&polygon.outer]
        .into_iter()
        .chain(&polygon.holes)
        .map(closed)
        .collect()
}

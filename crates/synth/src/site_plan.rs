//! Making sites at sea, each with the places inside and beside its fence.

use crate::geography::{Polygon, Position, Triangle, band, fan, irregular_ring, shrunk};
use crate::moment::Moment;
use crate::options::Scale;
use crate::pool::Holder;
use crate::rng::Rng;
use crate::site::{Site, Status};

/// What a site is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trait {
    Ordinary,
    /// U-shaped: the space between its arms is outside.
    Notched,
    /// With a hole.
    Holed,
    TwoParts,
    /// The first version of a site that grew.
    Earlier,
    /// The second version of it.
    Later,
    /// Confirmed, with devices, but nothing is planted there.
    Quiet,
    /// Its validity ended within the period.
    Closed,
    Suspected,
    Control,
}

/// A site, and where to put devices.
#[derive(Debug, Clone)]
pub(crate) struct SitePlan {
    pub(crate) site: Site,
    pub(crate) purpose: Trait,
    /// Where devices there say they are, whether or not the site states it.
    pub(crate) country: &'static str,
    /// Covers the inside.
    pub(crate) solid: Vec<Triangle>,
    /// Places that an outline or an extent would take for inside: a hole, a notch, a later extension.
    pub(crate) void: Vec<Triangle>,
    pub(crate) provider: Holder,
}

impl SitePlan {
    /// Whether links are planted at the site.
    pub(crate) fn is_linkable(&self) -> bool {
        use Trait::{Earlier, Holed, Later, Notched, Ordinary, TwoParts};
        matches!(
            self.purpose,
            Ordinary | Notched | Holed | TwoParts | Earlier | Later
        )
    }
}

/// When the growing site's outline changed.
pub(crate) fn outline_changed() -> Moment {
    Moment::of_date(2025, 11, 15)
}

/// When the closed site was emptied.
pub(crate) fn site_closed() -> Moment {
    Moment::of_date(2025, 11, 5)
}

const ROSTER: [(Trait, &str, &str); 16] = [
    (Trait::Ordinary, "XA", "North Shoal"),
    (Trait::Notched, "XA", "Horseshoe Bank"),
    (Trait::Holed, "XA", "Ring Reef"),
    (Trait::Ordinary, "XB", "Grey Bank"),
    (Trait::TwoParts, "XB", "Twin Shoals"),
    (Trait::Earlier, "XB", "Growing Bar"),
    (Trait::Later, "XB", "Growing Bar"),
    (Trait::Ordinary, "XC", "Long Swell"),
    (Trait::Ordinary, "XC", "Kelp Ground"),
    (Trait::Quiet, "XC", "Still Water"),
    (Trait::Suspected, "XA", "Fog Bank"),
    (Trait::Control, "XB", "Pilot Station"),
    (Trait::Closed, "XA", "Old Mooring"),
    (Trait::Control, "XC", "Weather Buoy"),
    (Trait::Suspected, "XB", "Far Ledge"),
    (Trait::Ordinary, "XA", "East Spur"),
];

/// All sites of a world, one plan for each version.
pub(crate) fn make_sites(rng: &mut Rng, scale: Scale) -> Vec<SitePlan> {
    let mut plans: Vec<SitePlan> = Vec::new();
    let mut number = 0;
    for (purpose, country, name) in ROSTER {
        if purpose == Trait::Later {
            if let Some(earlier) = plans.last() {
                let later = grown(earlier);
                plans.push(later);
            }
            continue;
        }
        number += 1;
        plans.push(make_site(rng, purpose, country, name, number));
    }
    for further in 1..=scale.further_sites {
        number += 1;
        let country = rng.pick(&["XA", "XB", "XC"]);
        plans.push(make_site(
            rng,
            Trait::Ordinary,
            country,
            &format!("Shoal {further}"),
            number,
        ));
    }
    plans
}

fn make_site(rng: &mut Rng, purpose: Trait, country: &'static str, name: &str, number: usize) -> SitePlan {
    let centre = centre(rng, number);
    let (polygons, solid, void) = outline(rng, purpose, centre);
    let (time_zone, own_provider) = match country {
        "XA" => ("Etc/GMT-7", Holder::Xa),
        "XB" => ("Etc/GMT-6", Holder::Xb),
        _ => ("Etc/GMT-5", Holder::Xc),
    };
    // Most sites in XA are served from across the border.
    let crosses_border = country == "XA" && purpose != Trait::Holed;
    let site = Site {
        site_id: format!("S-{number:02}"),
        name: name.to_owned(),
        // The first version of the growing site does not state its country, the second does.
        country: (purpose != Trait::Earlier).then_some(country),
        status: match purpose {
            Trait::Suspected => Status::Suspected,
            Trait::Control => Status::Control,
            _ => Status::Confirmed,
        },
        valid_from: number.is_multiple_of(2).then(|| Moment::of_date(2025, 3, 1)),
        valid_to: match purpose {
            Trait::Earlier => Some(outline_changed()),
            Trait::Closed => Some(site_closed()),
            _ => None,
        },
        time_zone,
        polygons,
        centre,
    };
    let provider = if crosses_border { Holder::Xt } else { own_provider };
    SitePlan {
        site,
        purpose,
        country,
        solid,
        void,
        provider,
    }
}

/// Sites stand on a grid of about one degree, so that no two are near each other.
fn centre(rng: &mut Rng, number: usize) -> Position {
    let cell = (number * 37) as i64 % 180;
    let lat_e6 = -29_500_000 + cell / 20 * 1_000_000 + rng.between(-300_000, 300_000);
    let lon_e6 = 75_500_000 + cell % 20 * 1_000_000 - rng.between(-300_000, 300_000);
    Position { lat_e6, lon_e6 }
}

type Outline = (Vec<Polygon>, Vec<Triangle>, Vec<Triangle>);

fn outline(rng: &mut Rng, purpose: Trait, centre: Position) -> Outline {
    let radius_m = 130.0 + 250.0 * rng.unit();
    let roundness = rng.pick(&[0.55, 0.7, 0.96]);
    match purpose {
        Trait::Notched => horseshoe(centre, radius_m),
        Trait::Holed => {
            let outer = irregular_ring(rng, centre, radius_m, 0.8);
            let mut hole = shrunk(&outer, centre, 0.5);
            let (solid, void) = (band(&outer, &hole), fan(centre, &hole));
            // RFC 7946: holes run clockwise.
            hole.reverse();
            (
                vec![Polygon {
                    outer,
                    holes: vec![hole],
                }],
                solid,
                void,
            )
        }
        Trait::TwoParts => {
            let radius_m = radius_m.min(200.0) * 0.8;
            let west = centre.offset_m(-1.3 * radius_m, 0.0);
            let east = centre.offset_m(1.3 * radius_m, 15.0);
            let parts = [west, east].map(|centre| (centre, irregular_ring(rng, centre, radius_m, 0.7)));
            let solid = parts
                .iter()
                .flat_map(|(centre, ring)| fan(*centre, ring))
                .collect();
            let polygons = parts.map(|(_, outer)| Polygon {
                outer,
                holes: Vec::new(),
            });
            (polygons.to_vec(), solid, Vec::new())
        }
        Trait::Earlier => {
            let later = irregular_ring(rng, centre, radius_m, roundness);
            let outer = shrunk(&later, centre, 0.6);
            let (solid, void) = (fan(centre, &outer), band(&later, &outer));
            (
                vec![Polygon {
                    outer,
                    holes: Vec::new(),
                }],
                solid,
                void,
            )
        }
        _ => {
            let outer = irregular_ring(rng, centre, radius_m, roundness);
            let solid = fan(centre, &outer);
            (
                vec![Polygon {
                    outer,
                    holes: Vec::new(),
                }],
                solid,
                Vec::new(),
            )
        }
    }
}

/// A U of twelve vertices, open to the north.
fn horseshoe(centre: Position, radius_m: f64) -> Outline {
    let at = |east: f64, north: f64| centre.offset_m(east * radius_m, north * radius_m);
    let outer = vec![
        at(-0.8, -0.7),
        at(-0.3, -0.9),
        at(0.3, -0.9),
        at(0.8, -0.7),
        at(0.9, 0.0),
        at(0.8, 0.8),
        at(0.35, 0.8),
        at(0.35, 0.0),
        at(-0.35, 0.0),
        at(-0.35, 0.8),
        at(-0.8, 0.8),
        at(-0.9, 0.0),
    ];
    let quad = |corners: [usize; 4]| {
        let [a, b, c, d] = corners.map(|corner| outer[corner]);
        [Triangle([a, b, c]), Triangle([a, c, d])]
    };
    // The base below the arms, then the two arms; all of them convex.
    let solid = [[0, 1, 2, 3], [0, 3, 4, 11], [11, 8, 9, 10], [7, 4, 5, 6]]
        .into_iter()
        .flat_map(quad)
        .collect();
    let void = quad([8, 7, 6, 9]).to_vec();
    (
        vec![Polygon {
            outer,
            holes: Vec::new(),
        }],
        solid,
        void,
    )
}

/// The second version of a site that grew: its outline is what lay beside the first, and its country is stated.
fn grown(earlier: &SitePlan) -> SitePlan {
    let mut site = earlier.site.clone();
    site.valid_from = site.valid_to.take();
    site.country = Some(earlier.country);
    let centre = site.centre;
    site.polygons = site
        .polygons
        .iter()
        .map(|polygon| Polygon {
            outer: shrunk(&polygon.outer, centre, 1.0 / 0.6),
            holes: Vec::new(),
        })
        .collect();
    let mut solid = earlier.solid.clone();
    solid.extend(&earlier.void);
    SitePlan {
        site,
        purpose: Trait::Later,
        country: earlier.country,
        solid,
        void: Vec::new(),
        provider: earlier.provider,
    }
}

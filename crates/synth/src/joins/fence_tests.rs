use super::*;

fn square() -> Fence {
    let ring = vec![
        (0.0, 0.0),
        (2.0, 0.0),
        (2.0, 2.0),
        (1.0, 1.0),
        (0.0, 2.0),
        (0.0, 0.0),
    ];
    Fence {
        ring,
        bounds: [0.0, 0.0, 2.0, 2.0],
    }
}

#[test]
fn the_interior_is_without_its_border_and_notch() {
    let fence = square();
    for (lon, lat) in [(1.0, 0.5), (0.1, 1.8), (1.9, 1.8), (1.0, 0.999)] {
        assert!(fence.contains(lon, lat), "{lon} {lat}");
    }
    for (lon, lat) in [
        (1.0, 1.0),
        (1.0, 1.5),
        (0.0, 1.0),
        (1.0, 0.0),
        (2.0, 2.0),
        (0.5, 1.5),
        (3.0, 1.0),
        (1.0, -0.1),
    ] {
        assert!(!fence.contains(lon, lat), "{lon} {lat}");
    }
}

#[test]
fn a_ray_through_vertices_is_counted_once() {
    let ring = vec![(0.0, -1.0), (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)];
    let diamond = Fence {
        ring,
        bounds: [-1.0, -1.0, 1.0, 1.0],
    };
    assert!(diamond.contains(0.0, 0.0) && diamond.contains(-0.5, 0.0));
    assert!(!diamond.contains(0.9, 0.9) && !diamond.contains(0.5, 0.5));
}

#[test]
fn fences_are_simple_rings_of_the_promised_sizes() {
    let options = JoinsOptions {
        scale: 0.01,
        ..JoinsOptions::default()
    };
    let few = few(&options);
    assert_eq!(few.len(), 44);
    for fence in few.iter().chain(&many(&options)).chain(&most(&options)) {
        assert_eq!(fence.ring.first(), fence.ring.last());
        let mut draw = Draw::new(1, Stream::Town, 1);
        let (lon, lat) = fence.point(&mut draw);
        assert!(fence.contains(lon, lat));
        let [west, south, east, north] = fence.bounds;
        assert!(west > WEST && south > SOUTH && east < WEST + WIDTH && north < SOUTH + HEIGHT);
    }
    assert!(few.iter().all(|fence| (9..=25).contains(&fence.ring.len())));
    assert!(many(&options).iter().all(|fence| fence.ring.len() == 61));
    assert!(most(&options).iter().all(|fence| fence.ring.len() == 51));
}

//! A piece of an edge: straight in longitude and latitude, and how far a place is from it in metres.

use geo::Coord;

use super::spheroid::{
    self, Arrival, GREATEST_RADIUS_M, Place, Space, at_least_any, at_most, metres_per_radian, space,
};

/// A piece of an edge is measured as a whole from this size on, in degrees: so small that the distance from a place has
/// one minimum along it, or varies by less than a tenth of a millimetre between several.
const SHORT_DEGREES: f64 = 1.0 / 64.0;

/// The search for the nearest point of a piece ends when less than this can be gained.
const GAIN_M: f64 = 1e-6;

/// A straight line in longitude and latitude; a point if both ends are the same.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    pub(super) from: Place,
    pub(super) to: Place,
}

impl Piece {
    fn degrees(&self) -> (f64, f64) {
        let (from, to) = (self.from.coord, self.to.coord);
        (to.x - from.x, to.y - from.y)
    }

    /// Whether it can be measured as a whole.
    pub(super) fn is_short(&self) -> bool {
        let (lon, lat) = self.degrees();
        lon.abs().max(lat.abs()) <= SHORT_DEGREES
    }

    fn at(&self, share: f64) -> Coord {
        let (lon, lat) = self.degrees();
        let Coord { x, y } = self.from.coord;
        Coord {
            x: x + share * lon,
            y: y + share * lat,
        }
    }

    /// The middle of it.
    pub(super) fn middle(&self) -> Place {
        let (from, to) = (self.from.coord, self.to.coord);
        Place::anywhere(Coord {
            x: from.x.midpoint(to.x),
            y: from.y.midpoint(to.y),
        })
    }

    /// Its two halves.
    pub(super) fn halves(&self) -> [Self; 2] {
        let middle = self.middle();
        [
            Self {
                from: self.from,
                to: middle,
            },
            Self {
                from: middle,
                to: self.to,
            },
        ]
    }

    /// A length that it does not exceed, in metres.
    pub(super) fn length_at_most(&self) -> f64 {
        let (lon, lat) = self.degrees();
        lon.to_radians().hypot(lat.to_radians()) * GREATEST_RADIUS_M
    }

    /// How far it strays at most from the straight line through the earth between its ends, in metres.
    pub(super) fn sag(&self) -> f64 {
        let (lon, lat) = self.degrees();
        let angle = lon.abs().to_radians() + lat.abs().to_radians();
        // The error of a linear interpolation: an eighth of the second derivative, which is at most 1.02 angle².
        1.02 * angle * angle / 8.0 * GREATEST_RADIUS_M
    }

    /// A distance that the place is at least away from all of it.
    pub(super) fn at_least(&self, place: &Place) -> f64 {
        let (_, nearest) = self.chord(place);
        at_least_any(nearest - self.sag())
    }

    /// A distance that the place is at most away from the nearest of it.
    pub(super) fn at_most(&self, place: &Place) -> f64 {
        let (share, _) = self.chord(place);
        let there = space(self.at(share));
        at_most(spheroid::lengths(difference(there, place.space)).0)
    }

    /// Where on the straight line through the earth between its ends the place is nearest, and how far that is.
    fn chord(&self, place: &Place) -> (f64, f64) {
        let from = self.from.space;
        let along = difference(self.to.space, from);
        let away = difference(place.space, from);
        let square = dot(along, along);
        let share = if square > 0.0 {
            (dot(along, away) / square).clamp(0.0, 1.0)
        } else {
            0.0
        };
        let rest = [0, 1, 2].map(|axis| away[axis] - share * along[axis]);
        (share, dot(rest, rest).sqrt())
    }

    /// The least distance of the place from it, if it is short.
    ///
    /// The nearest point is an end, or the one at which the geodesic from the place meets the piece at a right angle. That
    /// one is found by false position (Illinois) on the derivative of half the squared distance, which is all but linear.
    pub(super) fn least(&self, place: &Place) -> f64 {
        const STEPS: usize = 60;
        let start = self.approach(place, self.from.coord);
        if self.from.coord == self.to.coord {
            return start.distance;
        }
        let end = self.approach(place, self.to.coord);
        let mut nearest = start.distance.min(end.distance);
        let (mut low, mut high) = ((0.0, start.pull()), (1.0, end.pull()));
        if low.1 >= 0.0 || high.1 <= 0.0 {
            return nearest;
        }
        let mut last_was_low = None;
        for _ in 0..STEPS {
            let width: f64 = high.0 - low.0;
            let share = low.0 + width * (low.1 / (low.1 - high.1));
            let between = self.approach(place, self.at(share));
            nearest = nearest.min(between.distance);
            if between.slope.abs() * width < GAIN_M {
                break;
            }
            let is_low = between.pull() < 0.0;
            let (moved, other) = if is_low {
                (&mut low, &mut high)
            } else {
                (&mut high, &mut low)
            };
            *moved = (share, between.pull());
            if last_was_low == Some(is_low) {
                other.1 /= 2.0;
            }
            last_was_low = Some(is_low);
        }
        nearest
    }

    /// How far the place is from a point of the piece, and how that changes along it.
    fn approach(&self, place: &Place, at: Coord) -> Approach {
        let Arrival {
            distance,
            north,
            east,
        } = place.arrival(at);
        let (lon, lat) = self.degrees();
        let (north_m, east_m) = metres_per_radian(at.y);
        Approach {
            distance,
            slope: north * north_m * lat.to_radians() + east * east_m * lon.to_radians(),
        }
    }
}

struct Approach {
    distance: f64,
    /// Metres of distance for the whole length of the piece.
    slope: f64,
}

impl Approach {
    fn pull(&self) -> f64 {
        self.distance * self.slope
    }
}

pub(super) fn difference(a: Space, b: Space) -> Space {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

pub(super) fn dot(a: Space, b: Space) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

#[cfg(test)]
#[path = "piece_tests.rs"]
mod tests;

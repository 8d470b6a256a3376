//! The edges of a geometry in blocks of neighbours, blocks of blocks, and so on: what a place is compared with.
//!
//! Edges that follow one another are near one another, so the blocks are runs of them as they stand: nothing is sorted, the
//! blocks take a fraction of the memory of the positions, and to make them costs little more than to read the positions once.

use geo::{Coord, Geometry, LineString, Polygon};

use tieline_index::fences::{Crossing, crossing};

use super::near::PLANE_ROUNDING;
use super::piece::Piece;
use super::spheroid::{Place, Space, lengths, on_the_globe};

/// How many edges, or blocks, are in a block.
const BLOCK: usize = 16;

/// A block that holds no smaller ones: `level` 0.
const LOWEST: usize = 0;

/// The edges of a geometry.
pub(crate) struct Edges {
    places: Vec<Place>,
    chains: Vec<Chain>,
    /// The blocks of edges, the blocks of those, …, the one block of everything; nothing for an empty geometry.
    levels: Vec<Vec<Block>>,
}

/// A ring, a line or a point: positions that follow one another.
struct Chain {
    /// The position after its last one.
    end: usize,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    Exterior,
    /// A hole in the polygon whose exterior is that chain.
    Interior(usize),
    LineOrPoint,
}

/// Bounds of some edges.
#[derive(Clone, Copy)]
pub(super) struct Block {
    least: Coord,
    most: Coord,
    space: Cuboid,
}

/// A box in space.
#[derive(Clone, Copy)]
pub(super) struct Cuboid {
    least: Space,
    most: Space,
}

/// Where a block stands.
#[derive(Clone, Copy)]
pub(super) struct BlockAt {
    level: usize,
    index: usize,
}

/// What a block is made of.
pub(super) enum Contents {
    Blocks(usize, std::ops::Range<usize>),
    Edges(std::ops::Range<usize>),
}

impl Edges {
    /// Takes a geometry; `None` unless all of its positions are on the globe.
    pub(super) fn try_new(geometry: &Geometry) -> Option<Self> {
        let edges = Self::anywhere(geometry);
        // Not left to the bounds of the geometry, which leave out a hole that an invalid polygon has outside of itself.
        let are_on_the_globe = edges.places.iter().all(|place| on_the_globe(place.coord));
        are_on_the_globe.then_some(edges)
    }

    /// The same, also of positions that are not on the globe: then only what is asked in degrees has an answer.
    pub(super) fn anywhere(geometry: &Geometry) -> Self {
        let mut edges = Self {
            places: Vec::new(),
            chains: Vec::new(),
            levels: Vec::new(),
        };
        edges.add(geometry);
        edges.places.shrink_to_fit();
        edges.chains.shrink_to_fit();
        edges.build();
        edges.levels.shrink_to_fit();
        edges
    }

    /// Memory that they hold apart from themselves.
    pub(super) fn bytes(&self) -> usize {
        let blocks = self
            .levels
            .iter()
            .map(|level| level.capacity() * size_of::<Block>());
        self.places.capacity() * size_of::<Place>()
            + self.chains.capacity() * size_of::<Chain>()
            + self.levels.capacity() * size_of::<Vec<Block>>()
            + blocks.sum::<usize>()
    }

    fn add(&mut self, geometry: &Geometry) {
        match geometry {
            Geometry::Point(point) => self.add_chain(&[point.0], Kind::LineOrPoint),
            Geometry::MultiPoint(points) => {
                for point in points {
                    self.add_chain(&[point.0], Kind::LineOrPoint);
                }
            }
            Geometry::LineString(line) => self.add_chain(&line.0, Kind::LineOrPoint),
            Geometry::MultiLineString(lines) => {
                for line in lines {
                    self.add_chain(&line.0, Kind::LineOrPoint);
                }
            }
            Geometry::Polygon(polygon) => self.add_polygon(polygon),
            Geometry::MultiPolygon(polygons) => {
                for polygon in polygons {
                    self.add_polygon(polygon);
                }
            }
            Geometry::GeometryCollection(members) => {
                for member in members {
                    self.add(member);
                }
            }
            Geometry::Line(line) => self.add_chain(&[line.start, line.end], Kind::LineOrPoint),
            Geometry::Rect(rect) => self.add_polygon(&rect.to_polygon()),
            Geometry::Triangle(triangle) => self.add_polygon(&triangle.to_polygon()),
        }
    }

    fn add_polygon(&mut self, polygon: &Polygon) {
        let exterior = self.chains.len();
        self.add_chain(&polygon.exterior().0, Kind::Exterior);
        for LineString(interior) in polygon.interiors() {
            self.add_chain(interior, Kind::Interior(exterior));
        }
    }

    fn add_chain(&mut self, positions: &[Coord], kind: Kind) {
        // An empty point is one whose coordinates are NaN.
        if positions.is_empty() || positions[0].x.is_nan() {
            return;
        }
        let places = positions.iter().map(|position| Place::anywhere(*position));
        self.places.extend(places);
        self.chains.push(Chain {
            end: self.places.len(),
            kind,
        });
    }

    fn build(&mut self) {
        let mut blocks: Vec<Block> = Vec::with_capacity(self.places.len().div_ceil(BLOCK));
        for start in (0..self.places.len()).step_by(BLOCK) {
            let end = self.places.len().min(start + BLOCK);
            let mut block = Block::EMPTY;
            self.for_each_edge(start..end, |_, edge| block.add_edge(&edge));
            blocks.push(block);
        }
        while blocks.len() > 1 {
            let above = blocks.chunks(BLOCK).map(Block::of).collect();
            self.levels.push(std::mem::replace(&mut blocks, above));
        }
        if !blocks.is_empty() {
            self.levels.push(blocks);
        }
    }

    /// The edge from each of these positions to the next of its chain, with the chain's index; from a last position to itself,
    /// so that a point has an edge too.
    pub(super) fn for_each_edge(&self, range: std::ops::Range<usize>, mut visit: impl FnMut(usize, Piece)) {
        let mut chain = self.chains.partition_point(|chain| chain.end <= range.start);
        for at in range {
            if at == self.chains[chain].end {
                chain += 1;
            }
            let next = (at + 1).min(self.chains[chain].end - 1);
            visit(
                chain,
                Piece {
                    from: self.places[at],
                    to: self.places[next],
                },
            );
        }
    }

    /// How many positions there are.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// The block of everything; `None` if there is nothing.
    pub(super) fn whole(&self) -> Option<(BlockAt, &Block)> {
        let level = self.levels.len().checked_sub(1)?;
        Some((BlockAt { level, index: 0 }, self.levels[level].first()?))
    }

    /// A block of a level.
    pub(super) fn block(&self, level: usize, index: usize) -> (BlockAt, &Block) {
        (BlockAt { level, index }, &self.levels[level][index])
    }

    /// The bounds of a block.
    pub(super) fn bounds(&self, at: BlockAt) -> &Block {
        &self.levels[at.level][at.index]
    }

    /// A position that is in a block.
    pub(super) fn position_in(&self, at: BlockAt) -> Coord {
        let edges_per_block = BLOCK.pow(u32::try_from(at.level).unwrap_or(u32::MAX) + 1);
        self.places[at.index * edges_per_block].coord
    }

    /// What is in a block.
    pub(super) fn contents(&self, at: BlockAt) -> Contents {
        let start = at.index * BLOCK;
        if at.level == LOWEST {
            return Contents::Edges(start..self.places.len().min(start + BLOCK));
        }
        let below = at.level - 1;
        Contents::Blocks(below, start..self.levels[below].len().min(start + BLOCK))
    }

    /// Whether a position lies in the geometry or on its boundary, as `st_covers` sees it.
    pub(crate) fn covers(&self, position: Coord) -> bool {
        let mut placement = Placement {
            position,
            chain: None,
            odd: false,
            touched: false,
            polygon: None,
            inside: false,
        };
        match self.whole() {
            Some((at, block)) if block.may_place(position) => {
                self.place_in(at, &mut placement) || {
                    placement.finish_chain(&self.chains) || placement.inside
                }
            }
            _ => false,
        }
    }

    /// Looks at the edges of a block that decide where a position lies; true as soon as it is covered.
    fn place_in(&self, at: BlockAt, placement: &mut Placement) -> bool {
        match self.contents(at) {
            Contents::Blocks(level, range) => {
                for index in range {
                    let (child, block) = self.block(level, index);
                    if block.may_place(placement.position) && self.place_in(child, placement) {
                        return true;
                    }
                }
                false
            }
            Contents::Edges(range) => {
                let mut covered = false;
                self.for_each_edge(range, |chain, edge| {
                    covered = covered || placement.look_at(&self.chains, chain, &edge);
                });
                covered
            }
        }
    }
}

/// Where a position lies, as far as the edges looked at decide. They come chain by chain, an exterior before its interiors.
struct Placement {
    position: Coord,
    /// The chain whose edges are being looked at.
    chain: Option<usize>,
    /// Whether a ray from the position crosses that ring an odd number of times.
    odd: bool,
    /// Whether the position is on that chain.
    touched: bool,
    /// The polygon whose rings are being looked at, by its exterior.
    polygon: Option<usize>,
    /// Whether an odd number of its rings so far has the position inside.
    inside: bool,
}

impl Placement {
    /// True once the position is known to be covered.
    fn look_at(&mut self, chains: &[Chain], chain: usize, edge: &Piece) -> bool {
        if self.chain != Some(chain) {
            if self.finish_chain(chains) {
                return true;
            }
            self.chain = Some(chain);
        }
        let Coord { x, y } = self.position;
        let (from, to) = (edge.from.coord, edge.to.coord);
        if y < from.y.min(to.y) || y > from.y.max(to.y) || x > from.x.max(to.x) {
            return false;
        }
        match crossing([from.x, from.y], [to.x, to.y], x, y) {
            Crossing::No => {}
            Crossing::Yes => self.odd = !self.odd,
            Crossing::On => self.touched = true,
        }
        false
    }

    /// Draws the conclusion from the chain that has been looked at; true if it covers the position.
    fn finish_chain(&mut self, chains: &[Chain]) -> bool {
        let Some(chain) = self.chain.take() else {
            return false;
        };
        let (touched, odd) = (std::mem::take(&mut self.touched), std::mem::take(&mut self.odd));
        let covered_before = match chains[chain].kind {
            Kind::LineOrPoint => false,
            Kind::Exterior => self.enter(chain, odd),
            Kind::Interior(exterior) if self.polygon == Some(exterior) => {
                self.inside ^= odd;
                false
            }
            Kind::Interior(exterior) => self.enter(exterior, odd),
        };
        covered_before || touched
    }

    /// Goes on to another polygon; true if the one before covers the position.
    fn enter(&mut self, polygon: usize, inside: bool) -> bool {
        self.polygon = Some(polygon);
        std::mem::replace(&mut self.inside, inside)
    }
}

impl Block {
    const EMPTY: Self = Self {
        least: Coord {
            x: f64::INFINITY,
            y: f64::INFINITY,
        },
        most: Coord {
            x: f64::NEG_INFINITY,
            y: f64::NEG_INFINITY,
        },
        space: Cuboid {
            least: [f64::INFINITY; 3],
            most: [f64::NEG_INFINITY; 3],
        },
    };

    fn of(blocks: &[Self]) -> Self {
        let mut whole = Self::EMPTY;
        for block in blocks {
            whole.add(block.least, &block.space.least, 0.0);
            whole.add(block.most, &block.space.most, 0.0);
        }
        whole
    }

    fn add_edge(&mut self, edge: &Piece) {
        let sag = edge.sag();
        self.add(edge.from.coord, &edge.from.space, sag);
        self.add(edge.to.coord, &edge.to.space, sag);
    }

    fn add(&mut self, coord: Coord, space: &Space, sag: f64) {
        self.least.x = self.least.x.min(coord.x);
        self.least.y = self.least.y.min(coord.y);
        self.most.x = self.most.x.max(coord.x);
        self.most.y = self.most.y.max(coord.y);
        for (axis, value) in space.iter().enumerate() {
            self.space.least[axis] = self.space.least[axis].min(value - sag);
            self.space.most[axis] = self.space.most[axis].max(value + sag);
        }
    }

    /// Whether an edge of it can decide where a position lies: one that reaches its latitude, and not only west of it.
    fn may_place(&self, position: Coord) -> bool {
        self.least.y <= position.y && position.y <= self.most.y && position.x <= self.most.x
    }

    /// False only if none of its edges is within so many degrees of a position, as that is computed.
    pub(super) fn may_be_within_degrees(&self, Coord { x, y }: Coord, limit: f64) -> bool {
        let (least, most) = (self.least, self.most);
        let away = (x - x.max(least.x).min(most.x)).hypot(y - y.max(least.y).min(most.y));
        let farthest = x.abs().max(y.abs()).max(least.x.abs()).max(least.y.abs());
        let size = (most.x - least.x).abs().max((most.y - least.y).abs());
        let rounding = PLANE_ROUNDING * (limit + farthest + size);
        // What is no number is not away.
        away <= limit + rounding || (away - rounding).is_nan()
    }

    /// Its box in space.
    pub(super) fn space(&self) -> &Cuboid {
        &self.space
    }
}

impl Cuboid {
    /// The way from a position to the box.
    pub(super) fn way_from(&self, from: Space) -> Space {
        [0, 1, 2].map(|axis| from[axis] - from[axis].clamp(self.least[axis], self.most[axis]))
    }

    /// The length of the longest line in it.
    pub(super) fn diagonal(&self) -> f64 {
        lengths([0, 1, 2].map(|axis| self.most[axis] - self.least[axis])).0
    }

    /// The least of how far a direction leads from a position to anywhere in the box.
    pub(super) fn least_along(&self, direction: Space, from: Space) -> f64 {
        [0, 1, 2]
            .map(|axis| {
                f64::min(
                    direction[axis] * (self.least[axis] - from[axis]),
                    direction[axis] * (self.most[axis] - from[axis]),
                )
            })
            .iter()
            .sum()
    }
}

#[cfg(test)]
#[path = "edges_tests.rs"]
mod tests;

"""Invents fences and the points that are hardest to place: on vertices and edges, and one step beside them.

usage: world.py FOLDER FENCES SITES SEED

Writes fences.csv (id, kind, wkb) and points.csv (id, fence, near, lon, lat, wkb) into FOLDER. `fence` is the
fence that a point was made for; `near` is 1 where the point is on a vertex or an edge of that fence or one step
beside it. Every coordinate is written so that it is read back bit by bit; the WKB says what it is to be read as.

Everything lies at sea or is nothing but coordinates (poles, antimeridian), and every fence is a valid geometry.
"""

from __future__ import annotations

import math
import random
import struct
import sys
from bisect import bisect_right
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

Point = tuple[float, float]
Ring = list[Point]  # the first vertex is not repeated
Polygon = list[Ring]  # the exterior first
Fence = list[Polygon]

WEST, SOUTH, EAST, NORTH = -29.0, -9.0, -21.0, 9.0
RANDOM_POINTS = 30
"""Points of each fence that are only in or about its box."""


def steps(number: float, count: int) -> float:
    """The number so many representable ones above, or below."""
    for _ in range(abs(count)):
        number = math.nextafter(number, math.copysign(math.inf, count))
    return number


def turn(a: Point, b: Point, c: Point) -> Fraction:
    """Twice the area of a triangle, exactly."""
    (ax, ay), (bx, by), (cx, cy) = [tuple(map(Fraction, point)) for point in (a, b, c)]
    return (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)


class Shapes:
    """Makes one fence after the other."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.fences: list[tuple[str, Fence]] = []

    def centre(self) -> Point:
        return self.random.uniform(WEST, EAST), self.random.uniform(SOUTH, NORTH)

    def radius(self) -> float:
        """In degrees: half a metre to fifty kilometres."""
        return 5e-6 * 1e5 ** self.random.random()

    def star(self, centre: Point, radius: float, vertices: int, least: float = 0.5) -> Ring:
        """A ring around a place, its vertices at `least` to all of the radius."""
        ring = []
        for vertex in range(vertices):
            angle = math.tau * (vertex + 0.8 * self.random.random()) / vertices
            distance = radius * self.random.uniform(least, 1.0)
            ring.append((centre[0] + distance * math.cos(angle), centre[1] + distance * math.sin(angle)))
        return ring

    def toward(self, point: Point, centre: Point, share: float) -> Point:
        return point[0] + (centre[0] - point[0]) * share, point[1] + (centre[1] - point[1]) * share

    def dyadic(self) -> tuple[float, float, float]:
        """A place and a unit, of few enough bits that small multiples of the unit are added exactly."""
        unit = 2.0 ** self.random.randint(-18, -3)
        x, y = self.centre()
        return math.floor(x / unit) * unit, math.floor(y / unit) * unit, unit

    # One function a kind.

    def convex(self) -> Fence:
        return [[self.star(self.centre(), self.radius(), self.random.randint(3, 60), 1.0)]]

    def concave(self) -> Fence:
        return [[self.star(self.centre(), self.radius(), self.random.randint(7, 90))]]

    def spiky(self) -> Fence:
        return [[self.star(self.centre(), self.radius(), self.random.randint(9, 60), 0.02)]]

    def country(self) -> Fence:
        return [[self.star(self.centre(), self.random.uniform(0.5, 4.0), self.random.randint(40, 200), 0.7)]]

    def holed(self) -> Fence:
        centre, radius = self.centre(), self.radius()
        hole = self.star(centre, radius * 0.4, self.random.randint(4, 20))
        return [[self.star(centre, radius, self.random.randint(14, 50)), hole]]

    def touching_hole(self) -> Fence:
        """A hole that touches the exterior at a vertex, and another that touches the first."""
        centre, radius = self.centre(), self.radius()
        shell = self.star(centre, radius, self.random.randint(9, 30), 1.0)
        inner = [self.toward(vertex, centre, 0.5) for vertex in shell]
        third = len(shell) // 3
        return [[shell, [shell[0], centre, inner[1]], [centre, inner[third], inner[third + 1]]]]

    def hole_on_an_edge(self) -> Fence:
        """A hole that touches the middle of a horizontal edge."""
        x, y, unit = self.dyadic()
        shell = [(x, y), (x + 8 * unit, y), (x + 8 * unit, y + 8 * unit), (x, y + 8 * unit)]
        hole = [(x + 3 * unit, y), (x + 5 * unit, y + 4 * unit), (x + 2 * unit, y + 5 * unit)]
        return [[shell, hole]]

    def parts(self) -> Fence:
        """A shell with a hole, an island in it, and two parts beside it."""
        centre, radius = self.centre(), self.radius()
        shell = self.star(centre, radius, 30)
        hole, island = self.star(centre, radius * 0.4, 12), self.star(centre, radius * 0.15, 8)
        beside = [(centre[0] + 2.5 * radius * side, centre[1] + radius * side) for side in (-1, 1)]
        return [[shell, hole], [island], *([self.star(place, radius, 20)] for place in beside)]

    def touching_parts(self) -> Fence:
        """Parts that touch at a corner, as on a chessboard."""
        x, y, unit = self.dyadic()
        squares = [(column, row) for column in range(4) for row in range(4) if (column + row) % 2 == 0]
        corners = [(0, 0), (1, 0), (1, 1), (0, 1)]
        return [
            [[(x + (column + i) * unit, y + (row + j) * unit) for i, j in corners]] for column, row in squares
        ]

    def comb(self) -> Fence:
        """Horizontal and vertical edges alone."""
        x, y, unit = self.dyadic()
        teeth = self.random.randint(2, 12)
        ring = [(x, y)]
        for tooth in range(teeth):
            left, top = x + 2 * tooth * unit, y + self.random.randint(4, 20) * unit
            ring += [(left, top), (left + unit, top)]
            if tooth + 1 < teeth:
                bottom = y + self.random.randint(1, 3) * unit
                ring += [(left + unit, bottom), (left + 2 * unit, bottom)]
        return [[[*ring, (ring[-1][0], y)]]]

    def collinear(self) -> Fence:
        """A triangle with many vertices along its edges, exactly."""
        x, y, unit = self.dyadic()
        while True:
            ends = [(self.random.randint(-30, 30), self.random.randint(-30, 30)) for _ in range(3)]
            if turn(*[(float(i), float(j)) for i, j in ends]) != 0:
                break
        ring = []
        for number, (i, j) in enumerate(ends):
            next_i, next_j = ends[(number + 1) % 3]
            for eighth in [0, *sorted(self.random.sample(range(1, 8), self.random.randint(0, 7)))]:
                column, row = 8 * i + (next_i - i) * eighth, 8 * j + (next_j - j) * eighth
                ring.append((x + column * unit, y + row * unit))
        return [[ring]]

    def sliver(self) -> Fence:
        """A triangle of a few steps' width."""
        centre, radius = self.centre(), 10 * self.radius()
        while True:
            a, b = self.star(centre, radius, 2)
            x, y = self.toward(a, b, self.random.random())
            c = (steps(x, self.random.randint(-20, 20)), steps(y, self.random.randint(-20, 20)))
            if turn(a, b, c) != 0:
                return [[[a, b, c]]]

    def ribbon(self) -> Fence:
        """A long quadrilateral one to a hundred steps high."""
        a, b = self.star(self.centre(), 10 * self.radius(), 2)
        up = self.random.choice([1, 2, 3, 10, 100])
        return [[[a, b, (b[0], steps(b[1], up)), (a[0], steps(a[1], up))]]]

    def strip(self) -> Fence:
        """A rectangle one to three steps wide."""
        (x, y), length, width = self.centre(), self.radius(), self.random.randint(1, 3)
        ends = (x, steps(x, width), y, y + length)
        if self.random.random() < 0.5:
            ends = (x, x + length, y, steps(y, width))
        west, east, south, north = ends
        return [[[(west, south), (east, south), (east, north), (west, north)]]]

    def at_zero(self) -> Fence:
        """Vertices and edges at zero, where a step is the smallest number that there is."""
        longitude, radius = self.centre()[0], self.radius()
        ends = [(longitude - 1.5 * radius, 0.0), (longitude, -2.0 * radius), (longitude + 1.5 * radius, 0.0)]
        top = self.random.choice([2.0 * radius, 1e-300, 5e-324, None])
        if top is not None:
            return [[[*ends, (longitude, top)]]]
        ring = self.star((longitude, 0.0), radius, self.random.randint(5, 25))
        ring[0] = (ring[0][0], 0.0)
        return [[ring]]

    def shared(self) -> Fence:
        """A triangle of vertices of an earlier fence, most of whose edges cross that fence."""
        while True:
            _, fence = self.random.choice(self.fences)
            ring = fence[0][0]
            corners = self.random.sample(ring, 3)
            if turn(*corners) != 0:
                return [[corners]]

    def overlapping(self) -> Fence:
        """A fence around a vertex of an earlier one."""
        _, fence = self.random.choice(self.fences)
        return [[self.star(self.random.choice(fence[0][0]), self.radius(), self.random.randint(4, 40))]]

    def rim(self) -> Fence:
        """At a pole or at the antimeridian, which are places like others on a plane."""
        radius = self.radius()
        x, y = self.random.choice([180.0, -180.0, 0.0]), self.random.choice([90.0, -90.0])
        inward = -math.copysign(radius, x), -math.copysign(radius, y)
        ring = [(x, y), (x + inward[0], y), (x + inward[0] * self.random.random(), y + inward[1])]
        ring.append((x, y + inward[1] * self.random.random()))
        if self.random.random() < 0.3:
            y = self.random.uniform(-80.0, 80.0)
            ring = [(-180.0, y), (180.0, y + radius), (180.0, y + 2 * radius), (0.0, y + radius)]
        return [[ring]]

    def tiles(self, side: int) -> list[Fence]:
        """Quadrilaterals without gaps, which have every edge and vertex in common with their neighbours."""
        x, y, width = *self.centre(), self.random.uniform(0.001, 0.1)
        wobble = [
            [(self.random.uniform(-0.24, 0.24), self.random.uniform(-0.24, 0.24)) for _ in range(side + 1)]
            for _ in range(side + 1)
        ]

        # So little that every quadrilateral is simple.
        def corner(i: int, j: int) -> Point:
            right, up = wobble[i][j]
            return x + (i + right) * width, y + (j + up) * width

        return [
            [[[corner(i, j), corner(i + 1, j), corner(i + 1, j + 1), corner(i, j + 1)]]]
            for i in range(side)
            for j in range(side)
        ]

    def all(self, count: int) -> list[tuple[str, Fence]]:
        """That many fences at least."""
        side = max(2, math.isqrt(count // 10))
        self.fences += [("tiles", tile) for tile in self.tiles(side)]
        kinds: list[tuple[Callable[[], Fence], int]] = [
            (self.convex, 10), (self.concave, 10), (self.spiky, 8), (self.country, 1), (self.holed, 8),
            (self.touching_hole, 6), (self.hole_on_an_edge, 3), (self.parts, 4), (self.touching_parts, 3),
            (self.comb, 6), (self.collinear, 6), (self.sliver, 6), (self.ribbon, 5), (self.strip, 4),
            (self.at_zero, 5), (self.shared, 6), (self.overlapping, 8), (self.rim, 5),
        ]  # fmt: skip
        ends = [sum(weight for _, weight in kinds[: number + 1]) for number in range(len(kinds))]
        # One of each, then by weight.
        for number in range(max(count - len(self.fences), len(kinds))):
            place = number if number < len(kinds) else bisect_right(ends, self.random.randrange(ends[-1]))
            make = kinds[place][0]
            self.fences.append((make.__name__, make()))
        return self.fences


def on_the_edge(numbers: random.Random, a: Point, b: Point) -> Point:
    """A place on an edge, as near as there is one: exactly on it if that is horizontal, vertical or halved exactly."""
    halves = (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
    if numbers.random() < 0.2 and turn(a, b, halves) == 0:
        return halves
    # The coordinate that changes more is chosen, and the other one is the nearest to the edge that there is.
    first = 0 if abs(b[0] - a[0]) >= abs(b[1] - a[1]) else 1
    low, high = sorted((a[first], b[first]))
    one = min(max(numbers.uniform(low, high), low), high)
    slope = (Fraction(b[1 - first]) - Fraction(a[1 - first])) / (Fraction(b[first]) - Fraction(a[first]))
    other = float(Fraction(a[1 - first]) + (Fraction(one) - Fraction(a[first])) * slope)
    return (one, other) if first == 0 else (other, one)


def points_of(numbers: random.Random, fence: Fence, sites: int) -> list[tuple[int, Point]]:
    """The points of one fence, and whether each is near the boundary: nine a site, and some in or about the box."""
    rings = [ring for polygon in fence for ring in polygon]
    vertices = [vertex for ring in rings for vertex in ring]
    edges = [edge for ring in rings for edge in zip(ring, ring[1:] + ring[:1])]
    on = numbers.sample(vertices, min(len(vertices), sites // 2))
    on += [on_the_edge(numbers, *numbers.choice(edges)) for _ in range(sites - len(on))]
    moves = [(i, j) for i in (0, -1, 1) for j in (0, -1, 1)]
    points = [(1, (steps(x, i), steps(y, j))) for x, y in on for i, j in moves]
    xs, ys = zip(*vertices)
    box = min(xs), max(xs), min(ys), max(ys)
    wide, high = 0.1 * (box[1] - box[0]), 0.1 * (box[3] - box[2])
    for number in range(RANDOM_POINTS):
        x = numbers.uniform(box[0] - wide, box[1] + wide)
        y = numbers.uniform(box[2] - high, box[3] + high)
        # A third at the height of a vertex, where a ray meets two edges, and some below one.
        if number % 3 == 0:
            y = numbers.choice(vertices)[1]
        elif number % 6 == 1:
            x = numbers.choice(vertices)[0]
        points.append((0, (x, y)))
    return points


def wkb(fence: Fence) -> str:
    """A polygon, or several, in hexadecimal digits."""
    polygons = [
        struct.pack("<BII", 1, 3, len(polygon))
        + b"".join(
            struct.pack("<I", len(ring) + 1) + b"".join(struct.pack("<dd", *at) for at in [*ring, ring[0]])
            for ring in polygon
        )
        for polygon in fence
    ]
    whole = polygons[0] if len(fence) == 1 else struct.pack("<BII", 1, 6, len(fence)) + b"".join(polygons)
    return whole.hex()


def main() -> None:
    folder, (count, sites, seed) = Path(sys.argv[1]), map(int, sys.argv[2:])
    fences = Shapes(seed).all(count)
    numbers = random.Random(seed + 1)
    number = 0
    with open(folder / "fences.csv", "w") as fence_file, open(folder / "points.csv", "w") as point_file:
        print("id,kind,wkb", file=fence_file)
        print("id,fence,near,lon,lat,wkb", file=point_file)
        for row, (kind, fence) in enumerate(fences):
            print(row, kind, wkb(fence), sep=",", file=fence_file)
            for near, (x, y) in points_of(numbers, fence, sites):
                digits = struct.pack("<BIdd", 1, 1, x, y).hex()
                print(number, row, near, repr(x), repr(y), digits, sep=",", file=point_file)
                number += 1


if __name__ == "__main__":
    main()

"""Places every point by exact arithmetic, and says who found other pairs: Tieline, PostGIS or neither.

usage: compare.py FOLDER

Reads the world that world.py wrote and every <engine>-<how>.<predicate>.csv (point, fence) in FOLDER, writes the
pairs in which any of them differs from exact arithmetic to differences.csv there, and prints how many those are.
The exit code is 1 if Tieline is among them, else 0.

The arbiter shares nothing with what it judges: a number of 64 bits is a whole number of 2^-1074, and with whole
numbers Python is exact.
"""

from __future__ import annotations

import struct
import sys
from bisect import bisect_left, bisect_right
from collections import Counter
from pathlib import Path

OUTSIDE, BOUNDARY, INSIDE = range(3)
PREDICATES = {
    "st_contains": {INSIDE},
    "st_within": {INSIDE},
    "st_covers": {INSIDE, BOUNDARY},
    "st_coveredby": {INSIDE, BOUNDARY},
    "st_intersects": {INSIDE, BOUNDARY},
}
TINY = 1e-200
EDGES_PER_SLAB = 4

Vertex = tuple[float, float]
Wrong = dict[tuple[str, str], set[int]]  # by whose answer and predicate


def whole(number: float) -> int:
    """A number in units of 2^-1074, the smallest one."""
    numerator, denominator = number.as_integer_ratio()
    return numerator << (1075 - denominator.bit_length())


class Polygon:
    """Where points are of one polygon."""

    def __init__(self, rings: list[list[Vertex]]) -> None:
        edges = [edge for ring in rings for edge in zip(ring, ring[1:])]
        heights = [y for ring in rings for _, y in ring]
        self.south, self.north = min(heights), max(heights)
        self.slabs: list[list] = [[] for _ in range(len(edges) // EDGES_PER_SLAB + 1)]
        for (ax, ay), (bx, by) in edges:
            edge = ax, ay, bx, by, whole(ax), whole(ay), whole(bx), whole(by)
            for slab in range(self.slab(min(ay, by)), self.slab(max(ay, by)) + 1):
                self.slabs[slab].append(edge)

    def slab(self, y: float) -> int:
        """A higher point is never in a lower slab, however the division is rounded."""
        share = (y - self.south) / (self.north - self.south)
        return min(int(share * len(self.slabs)), len(self.slabs) - 1)

    def place(self, x: float, y: float) -> int:
        """By the edges that a ray to the east crosses: an odd number is inside."""
        if not self.south <= y <= self.north:
            return OUTSIDE
        inside, exact = False, None
        for ax, ay, bx, by, whole_ax, whole_ay, whole_bx, whole_by in self.slabs[self.slab(y)]:
            # Comparisons are exact, and most edges are wholly above, below, west or east of the point.
            if (y < ay and y < by) or (y > ay and y > by) or (x > ax and x > bx):
                continue
            crosses = (ay > y) != (by > y)
            if x < ax and x < bx:
                inside ^= crosses
                continue
            exact = exact or (whole(x), whole(y))
            right, up = exact[0] - whole_ax, exact[1] - whole_ay
            turn = (whole_bx - whole_ax) * up - (whole_by - whole_ay) * right
            # The point is in the edge's box, so on the line is on the edge.
            if turn == 0:
                return BOUNDARY
            inside ^= crosses and (turn > 0) == (by > ay)
        return INSIDE if inside else OUTSIDE


def polygons_of(wkb: bytes) -> list[list[list[Vertex]]]:
    """The rings of each polygon of a little-endian polygon or multipolygon."""

    def polygon(at: int) -> tuple[list[list[Vertex]], int]:
        (count,), at = struct.unpack_from("<I", wkb, at + 5), at + 9
        rings = []
        for _ in range(count):
            (vertices,) = struct.unpack_from("<I", wkb, at)
            numbers = struct.unpack_from(f"<{2 * vertices}d", wkb, at + 4)
            rings.append(list(zip(numbers[::2], numbers[1::2])))
            at += 4 + 16 * vertices
        return rings, at

    kind, count = struct.unpack_from("<xII", wkb)
    if kind == 3:
        return [polygon(0)[0]]
    polygons, at = [], 9
    for _ in range(count):
        rings, at = polygon(at)
        polygons.append(rings)
    return polygons


class World:
    """The fences and points, and where each point is of each fence."""

    def __init__(self, folder: Path) -> None:
        with open(folder / "fences.csv") as file:
            next(file)
            rows = [line.rstrip().split(",") for line in file]
        self.kinds = [kind for _, kind, _ in rows]
        fences = [polygons_of(bytes.fromhex(digits)) for _, _, digits in rows]
        self.tiny_fences = [
            any(0 < abs(number) < TINY for rings in fence for ring in rings for at in ring for number in at)
            for fence in fences
        ]
        self.points: list[Vertex] = []
        self.near = set()
        with open(folder / "points.csv") as file:
            next(file)
            for line in file:
                point, fence, near, _, _, digits = line.rstrip().split(",")
                self.points.append(struct.unpack_from("<5x2d", bytes.fromhex(digits)))
                if near == "1":
                    self.near.add(self.pair(int(point), int(fence)))
        self.in_box = 0
        self.places: dict[int, int] = {}
        self.place(fences)

    def pair(self, point: int, fence: int) -> int:
        return point * len(self.kinds) + fence

    def place(self, fences: list[list[list[list[Vertex]]]]) -> None:
        """Remembers the pairs that are inside or on the boundary; outside a fence's box there are none."""
        by_x = sorted(range(len(self.points)), key=lambda point: self.points[point][0])
        xs = [self.points[point][0] for point in by_x]
        for fence, polygons in enumerate(fences):
            vertices = [vertex for rings in polygons for ring in rings for vertex in ring]
            west, east = min(x for x, _ in vertices), max(x for x, _ in vertices)
            south, north = min(y for _, y in vertices), max(y for _, y in vertices)
            prepared = [Polygon(rings) for rings in polygons]
            for point in by_x[bisect_left(xs, west) : bisect_right(xs, east)]:
                x, y = self.points[point]
                if south <= y <= north:
                    self.in_box += 1
                    place = max(polygon.place(x, y) for polygon in prepared)
                    if place != OUTSIDE:
                        self.places[self.pair(point, fence)] = place

    def answer(self, predicate: str) -> set[int]:
        places = PREDICATES[predicate]
        return {pair for pair, place in self.places.items() if place in places}

    def is_tiny(self, pair: int) -> bool:
        """Whether a coordinate takes part whose products with others are too small for numbers of 64 bits."""
        point, fence = divmod(pair, len(self.kinds))
        return self.tiny_fences[fence] or any(0 < abs(number) < TINY for number in self.points[point])

    def summary(self) -> list[str]:
        boundary = sum(place == BOUNDARY for place in self.places.values())
        counts = [
            (len(self.points) * len(self.kinds), f"pairs: {len(self.points):,} points x {len(self.kinds):,} fences"),
            (self.in_box, "of them with the point in the fence's box"),
            (len(self.near), "of them with the point made on a vertex or an edge of the fence, or a step beside"),
            (boundary, "of them with the point exactly on the boundary"),
            (len(self.places) - boundary, "of them with the point inside"),
        ]
        return [f"{count:>15,} {what}" for count, what in counts]


def read_answer(world: World, path: Path) -> set[int]:
    numbers = path.read_bytes().replace(b",", b"\n").split()
    # Tieline writes a header, psql none.
    numbers = list(map(int, numbers[2:] if numbers and not numbers[0].isdigit() else numbers))
    answer = set(map(world.pair, numbers[::2], numbers[1::2]))
    if 2 * len(answer) != len(numbers):
        sys.exit(f"{path.name} has a pair twice: {len(numbers) // 2} rows, {len(answer)} pairs; see {path}")
    return answer


def write_differences(world: World, wrong: Wrong, path: Path) -> None:
    """Every pair in which an answer differs from exact arithmetic."""
    names = {OUTSIDE: "outside", BOUNDARY: "boundary", INSIDE: "inside"}
    with open(path, "w") as file:
        print("predicate,answer_of,point,fence,kind,lon,lat,exactly", file=file)
        for (how, predicate), pairs in wrong.items():
            for pair in sorted(pairs):
                point, fence = divmod(pair, len(world.kinds))
                x, y = world.points[point]
                exactly = names[world.places.get(pair, OUTSIDE)]
                row = predicate, how, point, fence, world.kinds[fence], repr(x), repr(y), exactly
                print(*row, sep=",", file=file)


def find_wrong(world: World, folder: Path, hows: list[str]) -> tuple[Wrong, list[str]]:
    """For each answer, the pairs that it and exact arithmetic do not share; and a table of how many those are."""
    peers = [how for how in hows if not how.startswith("tieline")]
    table = [f"{'predicate':<14} {'answer of':<16} {'matches':>10} {'not exact':>10}"]
    table[0] += "".join(f" {'not ' + peer:>20}" for peer in peers)
    wrong: Wrong = {}
    for predicate in PREDICATES:
        exact, sizes = world.answer(predicate), {}
        for how in hows:
            answer = read_answer(world, folder / f"{how}.{predicate}.csv")
            sizes[how] = len(answer)
            wrong[how, predicate] = answer ^ exact
        for how in hows:
            pairs = wrong[how, predicate]
            # What two answers do not share is what one of them, and not the other, has wrong.
            others = "".join(f" {len(pairs ^ wrong[peer, predicate]):>20,}" for peer in peers)
            table.append(f"{predicate:<14} {how:<16} {sizes[how]:>10,} {len(pairs):>10,}{others}")
    return wrong, table


def main() -> None:
    folder = Path(sys.argv[1])
    world = World(folder)
    hows = sorted({path.name.rsplit(".", 2)[0] for path in folder.glob("*.st_*.csv")})
    wrong, table = find_wrong(world, folder, hows)
    write_differences(world, wrong, folder / "differences.csv")
    print("\n".join([*world.summary(), "", *table, ""]))
    ours = 0
    for how in hows:
        pairs = set().union(*(wrong[how, predicate] for predicate in PREDICATES))
        tiny = sum(map(world.is_tiny, pairs))
        print(f"{how} differs from exact arithmetic in {len(pairs):,} pairs", end="")
        if pairs:
            kinds = Counter(world.kinds[pair % len(world.kinds)] for pair in pairs).most_common()
            named = ", ".join(f"{kind} {count:,}" for kind, count in kinds)
            print(f", {tiny:,} of them with a coordinate below {TINY} beside zero ({named})", end="")
        print()
        ours += len(pairs) if how.startswith("tieline") else 0
    sys.exit(1 if ours else 0)


if __name__ == "__main__":
    main()

"""Points in many fences: polars-st joins by an R-tree of the fences (`sjoin`).

A semi join by cells of a grid first drops the points with no fence near; without it few and most fences take ten times as
long. One call of `st.contains` for each candidate pair, as in `fences_few.py`, reads the fence's WKB anew: a half longer for
the many fences, and three quarters for the most.
"""

from pathlib import Path

import polars as pl
import polars_st as st

CELL_DEGREES = 0.005


def cell(degrees: pl.Expr) -> pl.Expr:
    """The row or column of the grid."""
    return (degrees / CELL_DEGREES).floor().cast(pl.Int64)


def timed(tables: dict[str, Path], options: dict[str, int]) -> list[list[int]]:
    """The number of fences with a point, and sums over their counts."""
    fences = pl.read_parquet(tables["fences"], columns=["fence_id", "geometry"])
    bounds = pl.col("bounds").arr
    cells = (
        fences.lazy()
        .select(bounds=pl.col("geometry").st.bounds())
        .select(
            column=pl.int_ranges(cell(bounds.get(0)), cell(bounds.get(2)) + 1),
            row=pl.int_ranges(cell(bounds.get(1)), cell(bounds.get(3)) + 1),
        )
        .explode("column")
        .explode("row")
        .select(cell=pl.col("column") * 2**32 + pl.col("row"))
        .unique()
    )
    points = (
        pl.scan_parquet(tables["observations"])
        .select("lat", "lon", cell=cell(pl.col("lon")) * 2**32 + cell(pl.col("lat")))
        .join(cells, on="cell", how="semi")
        .select(geometry=st.point(pl.concat_arr("lon", "lat")))
        .collect(engine="streaming")
    )
    pairs = points.st.sjoin(fences, predicate="within")
    n = pl.col("n")
    answer = (
        pairs.group_by("fence_id")
        .agg(n=pl.len().cast(pl.Int64))
        .select(fences=pl.len().cast(pl.Int64), observations=n.sum(), checksum=(n * pl.col("fence_id")).sum(), squares=(n * n).sum())
    )
    return [list(row) for row in answer.rows()]

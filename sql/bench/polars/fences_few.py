"""Points in few fences: a join by cells of a grid, then each fence's box, then `st.contains` of polars-st.

The R-tree of polars-st (`sjoin`, as in `fences.py`) takes a third longer here.
"""

from pathlib import Path

import polars as pl
import polars_st as st

CELL_DEGREES = 0.005


def cell(degrees: pl.Expr) -> pl.Expr:
    """The row or column of the grid."""
    return (degrees / CELL_DEGREES).floor().cast(pl.Int64)


def within(observations: pl.LazyFrame, fences: Path) -> pl.LazyFrame:
    """The observations, of columns `lat`, `lon` and others, with the `fence_id` of each fence that contains them."""
    bounds = pl.col("bounds").arr
    cells = (
        pl.scan_parquet(fences)
        .select("fence_id", "geometry", bounds=pl.col("geometry").st.bounds())
        .select(
            "fence_id",
            "geometry",
            west=bounds.get(0),
            south=bounds.get(1),
            east=bounds.get(2),
            north=bounds.get(3),
            column=pl.int_ranges(cell(bounds.get(0)), cell(bounds.get(2)) + 1),
            row=pl.int_ranges(cell(bounds.get(1)), cell(bounds.get(3)) + 1),
        )
        .explode("column")
        .explode("row")
        .with_columns(cell=pl.col("column") * 2**32 + pl.col("row"))
    )
    return (
        observations.with_columns(cell=cell(pl.col("lon")) * 2**32 + cell(pl.col("lat")))
        .join(cells, on="cell")
        .filter(pl.col("lon").is_between("west", "east"), pl.col("lat").is_between("south", "north"))
        .filter(pl.col("geometry").st.contains(st.point(pl.concat_arr("lon", "lat"))))
    )


def timed(tables: dict[str, Path], options: dict[str, int]) -> list[list[int]]:
    """The number of points by fence."""
    observations = pl.scan_parquet(tables["observations"]).select("lat", "lon")
    counts = within(observations, tables["fences"]).group_by("fence_id").agg(pl.len().cast(pl.Int64))
    return [list(row) for row in counts.sort("fence_id").collect(engine="streaming").rows()]
